"""Devices and hubs at a serial port."""
