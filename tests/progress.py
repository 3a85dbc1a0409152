"""Says what a long run does while it does it: on a terminal a line that is written over, elsewhere one now and again."""

from __future__ import annotations

import sys
import time
from typing import TextIO

EVERY_S = 10.0  # without a terminal
BAR = 30  # characters
WIDTH = 120


class Progress:
    """`shows` what is out of date soon, `says` what stays. On stderr: results go to stdout."""

    def __init__(self, stream: TextIO | None = None, every_s: float = EVERY_S) -> None:
        self._stream, self._every_s = stream or sys.stderr, every_s
        self._is_terminal = self._stream.isatty()
        self._began_s = time.monotonic()
        self._shown_s: float | None = None

    def shows(self, line: str) -> None:
        """On a terminal over the line before; elsewhere not at each call."""
        now_s = time.monotonic()
        if self._is_terminal:
            self._write(f"\r\x1b[K{line[:WIDTH]}")
        elif self._shown_s is None or now_s - self._shown_s >= self._every_s:
            self._shown_s = now_s
            self._write(f"{line}\n")

    def counts(self, done: int, of: int, what: str) -> None:
        """So many of so many are done: with a bar, and how long the rest will take."""
        full, took_s = BAR * done // of, time.monotonic() - self._began_s
        left = f"{took_s / done * (of - done) / 60:.0f} min left" if done else f"{took_s:.0f} s"
        self.shows(f"[{'#' * full}{'.' * (BAR - full)}] {done}/{of} {what}, {left}")

    def says(self, line: str) -> None:
        """In a line of its own."""
        self.clear()
        self._write(f"{line}\n")

    def clear(self) -> None:
        """Nothing is shown any more."""
        if self._is_terminal:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
