"""For how long devices were worn: the time between two readings not far apart, less that off the wrist. Pure."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import Literal, NamedTuple

APART_MS = 30 * 60_000
DAY_MS = 86_400_000


class Span(NamedTuple):
    """From one moment to another (wall clock, ms)."""

    begin: int
    end: int


class DeviceWord(NamedTuple):
    """What a device said of itself at this moment."""

    at_ms: int
    what: Literal["worn", "charging"]
    value: bool


class WornDevice:
    """One device that is worn. Readings may come in any order of their own times."""

    def __init__(self) -> None:
        self._spans: list[Span] = []  # apart from each other by more than APART_MS, in order
        self._said: list[DeviceWord] = []  # in order

    def measured(self, at_ms: int) -> None:
        """There is a reading of then."""
        spans = self._spans
        if spans and spans[-1].begin <= at_ms <= spans[-1].end + APART_MS:
            if at_ms > spans[-1].end:
                spans[-1] = Span(spans[-1].begin, at_ms)
            return
        self._insert(Span(at_ms, at_ms))

    def _insert(self, new: Span) -> None:
        """Joined with what is near enough."""
        spans, place = self._spans, bisect_left(self._spans, new)
        first, last = place, place
        if place and spans[place - 1].end + APART_MS >= new.begin:
            first = place - 1
        if place < len(spans) and new.end + APART_MS >= spans[place].begin:
            last = place + 1
        joined = [new, *spans[first:last]]
        spans[first:last] = [Span(min(span.begin for span in joined), max(span.end for span in joined))]

    def said(self, at_ms: int, what: Literal["worn", "charging"], value: bool) -> None:
        """The device says whether it is worn, or charged."""
        insort(self._said, DeviceWord(at_ms, what, value))

    @property
    def worn_ms(self) -> int:
        """In all."""
        return sum(span.end - span.begin - self._off_ms(span) for span in self._spans)

    def _off_ms(self, span: Span) -> int:
        """How much of it the device lay off the wrist."""
        off_ms, since = 0, None
        said = {"worn": True, "charging": False}
        for at_ms, what, value in self._said:
            said[what] = value
            off = said["charging"] or not said["worn"]
            if off and since is None:
                since = at_ms
            elif not off and since is not None:
                off_ms += max(0, min(at_ms, span.end) - max(since, span.begin))
                since = None
        return off_ms if since is None else off_ms + max(0, span.end - max(since, span.begin))
