"""When each of many has to be looked at next. Pure."""

from __future__ import annotations

from heapq import heappop, heappush


class DueTimes:
    """By name, in ms of some clock."""

    def __init__(self) -> None:
        self._due: dict[str, int] = {}
        self._heap: list[tuple[int, str]] = []  # what is no more in `_due` is left over in it

    def set(self, name: str, at_ms: int | None) -> None:
        """At this time and no other; None: never."""
        if at_ms is None:
            self._due.pop(name, None)
        elif self._due.get(name) != at_ms:
            self._due[name] = at_ms
            heappush(self._heap, (at_ms, name))

    def next_ms(self) -> int | None:
        """When the first is due; None: none ever."""
        while self._heap:
            at_ms, name = self._heap[0]
            if self._due.get(name) == at_ms:
                return at_ms
            heappop(self._heap)
        return None

    def take(self, now_ms: int) -> list[str]:
        """Those that are due, the first first; they are due no more."""
        found = []
        while (at_ms := self.next_ms()) is not None and at_ms <= now_ms:
            name = heappop(self._heap)[1]
            del self._due[name]
            found.append(name)
        return found
