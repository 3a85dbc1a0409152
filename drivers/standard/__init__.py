"""Devices that speak the profiles of the Bluetooth SIG."""
