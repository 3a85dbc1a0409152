"""Which broker the gateway speaks to, and how: what the technician has set, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

Version = Literal["5", "3.1.1"]


class Address(NamedTuple):
    """Where a broker listens."""

    host: str
    port: int

    @property
    def name(self) -> str:
        """As people write it."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Tls:
    """Files in PEM. Without `ca_file` the system's authorities are trusted; `cert_file` and `key_file` are our own."""

    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Broker:
    """`addresses` are tried in order. `tls` None: plain text. Files are read at each connection, so renewed ones count.

    `keep_alive_s`: 30 is the shortest that public clouds allow. `patience_s`: how
    long the broker may acknowledge nothing of what waits before the link counts as lost. `will`, `retain`: false where the
    broker is known to take none, else it is found out; so is `version`, downwards. `max_message_bytes`: a message that can
    be cut is cut to this.
    """

    addresses: tuple[Address, ...]
    client_id: str
    version: Version = "5"
    username: str | None = None
    password_file: Path | None = None
    tls: Tls | None = Tls()
    keep_alive_s: int = 30
    patience_s: float = 20.0
    max_message_bytes: int = 60_000
    will: bool = True
    retain: bool = True
