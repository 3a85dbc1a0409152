"""SQLite run at once, in the thread of the event loop, for a simulation: no thread may bring in another order of things."""

from __future__ import annotations

import sqlite3

from gateway.store.connection import Connection, T, Work, open_sqlite


class InlineConnection:
    """A `gateway.store.connection.Connection`: every piece of work is over before anybody else has a turn."""

    def __init__(self, path: str) -> None:
        self._connection: sqlite3.Connection = open_sqlite(path)

    async def run(self, work: Work[T]) -> T:
        """What the work gives, or raises."""
        return work(self._connection)

    async def close(self) -> None:
        """The file is closed when this returns."""
        self._connection.close()


async def connect_inline(path: str) -> Connection:
    """For `open_stores(..., connect=...)`."""
    return InlineConnection(path)
