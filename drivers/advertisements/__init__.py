"""Devices that are only heard: all they say is in their advertisements."""
