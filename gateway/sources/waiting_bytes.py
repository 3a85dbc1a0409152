"""For how long bytes have lain in a kernel's buffer, as far as anybody looked: in portions, the oldest first. Pure."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple


class Portion(NamedTuple):
    """Bytes that were all seen there for the first time at one moment (monotonic seconds)."""

    length: int
    seen_s: float


class WaitingBytes:
    """A byte that nobody has seen there may have come at this moment: it counts as not having waited."""

    def __init__(self) -> None:
        self._portions = deque[Portion]()

    @property
    def oldest(self) -> int | None:
        """How many of them were seen first, all at once; None: nobody saw any."""
        return self._portions[0].length if self._portions else None

    def saw(self, length: int, now_s: float) -> None:
        """So many bytes lie there: what is more than before has come since."""
        more = length - sum(portion.length for portion in self._portions)
        if more > 0:
            self._portions.append(Portion(more, now_s))

    def took(self, length: int, now_s: float) -> float:
        """So many, of the oldest, were read: for how long they have waited, in seconds."""
        if not self._portions:
            return 0.0
        oldest = self._portions.popleft()
        if length < oldest.length:
            self._portions.appendleft(Portion(oldest.length - length, oldest.seen_s))
        return now_s - oldest.seen_s

    def gone(self) -> None:
        """The buffer is empty."""
        self._portions.clear()
