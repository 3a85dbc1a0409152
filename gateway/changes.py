"""Something to wait on: a number that rises, so that nobody can clear what another still waits for."""

from __future__ import annotations

import asyncio


class Changes:
    """`number` rises by one at each change. Who looks reads the number first, looks, and waits beyond that number."""

    def __init__(self) -> None:
        self.number = 0
        self._next = asyncio.Event()  # replaced at each change

    def happened(self) -> None:
        """Something has changed."""
        self.number += 1
        waited_for, self._next = self._next, asyncio.Event()
        waited_for.set()

    async def wait_beyond(self, number: int) -> int:
        """Returns the number once it is higher than this one."""
        while self.number <= number:
            await self._next.wait()
        return self.number
