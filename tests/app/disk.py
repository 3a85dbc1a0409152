"""The disk: real SQLite files that refuse, or answer nothing, when a test wants it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from gateway.store.connection import Connection, T, Work
from tests.gateway.store.inline import InlineConnection
from tests.simulation.disk import refused, writes


class Disk:
    """`full_for`: this file takes nothing. `dead`: no file does, nor can be opened, and with `mute` not even read.

    `answers`: while it is not set, whoever writes or reads alerts waits.
    """

    def __init__(self) -> None:
        self.full_for: str | None = None
        self.dead = self.mute = False
        self.answers = asyncio.Event()
        self.answers.set()

    async def connect(self, path: str) -> Connection:
        """As a store opens its database."""
        return _OnDisk(self, path)


class _OnDisk:
    def __init__(self, disk: Disk, path: str) -> None:
        self._disk, self._file = disk, Path(path).name
        self._connection = InlineConnection(path)

    async def run(self, work: Work[T]) -> T:
        if self._file == "alerts.db":
            await self._disk.answers.wait()
        if self._file == self._disk.full_for:
            raise refused("full")
        if self._disk.dead and self._file != ":memory:" and (self._disk.mute or writes(work)):
            raise refused("dead")
        return await self._connection.run(work)

    async def close(self) -> None:
        await self._connection.close()
