"""What a band says of itself over time, yes or no: whether it is off the wrist, whether it charges. Pure.

What it says may come late and in any order; what holds at a time is what was said last before it.
"""

from __future__ import annotations

from bisect import bisect_right

from msgspec import Struct, field

KEPT_MS = 25 * 3_600_000  # rules take nothing older than a day
NEAR_MS = 60_000  # words nearer to each other than this are remembered as one run
MOST = 64  # a band that changes its mind more often than this is told by its last words


class SaidRun(Struct, array_like=True):
    """The same thing was said from `first_ms` to `last_ms`, never longer than `NEAR_MS` apart, and nothing else between."""

    first_ms: int
    last_ms: int
    said: bool


class SaidState(Struct, array_like=True):
    """The words of one kind of one band, in the order of their time."""

    runs: list[SaidRun] = field(default_factory=list)

    def say(self, at_ms: int, said: bool) -> bool:
        """Takes a word; whether anything else holds now than before, at any time."""
        runs = self.runs
        if runs and runs[-1].said is said and 0 <= at_ms - runs[-1].last_ms <= NEAR_MS:  # the ordinary case
            runs[-1].last_ms = at_ms
            return False
        changed = self.at(at_ms) is not said
        self._insert(bisect_right(runs, at_ms, key=lambda run: run.first_ms), at_ms, said)
        self._shorten()
        return changed

    def _insert(self, place: int, at_ms: int, said: bool) -> None:
        runs = self.runs
        before = runs[place - 1] if place else None
        after = runs[place] if place < len(runs) else None
        if before is not None and before.said is said and at_ms <= before.last_ms + NEAR_MS:
            before.last_ms = max(before.last_ms, at_ms)
        elif before is not None and before.said is not said and at_ms < before.last_ms:  # in the middle of the contrary
            rest = SaidRun(at_ms + 1, before.last_ms, before.said)
            before.last_ms = at_ms - 1
            runs[place:place] = [SaidRun(at_ms, at_ms, said), rest]
            if before.last_ms < before.first_ms:
                runs.remove(before)
        elif after is not None and after.said is said and after.first_ms <= at_ms + NEAR_MS:
            after.first_ms = at_ms
        else:
            runs.insert(place, SaidRun(at_ms, at_ms, said))

    def _shorten(self) -> None:
        runs = self.runs
        while len(runs) > 1 and runs[1].first_ms < runs[-1].last_ms - KEPT_MS:
            del runs[0]
        if len(runs) > MOST:
            same = next((n for n in range(1, len(runs)) if runs[n].said is runs[n - 1].said), None)
            if same is not None:
                runs[same - 1].last_ms = runs[same].last_ms
            del runs[same or 0]

    def at(self, at_ms: int) -> bool | None:
        """What was said last at this time; None: nothing yet."""
        runs = self.runs
        if not runs:
            return None
        if at_ms >= runs[-1].first_ms:
            return runs[-1].said
        place = bisect_right(runs, at_ms, key=lambda run: run.first_ms)
        return runs[place - 1].said if place else None

    def since(self, at_ms: int) -> tuple[int, int | None]:
        """Of what holds at this time: when it began, and when the contrary was said after it; None: not yet."""
        place = bisect_right(self.runs, at_ms, key=lambda run: run.first_ms)
        said = self.runs[place - 1].said
        following = next((run.first_ms for run in self.runs[place:] if run.said is not said), None)
        while place > 1 and self.runs[place - 2].said is said:
            place -= 1
        return self.runs[place - 1].first_ms, following

    def starts_within(self, said: bool, from_ms: int, to_ms: int) -> bool:
        """Whether this was begun to be said after `from_ms`, and not later than `to_ms`."""
        return self.at(from_ms) is not said and any(run.said is said and from_ms < run.first_ms <= to_ms for run in self.runs)

    def shift(self, by_ms: int) -> None:
        """The clock was set."""
        for run in self.runs:
            run.first_ms += by_ms
            run.last_ms += by_ms
