"""A file of alerts that was put aside for want of its key: once the key is there, what lies in it is taken back and told.

A stick with the key that is pulled out, or not there yet when the machine starts, must cost no call for help.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from itertools import chain
from pathlib import Path

from gateway.store.alert_rows import Row
from gateway.store.connection import open_sqlite
from gateway.store.database import Database
from gateway.store.rescue import quarantine, salvage_alerts


async def take_back(database: Database, path: Path) -> str:
    """Into the open one at this path. What a person should know of it, in short words; "": nothing. Raises StoreBroken."""
    found = ""
    for aside in quarantine.locked(path):
        if rows := _rows(aside):
            await database.write(partial(salvage_alerts.salvage, rows))
            quarantine.unlock(aside)
            found = f"{path.name} unlocked"
    return found


def _rows(aside: Path) -> list[Row]:
    """All of them; none where it is still locked, or cannot be read any more. As many as alerts may fill their space with."""
    try:
        with closing(open_sqlite(str(aside))) as old:
            if salvage_alerts.locked(old):
                return []
            return list(chain.from_iterable(old.execute(f"SELECT * FROM {table}") for table in salvage_alerts.READ))  # noqa: S608 (fixed)
    except sqlite3.Error:
        return []
