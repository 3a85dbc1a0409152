"""Tells what lasts from what only flickers: the last readings that count, and whether enough of them lie beyond a limit. Pure.

Of a fast stream one reading in a while counts, at least `span_s / (of - 1)` seconds after the one before, so that "3 of 5"
spans its minute however fast a band sends. Readings are kept in the order of their own time, each once, so a repeat
changes nothing, and late ones find their place. The verdict is a function of the readings that are kept; it follows
that readings farther apart than that give the same verdict in whatever order they came, once all of them are there.
Of those nearer together the first to come counts.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from gateway.readings import Reading
from gateway.rules.limits import Limit, Parts
from gateway.rules.rows import Persistence


class CountedReading(NamedTuple):
    """A reading that counts, and its numbers."""

    at_ms: int
    parts: Parts
    reading: Reading


class Window:
    """The last readings that count for one way of lasting: `samples`, by their own time."""

    def __init__(self, persistence: Persistence) -> None:
        self._of = persistence.of
        self._within_ms = persistence.within_s * 1000
        self._span_ms = persistence.span_s * 1000
        self._needed = persistence.readings
        self._sampled = persistence.sampled_s
        self._apart_ms = max(1, self._span_ms // max(1, persistence.of - 1))
        self.samples: list[CountedReading] = []

    def add(self, sample: CountedReading) -> bool:
        """Take a reading; whether it counts."""
        samples = self.samples
        if samples:
            later_ms = sample.at_ms - samples[-1].at_ms
            if later_ms < self._apart_ms:
                return later_ms < 0 and self._insert(sample)
            if len(samples) == self._of:
                del samples[0]
        samples.append(sample)
        return True

    def _insert(self, sample: CountedReading) -> bool:
        """A reading that came late: it counts where it is far enough from both neighbours."""
        samples = self.samples
        place = bisect_left(samples, sample.at_ms, key=_at_ms)
        neighbours = samples[max(0, place - 1) : place + 1]
        if any(abs(sample.at_ms - neighbour.at_ms) < self._apart_ms for neighbour in neighbours):
            return False
        if len(samples) >= self._of:
            if place == 0:
                return False
            del samples[0]
            place -= 1
        samples.insert(place, sample)
        return True

    def shift(self, by_ms: int) -> None:
        """The clock stepped by so much: what is so long ago stays so long ago."""
        self.samples = [sample._replace(at_ms=sample.at_ms + by_ms) for sample in self.samples]

    def covers(self, at_ms: int) -> bool:
        """Whether a reading of this time is too near to one that counts to count itself."""
        return any(abs(at_ms - known.at_ms) < self._apart_ms for known in self.samples)

    def lasting(self, limit: Limit, since_ms: int) -> tuple[Reading, ...]:
        """The readings after `since_ms` that show that this limit is crossed and stays crossed; none when it does not."""
        if not self.samples:
            return ()
        earliest = max(since_ms + 1, self.samples[-1].at_ms - self._within_ms)
        recent = [sample for sample in self.samples if sample.at_ms >= earliest]
        beyond = [sample for sample in recent if limit.crossed(sample.parts)]
        if len(beyond) >= self._needed and beyond[-1].at_ms - beyond[0].at_ms >= self._span_ms:
            return tuple(sample.reading for sample in recent if sample.at_ms >= beyond[0].at_ms)
        return self._lasting_sampled(limit, since_ms) if self._sampled else ()

    def _lasting_sampled(self, limit: Limit, since_ms: int) -> tuple[Reading, ...]:
        """Two in a row, from a band that measures only now and then (the reading before them, if any, is as far away)."""
        assert self._sampled is not None
        shortest_ms, longest_ms = (seconds * 1000 for seconds in self._sampled)
        before, pair = self.samples[:-2][-1:], self.samples[-2:]
        if len(pair) < 2 or any(sample.at_ms <= since_ms or not limit.crossed(sample.parts) for sample in pair):
            return ()
        if not shortest_ms <= pair[1].at_ms - pair[0].at_ms <= longest_ms:
            return ()
        if before and pair[0].at_ms - before[0].at_ms < shortest_ms:
            return ()
        return tuple(sample.reading for sample in pair)


def _at_ms(sample: CountedReading) -> int:
    return sample.at_ms
