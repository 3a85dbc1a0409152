"""What waits in memory for the next commit: new readings, rejections, deliveries, and what was dropped. Pure.

A reading has its number before anybody asks what follows from it, and comes in here when that is settled: an alert that
names it is on the disk by then. So from `next_seq` to `add` its number is in hand, and no commit goes as far as the lowest
number that is: what is on the disk has no holes that somebody still works on.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from gateway.gap import Gap, gaps_of, merged
from gateway.readings import Reading, at_true_time
from gateway.store import thinning


@dataclass(frozen=True)
class CommitBatch:
    """What one commit takes to the disk: readings in the order of their numbers, and what became of earlier ones.

    `rejected`: reason -> how many. `delivered`: batch -> the numbers of its readings that were rejected. `lost`: readings that
    had to be dropped before they came to the disk; they count as stored and evicted.
    """

    readings: Sequence[Reading]
    rejected: Mapping[str, int]
    delivered: Mapping[int, Collection[int]]
    lost: Sequence[Gap]

    def __bool__(self) -> bool:
        return bool(self.readings or self.rejected or self.delivered or self.lost)


_seq = attrgetter("seq")


class WriteBuffer:
    """Gives numbers, and makes a commit batch of what is ready; it all stays here until the batch is on the disk."""

    def __init__(self, next_seq: int) -> None:
        self.next_number = next_seq
        self._in_hand: set[int] = set()
        self._waiting: list[Reading] = []
        self._referenced: set[int] = set()
        self.rejected: dict[str, int] = {}
        self.delivered: dict[int, Collection[int]] = {}
        self._lost: list[Gap] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def next_seq(self) -> int:
        """A number, in hand until the reading that has it is added."""
        seq = self.next_number
        self.next_number += 1
        self._in_hand.add(seq)
        return seq

    def add(self, reading: Reading) -> None:
        """It waits from now on. Raises KeyError where its number is not in hand: each is added once."""
        self._in_hand.remove(reading.seq)
        self._waiting.append(reading)

    @property
    def ready_below(self) -> int:
        """No number below this one is in hand."""
        return min(self._in_hand, default=self.next_number)

    def reference(self, seqs: Iterable[int]) -> None:
        """An alert names these readings: none of them is dropped."""
        self._referenced.update(seqs)

    def reject(self, reason: str, n: int) -> None:
        """So many more."""
        self.rejected[reason] = self.rejected.get(reason, 0) + n

    def commit_batch(self, offset_ms: int | None = None) -> CommitBatch:
        """Everything that waits, save the readings from the lowest number on that is in hand; at their true times, where it is
        known (`true_time`) what the wall clock says when the monotonic one says 0."""
        self._waiting.sort(key=_seq)
        ready = self._waiting[: bisect_left(self._waiting, self.ready_below, key=_seq)]
        if offset_ms is not None:
            kept = self._referenced  # an alert has shown them
            ready = [one if one.monotonic_ms is None or one.seq in kept else at_true_time(one, offset_ms) for one in ready]
        return CommitBatch(ready, dict(self.rejected), dict(self.delivered), tuple(self._lost))

    def taken(self, commit_batch: CommitBatch) -> None:
        """The batch is on the disk: what was in it waits no more; what came meanwhile does."""
        del self._waiting[: len(commit_batch.readings)]
        if self._referenced:
            self._referenced.difference_update(map(_seq, commit_batch.readings))
        del self._lost[: len(commit_batch.lost)]
        for batch in commit_batch.delivered:
            del self.delivered[batch]
        left = {reason: n - commit_batch.rejected.get(reason, 0) for reason, n in self.rejected.items()}
        self.rejected = {reason: n for reason, n in left.items() if n}

    def drop_over(self, at_most: int) -> None:
        """Of more readings than this, the oldest routine ones go. No commit batch may be under way."""
        too_many = len(self._waiting) - at_most
        if too_many > 0:
            routine = [reading for reading in self._waiting if not thinning.never_evicted(reading, self._referenced)]
            dropped = routine[:too_many]
            seqs = {reading.seq for reading in dropped}
            self._waiting = [reading for reading in self._waiting if reading.seq not in seqs]
            self._lost = merged([*self._lost, *gaps_of(dropped, "disk full")])
