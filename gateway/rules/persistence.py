"""Tells what lasts from what only flickers: the last readings, and whether a limit has been crossed for long enough. Pure.

What lasts is counted by time, not by readings, so that no way of sampling has a cliff: a limit of `lasting_s` is crossed
when the newest reading lies beyond it, and so did one at least `lasting_s` before, and between the two the value was beyond
for half of the time (the time between a reading beyond and one inside counts half). Two readings are the least, and three
where one between them lies inside.
Why half: all readings beyond give 100 %, whatever is lost. A pulse of 132 +- 3 is beyond 131 for 69 % of its readings, one
of 129 +- 3 for less than a third. A value that swings around the limit is half beyond: it is told, once. The farther out a
reading lies, the sooner a limit is crossed, never later. What a doubted sensor finds normal does not count against a sure one.

Readings are kept in the order of their own time, each once, so a repeat changes nothing, and late ones find their place.
"""

from __future__ import annotations

from bisect import bisect_left

from msgspec import Struct, structs

from gateway.readings import Reading
from gateway.rules.limits import Limit, Parts

THREE = 3  # readings beyond, where one between them lies inside
KEPT = 4  # readings, however long ago: a band may measure once an hour
DAY_MS = 26 * 3_600_000  # two readings farther apart are no condition that lasts
PAUSE_MS = 600_000  # after a pause of a stream, longer than this, its first reading decides nothing alone
FASTEST_MS = 500  # of a faster stream not every reading counts


class CountedReading(Struct, frozen=True, gc=False):
    """A reading that counts, and its numbers. `doing`: bits of `limits.py`; `sure`: of a sensor that is not doubted."""

    at_ms: int
    parts: Parts
    reading: Reading
    doing: int
    sure: bool


class Window:
    """The readings of one series that matter for what lasts, by their own time."""

    def __init__(self, look_ms: int, most: int = 1 << 20) -> None:
        self.look_ms, self._most = look_ms, most
        self.samples: list[CountedReading] = []

    def add(self, sample: CountedReading) -> int | None:
        """Take a reading: its place; None: it came before, or is too old to matter."""
        samples = self.samples
        at_ms = sample.at_ms
        if samples and at_ms <= samples[-1].at_ms + FASTEST_MS:
            return None if _repeats(sample, samples[-1]) else self._insert(sample)
        samples.append(sample)
        since_ms, n = at_ms - self.look_ms, len(samples)
        while n > KEPT and (samples[0].at_ms < since_ms or n > self._most):
            del samples[0]
            n -= 1
        return n - 1

    def repeats_newest(self, sample: CountedReading) -> bool:
        """Whether it is no other than the newest one: of a faster stream, or sent again."""
        return bool(self.samples) and _repeats(sample, self.samples[-1])

    def _insert(self, sample: CountedReading) -> int | None:
        """A reading that came late."""
        samples = self.samples
        place = bisect_left(samples, sample.at_ms, key=_at_ms)
        near = samples[max(0, place - 2) : place + 2]
        if any(_repeats(sample, one) for one in near):
            return None
        if place == 0 and samples[-1].at_ms - sample.at_ms > self.look_ms and len(samples) >= KEPT:
            return None
        samples.insert(place, sample)
        return place

    def shift(self, by_ms: int) -> None:
        """The clock stepped by so much: what is so long ago stays so long ago."""
        self.samples = [structs.replace(sample, at_ms=sample.at_ms + by_ms) for sample in self.samples]

    def discard(self, device: str, from_ms: int, until_ms: int) -> bool:
        """What this device measured then counts no more; whether there was anything."""
        if not self.samples or self.samples[-1].at_ms < from_ms:
            return False
        before = len(self.samples)
        self.samples = [one for one in self.samples if not from_ms <= one.at_ms < until_ms or one.reading.device != device]
        return len(self.samples) < before

    def near(self, at_ms: int, within_ms: int) -> bool:
        """Whether a reading of about this time is known."""
        place = bisect_left(self.samples, at_ms, key=_at_ms)
        return any(abs(one.at_ms - at_ms) < within_ms for one in self.samples[max(0, place - 1) : place + 1])

    def lasting(self, limit: Limit, place: int, since_ms: int) -> tuple[CountedReading, ...]:
        """The readings after `since_ms` that show that, at this place, the limit is crossed for as long as it must be."""
        samples = self.samples
        newest = later = samples[place]
        first_ms = newest.at_ms - limit.persistence.lasting_s * 1000
        oldest_ms = max(since_ms + 1, newest.at_ms - DAY_MS)
        if self._follows_a_pause(limit, place):
            return ()
        twice_ms, beyond, was = 0, 1, 1  # twice the time beyond; was: whether the later one lies beyond
        inside = 0
        for index in range(place - 1, -1, -1):
            sample = samples[index]
            if sample.at_ms < oldest_ms:
                break
            crossed = 1 if limit.crossed(sample.parts) else 0
            if newest.sure and not (crossed or sample.sure):
                continue
            twice_ms += (later.at_ms - sample.at_ms) * (was + crossed)
            beyond, inside = beyond + crossed, inside + 1 - crossed
            if crossed and sample.at_ms <= first_ms:
                several = beyond >= THREE or not inside
                enough = several and twice_ms >= newest.at_ms - sample.at_ms
                return tuple(samples[index : place + 1]) if enough else ()
            later, was = sample, crossed
        return ()

    def _follows_a_pause(self, limit: Limit, place: int) -> bool:
        """A band that is taken off and put on again is often wrong before and after it: the next reading will tell.

        Of a band that measures now and then the reading before was as far from the one before it: it makes no pause.
        """
        samples = self.samples
        if place < 2:
            return False
        gap_ms = samples[place].at_ms - samples[place - 1].at_ms
        usual_ms = samples[place - 1].at_ms - samples[place - 2].at_ms
        return gap_ms > max(PAUSE_MS, limit.persistence.lasting_s * 1000) and usual_ms * 4 < gap_ms


def _repeats(sample: CountedReading, known: CountedReading) -> bool:
    return abs(sample.at_ms - known.at_ms) < FASTEST_MS and sample.reading.device == known.reading.device


def _at_ms(sample: CountedReading) -> int:
    return sample.at_ms
