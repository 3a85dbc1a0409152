"""How much a wearer walks, from the count of steps that a band tells now and then. Pure.

The count runs since the band's midnight or start: where it falls, it began anew, and what it shows was walked since. A fall to
more than anybody walks in that time is a correction of the band's, and no step.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from msgspec import Struct, field

KNOWN_MS = 15 * 60_000  # no count for so long: motion is not known
WINDOW_MS = 5 * 60_000
KEPT_MS = 60 * 60_000  # what is older than this says nothing about now; late readings of then have no motion
OVERDUE = 1.5  # times the time between two counts
FINE_MS = 30_000  # counts closer together than this are one
FASTEST_PER_S = 5  # a sprinter's cadence


class CountedRun(Struct, array_like=True):
    """The count stood at `count` from `first_ms` to `last_ms`."""

    first_ms: int
    last_ms: int
    count: int


class Motion(NamedTuple):
    """`steps`: of the last five minutes; `still_s`: since the last step, as far as it is known."""

    steps: int
    still_s: float


class StepCount(Struct, array_like=True):
    """The counts of one band, in the order of their time."""

    runs: list[CountedRun] = field(default_factory=list)
    still_ms: int | None = None  # what `_still_now` found

    def take(self, at_ms: int, count: int) -> None:
        """A count; it may come late."""
        runs = self.runs
        if runs and at_ms >= runs[-1].last_ms:
            if runs[-1].count == count:
                runs[-1].last_ms = at_ms
                return
            self.still_ms = None
            if len(runs) > 1 and at_ms - runs[-2].last_ms < FINE_MS and count >= runs[-1].count >= runs[-2].count:
                runs[-1] = CountedRun(at_ms, at_ms, count)
                return
        self.still_ms = None
        self._insert(at_ms, count)
        oldest = runs[-1].last_ms - KEPT_MS
        while len(runs) > 1 and runs[1].first_ms < oldest:
            del runs[0]

    def _insert(self, at_ms: int, count: int) -> None:
        runs = self.runs
        place = bisect_right(runs, at_ms, key=lambda run: run.first_ms)
        before = runs[place - 1] if place else None
        after = runs[place] if place < len(runs) else None
        if before is not None and (at_ms <= before.last_ms or before.count == count):
            before.last_ms = max(before.last_ms, at_ms)  # within a run nobody walked, whatever a late word says
        elif after is not None and after.count == count:
            after.first_ms = at_ms
        else:
            runs.insert(place, CountedRun(at_ms, at_ms, count))

    def discard(self, from_ms: int, until_ms: int | None) -> None:
        """The band was not worn in this time: its count says nothing of the wearer."""
        kept = []
        for run in self.runs:
            if run.last_ms < from_ms or (until_ms is not None and run.first_ms >= until_ms):
                kept.append(run)
            elif run.first_ms < from_ms:
                kept.append(CountedRun(run.first_ms, from_ms - 1, run.count))
        self.runs = kept
        self.still_ms = None

    def motion(self, at_ms: int) -> Motion | None:
        """How much was walked until this time; None where that is not known: fewer than two counts, or the last too old."""
        runs = self.runs
        place = bisect_right(runs, at_ms, key=lambda run: run.first_ms) if runs and at_ms < runs[-1].first_ms else len(runs)
        if place == 0:
            return None
        last = runs[place - 1]
        if at_ms - last.last_ms > KNOWN_MS or (place == 1 and min(at_ms, last.last_ms) == last.first_ms):
            return None
        still_ms = self._still_from(place - 1) if place < len(runs) else self._still_now()
        known_ms = self._known_ms(place - 1, at_ms)
        steps = 0 if still_ms <= known_ms - WINDOW_MS else self._steps(place - 1, known_ms - WINDOW_MS)
        return Motion(steps, (known_ms - still_ms) / 1000)

    def _known_ms(self, place: int, at_ms: int) -> int:
        """Until when it is known what was walked: who walked at the last count walks on until the next one is overdue.

        Else a band that counts every five minutes would call somebody still in the midst of a walk.
        """
        last = self.runs[place]
        if place == 0 or last.last_ms > last.first_ms:
            return at_ms
        usual_ms = last.first_ms - self.runs[place - 1].last_ms
        return last.first_ms if at_ms - last.first_ms <= OVERDUE * usual_ms else at_ms

    def _still_now(self) -> int:
        """The same for the last count; it is asked with every reading."""
        if self.still_ms is None:
            self.still_ms = self._still_from(len(self.runs) - 1)
        return self.still_ms

    def _still_from(self, place: int) -> int:
        """Since when there was no step, as of this count."""
        while place > 0 and not _walked(self.runs[place - 1], self.runs[place]):
            place -= 1
        return self.runs[place].first_ms

    def _steps(self, last: int, from_ms: int) -> int:
        """The steps since `from_ms`; of those counted over its edge, their share."""
        steps = 0.0
        for place in range(last, 0, -1):
            before, after = self.runs[place - 1], self.runs[place]
            if after.first_ms <= from_ms:
                break
            share = min(1.0, (after.first_ms - from_ms) / (after.first_ms - before.last_ms))
            steps += share * _walked(before, after)
        return -int(-steps // 1)

    def shift(self, by_ms: int) -> None:
        """The clock was set."""
        self.still_ms = None
        for run in self.runs:
            run.first_ms += by_ms
            run.last_ms += by_ms


def _walked(before: CountedRun, after: CountedRun) -> int:
    """The steps between two counts."""
    if after.count >= before.count:
        return after.count - before.count
    possible = FASTEST_PER_S * ((after.first_ms - before.last_ms) // 1000 + 1)
    return after.count if after.count <= possible else 0
