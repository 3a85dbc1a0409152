"""What an opening found wrong with the files, kept until people are told of it: a kill between the two takes nothing along."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from gateway.store import alert_rows
from gateway.store.alert_rows import PUT_MEMORY

NAME = "store/untold"
TOLD = {NAME: b"[]"}  # a memory, once each is an alert
_words = msgspec.json.Decoder(list[str]).decode


def load(connection: sqlite3.Connection) -> list[str]:
    """The short words of earlier openings that nobody was told yet."""
    rows = connection.execute("SELECT * FROM memory WHERE address = ?", (NAME,)).fetchall()
    return _words(dict(alert_rows.memories(rows)).get(NAME, b"[]"))


def put(incidents: Sequence[str], connection: sqlite3.Connection) -> None:
    """These, and no others."""
    connection.execute(PUT_MEMORY, alert_rows.memory_row(NAME, msgspec.json.encode(incidents)))
