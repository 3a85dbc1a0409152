"""What waits in memory for the next commit: new readings, rejections, deliveries, and what was dropped. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.readings import Reading
from gateway.store import thinning
from gateway.store.gaps import Gap, gaps_of, merged


@dataclass(frozen=True)
class CommitBatch:
    """What one commit takes to the disk: readings with their numbers, and what became of earlier ones.

    `rejected`: reason -> how many. `delivered`: batch -> how many of its readings the platform refused. `lost`: readings
    that had to be dropped before they came to the disk; they count as stored and evicted.
    """

    readings: Sequence[Reading]
    rejected: Mapping[str, int]
    delivered: Mapping[int, int]
    lost: Sequence[Gap]

    def __bool__(self) -> bool:
        return bool(self.readings or self.rejected or self.delivered or self.lost)


class WriteBuffer:
    """Gives numbers, and makes a commit_batch of everything; it all stays here until the commit_batch is on the disk."""

    def __init__(self, epoch: int, next_seq: int) -> None:
        self._epoch = epoch
        self._next_seq = next_seq
        self._numbered: list[Reading] = []  # all have lower numbers than those of `fresh` will get
        self.fresh: list[Reading] = []
        self.rejected: dict[str, int] = {}
        self.delivered: dict[int, int] = {}
        self._lost: list[Gap] = []
        self._claimed: set[int] = set()

    def __len__(self) -> int:
        return len(self._numbered) + len(self.fresh)

    def claim(self, reading: Reading) -> None:
        """Number it now; it waits too, if it did not yet."""
        if reading.seq:
            return
        self.fresh = [other for other in self.fresh if other is not reading]
        self._number([reading])
        self._claimed.add(reading.seq)

    def _number(self, readings: Sequence[Reading]) -> None:
        for seq, reading in enumerate(readings, self._next_seq):
            reading.seq, reading.epoch = seq, self._epoch
        self._next_seq += len(readings)
        self._numbered.extend(readings)

    def reject(self, reason: str, n: int) -> None:
        """So many more."""
        self.rejected[reason] = self.rejected.get(reason, 0) + n

    def commit_batch(self) -> CommitBatch:
        """Everything that waits, numbered."""
        self._number(self.fresh)
        self.fresh.clear()
        return CommitBatch(tuple(self._numbered), dict(self.rejected), dict(self.delivered), tuple(self._lost))

    def taken(self, commit_batch: CommitBatch) -> None:
        """The commit_batch is on the disk: what was in it waits no more; what came meanwhile does."""
        del self._numbered[: len(commit_batch.readings)]
        self._claimed.difference_update(reading.seq for reading in commit_batch.readings)
        del self._lost[: len(commit_batch.lost)]
        for batch in commit_batch.delivered:
            del self.delivered[batch]
        left = {reason: n - commit_batch.rejected.get(reason, 0) for reason, n in self.rejected.items()}
        self.rejected = {reason: n for reason, n in left.items() if n}

    def drop_over(self, at_most: int) -> None:
        """Of more numbered readings than this, the oldest routine ones go. No commit_batch may be under way."""
        too_many = len(self._numbered) - at_most
        if too_many > 0:
            routine = [reading for reading in self._numbered if not thinning.never_evicted(reading, self._claimed)]
            dropped = routine[:too_many]
            seqs = {reading.seq for reading in dropped}
            self._numbered = [reading for reading in self._numbered if reading.seq not in seqs]
            self._lost = merged([*self._lost, *gaps_of(dropped, "disk full")])
