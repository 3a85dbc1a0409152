"""Relays: ESPHome Bluetooth proxies in other houses, each a further adapter of the gateway."""
