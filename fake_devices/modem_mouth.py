"""What a fake modem says, and when: in order, at its own pace, in one piece or byte by byte. Pure."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

from fake_devices.modem_habits import ModemHabits

Deed = Callable[[], None]


class ModemMouth:
    """Answers never overtake each other; what it says unasked, and what it will do by itself, has its own moment."""

    def __init__(self, habits: ModemHabits) -> None:
        self.now_s = 0.0
        self._habits = habits
        self._due: list[tuple[float, int, bytes | Deed]] = []
        self._order = itertools.count()
        self._free_s = 0.0

    @property
    def next_s(self) -> float | None:
        """When there is something."""
        return self._due[0][0] if self._due else None

    def due(self, now_s: float) -> bytes:
        """What is said up to now; what is to be done is done."""
        said = b""
        while self._due and self._due[0][0] <= now_s:
            self.now_s, _, deed = heapq.heappop(self._due)
            if isinstance(deed, bytes):
                said += deed
            else:
                deed()
        self.now_s = now_s
        return said

    def at(self, at_s: float, deed: bytes | Deed) -> None:
        """Then, whatever else is said."""
        heapq.heappush(self._due, (at_s, next(self._order), deed))

    def say(self, data: bytes, after_s: float = 0) -> None:
        """Behind what was said before."""
        at_s = self._free_s = max(self._free_s, self.now_s + after_s)
        if not self._habits.a_byte_s:
            self.at(at_s, data)
            return
        for byte in data:
            self.at(self._free_s, bytes([byte]))
            self._free_s += self._habits.a_byte_s

    def lines(self, *lines: str, after_s: float = 0) -> None:
        """As answers are said."""
        for line in lines:
            self.say(self.line(line), after_s)

    def line(self, line: str) -> bytes:
        """With its ends."""
        return b"\r\n" + line.encode() + self._habits.line_end

    def shut(self) -> None:
        """Nothing of what was to be said or done."""
        self._due.clear()
        self._free_s = self.now_s
