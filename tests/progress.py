"""How far a long command is: on a terminal one line that is written over, elsewhere a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

A_LINE_EVERY_S = 30.0
BAR = 30  # characters
CLEARED = "\r\033[K"


class Progress:
    """Of a run of so many `things` ("cases"). Nobody calls it from two threads."""

    def __init__(self, of: int, things: str, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._of, self._things, self._clock = of, things, clock
        self._stream = stream or sys.stdout
        self._terminal = self._stream.isatty()
        self._began_s = clock()
        self._shown_s = self._began_s - (0 if self._terminal else A_LINE_EVERY_S)

    def at(self, done: int, said: str = "") -> None:
        """So many are done. `said`: what has come of them so far, in a few words."""
        now_s = self._clock()
        if not self._terminal and now_s - self._shown_s < A_LINE_EVERY_S:
            return
        self._shown_s = now_s
        line = ", ".join(part for part in (f"{done} of {self._of} {self._things}", said, self._left(done, now_s)) if part)
        full = BAR * done // max(self._of, 1)
        self._write(f"{CLEARED}[{'#' * full}{'.' * (BAR - full)}] {line}" if self._terminal else f"{line}\n")

    def stays(self, line: str) -> None:
        """A line that the next ones do not write over."""
        self._write(f"{CLEARED if self._terminal else ''}{line}\n")

    def ends(self) -> None:
        """Nothing of it is left on a terminal."""
        if self._terminal:
            self._write(CLEARED)

    def _left(self, done: int, now_s: float) -> str:
        if not 0 < done < self._of:
            return ""
        return f"about {(now_s - self._began_s) * (self._of - done) / done / 60:.0f} min left"

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
