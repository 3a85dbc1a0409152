"""Something to wait on: a number that rises, so that nobody can clear what another still waits for."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio


class Changes:
    """`number` rises by one at each change. Who looks reads the number first, looks, and waits beyond that number."""

    def __init__(self) -> None:
        self.number = 0
        self._next: asyncio.Event | None = None  # as long as somebody waits: most changes are waited for by nobody

    def happened(self) -> None:
        """Something has changed."""
        self.number += 1
        if self._next is not None:
            self._next.set()
            self._next = None

    async def wait_beyond(self, number: int) -> int:
        """Returns the number once it is higher than this one."""
        while self.number <= number:
            if self._next is None:
                import asyncio  # slow to import, and where nobody waits not wanted

                self._next = asyncio.Event()
            await self._next.wait()
        return self.number

    async def wait_beyond_or(self, number: int, limit_s: float | None) -> None:
        """Returns once it is higher, or after so many seconds; None: however long it takes."""
        import asyncio

        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                await self.wait_beyond(number)
