"""How the tests' gateway is told of the tests' broker."""

from __future__ import annotations

from typing import Any

from gateway.uplink.broker import Broker, Place

GATEWAY = "g-1"
ROOT = "lifering/v1"


def broker_at(*ports: int, **settings: Any) -> Broker:
    """Brokers on loopback ports, in plain text."""
    places = tuple(Place("127.0.0.1", port) for port in ports)
    return Broker(places=places, root=ROOT, **({"tls": None, "gateway": GATEWAY} | settings))
