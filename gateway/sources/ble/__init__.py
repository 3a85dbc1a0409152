"""Bluetooth: adapters and relays, who is heard through them, and the bands that must be connected to."""
