"""Lines that are drawn anew in their place at a terminal. Other words stand above them: `clear` before they are said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

UP, CLEAR_BELOW = "\x1b[{}A\r", "\x1b[J"  # ECMA-48: CUU, ED


class InPlace:
    """Lines must be narrower than the terminal, and fewer than it has: else they cannot be reached any more."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal
        self._drawn = 0

    def draw(self, lines: Iterable[str]) -> None:
        """These, in place of those before."""
        shown = list(lines)
        self._terminal.write(self._back() + "".join(f"{line}\n" for line in shown))
        self._terminal.flush()
        self._drawn = len(shown)

    def clear(self) -> None:
        """None any more."""
        self._terminal.write(self._back())
        self._terminal.flush()
        self._drawn = 0

    def _back(self) -> str:
        return UP.format(self._drawn) + CLEAR_BELOW if self._drawn else ""
