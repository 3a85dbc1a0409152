"""What happened in a simulation: a digest that two runs of one seed share, and the story in words where it is wanted."""

from __future__ import annotations

import hashlib
from collections import Counter


class Story:
    """`counts`: how often each kind of thing happened."""

    def __init__(self, *, kept: bool = False) -> None:
        self.counts: Counter[str] = Counter()
        self.lines: list[str] = []
        self.events = 0
        self._kept, self._digest = kept, hashlib.sha256()

    def tell(self, at_s: float, kind: str, what: str = "") -> None:
        """At this second of the simulation."""
        line = f"{at_s:.6f} {kind} {what}"
        self._digest.update(line.encode() + b"\n")
        self.counts[kind] += 1
        self.events += 1
        if self._kept:
            day, rest = divmod(at_s, 86_400)
            self.lines.append(
                f"day {day:.0f} {rest // 3600:02.0f}:{rest // 60 % 60:02.0f}:{rest % 60:06.3f}  {kind:18} {what}".rstrip()
            )

    @property
    def digest(self) -> str:
        """Of all that was told."""
        return self._digest.hexdigest()[:16]
