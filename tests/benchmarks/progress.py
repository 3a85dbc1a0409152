"""Says what is measured while it is measured: one line on a terminal that is written over, elsewhere a line a measurement."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

EVERY_S = 0.5
BAR = 20  # characters


class Progress:
    """The measurements of a run, which of them it is at, and what that one does."""

    def __init__(self) -> None:
        self._step, self._doing, self._begun_s = "", "", 0.0
        self._at = self._of = 0

    def through(self, steps: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
        """One by one; each is begun when it is taken."""
        begun_s, self._of = time.monotonic(), len(steps)
        for self._at, step in enumerate(steps):
            self._step, self._doing, self._begun_s = " and ".join(step), "", time.monotonic()
            if not sys.stderr.isatty():
                print(f"{self._at + 1} of {self._of}: {self._step} ...", file=sys.stderr, flush=True)
            yield step
            self._end(f"{self._step}: {time.monotonic() - self._begun_s:.0f} s")
        self._end(f"measured in {time.monotonic() - begun_s:.0f} s")

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
        while sys.stderr.isatty():
            full = BAR * self._at // max(self._of, 1)
            took = time.monotonic() - self._begun_s
            line = f"{'█' * full}{'░' * (BAR - full)} {self._at + 1} of {self._of}: {self._step}, {took:.0f} s  {self._doing}"
            print(f"\r\033[K{line[:120]}", end="", file=sys.stderr, flush=True)
            await asyncio.sleep(EVERY_S)

    def _end(self, line: str) -> None:
        print(f"{chr(13)}{chr(27)}[K{line}" if sys.stderr.isatty() else line, file=sys.stderr, flush=True)


PROGRESS = Progress()
says = PROGRESS.says
