"""How the tests' gateway is told of the tests' broker."""

from __future__ import annotations

from typing import Any

from gateway.channels.mqtt.broker import Address, Broker

GATEWAY = "g-1"
ROOT = "lifering/v1"


def broker_at(*ports: int, **settings: Any) -> Broker:
    """Brokers on loopback ports, in plain text."""
    addresses = tuple(Address("127.0.0.1", port) for port in ports)
    return Broker(addresses=addresses, root=ROOT, **({"tls": None, "gateway": GATEWAY} | settings))
