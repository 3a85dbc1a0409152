"""Watches with a SIM card: each calls the gateway over TCP, and is answered."""
