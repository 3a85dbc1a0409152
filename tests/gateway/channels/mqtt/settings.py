"""How the tests' gateway is told of the tests' broker, and what it calls its topics."""

from __future__ import annotations

from typing import Any

from gateway.channels.mqtt.broker import Address, Broker
from gateway.formats.format import Outgoing
from gateway.formats.native import NativeFormat

GATEWAY = "g-1"
ROOT = "lifering/v1"
FORMAT = NativeFormat(GATEWAY, ROOT)


def broker_at(*ports: int, **settings: Any) -> Broker:
    """Brokers on loopback ports, in plain text."""
    addresses = tuple(Address("127.0.0.1", port) for port in ports)
    return Broker(addresses=addresses, **({"tls": None, "client_id": GATEWAY} | settings))


def topic(name: str, gateway: str = GATEWAY) -> str:
    """Where a message of this gateway goes."""
    return f"{ROOT}/{gateway}/{name}"


def will(payload: bytes = b"offline") -> Outgoing:
    """What the broker says when we are lost."""
    return Outgoing("up/status", topic("up/status"), payload, retain=True)
