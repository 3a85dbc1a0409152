"""Which measurement of a run is made, and what it does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

from tests import progress

EVERY_S = 0.5


class Progress:
    """The measurements of a run, which of them it is at, and what that one does."""

    def __init__(self) -> None:
        self._line = progress.Progress()
        self._step, self._doing, self._begun_s = "", "", 0.0
        self._at = self._of = 0

    def through(self, steps: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
        """One by one; each is begun when it is taken."""
        begun_s, self._of = time.monotonic(), len(steps)
        for self._at, step in enumerate(steps):
            self._step, self._doing, self._begun_s = " and ".join(step), "", time.monotonic()
            yield step
            self._line.says(f"{self._step}: {time.monotonic() - self._begun_s:.0f} s")
        self._line.says(f"measured in {time.monotonic() - begun_s:.0f} s")

    def says(self, doing: str) -> None:
        """What the measurement does now."""
        self._doing = doing

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[None]:
        """The line is there, and its clock goes on, inside."""
        showing = asyncio.create_task(self._show())
        try:
            yield
        finally:
            showing.cancel()

    async def _show(self) -> None:
        while True:
            took_s = time.monotonic() - self._begun_s
            self._line.counts(self._at, self._of, f"{self._step}, {took_s:.0f} s  {self._doing}")
            await asyncio.sleep(EVERY_S)


PROGRESS = Progress()
says = PROGRESS.says
