"""The account of a store that is closed, or whose gateway was killed, recounted from its bare file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from gateway.store.audit import audit


def account_faults(folder: Path) -> list[str]:
    """What does not add up in the readings of this data folder: received = stored + rejected, stored = delivered + pending +
    evicted, the gaps tell of all that was evicted, every batch holds what it should. Nothing where there is no store."""
    path = folder / "readings.db"
    if not path.is_file():
        return []
    with closing(sqlite3.connect(path)) as connection:
        return audit(connection)
