"""What waits in memory for the next commit: new readings, rejections, deliveries. Pure.

A reading has its number before anybody asks what follows from it, and comes in here when that is settled: an alert that
names it is on the disk by then. So from `next_seq` to `add` its number is in hand, and no commit goes as far as the lowest
number that is: what is on the disk has no holes that somebody still works on.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from gateway.formats.reading_json import encode_reading
from gateway.readings import Reading, at_true_time


@dataclass(frozen=True)
class CommitBatch:
    """What one commit takes to the disk: readings in the order of their numbers, and what became of earlier ones.

    `rejected`: reason -> how many. `delivered`: batch -> the numbers of its readings that were rejected. `encoded`: readings
    that were encoded before, by their numbers, with their bodies.
    """

    readings: Sequence[Reading]
    rejected: Mapping[str, int]
    delivered: Mapping[int, Collection[int]]
    encoded: Mapping[int, tuple[Reading, bytes]]

    def __bool__(self) -> bool:
        return bool(self.readings or self.rejected or self.delivered)

    def bodies(self, origin: str) -> list[bytes]:
        """Each reading as it is sent. What has got its true time meanwhile is another one."""
        bodies = []
        for reading in self.readings:
            known, body = self.encoded.get(reading.seq, NOT_ENCODED)
            bodies.append(body if known is reading else encode_reading(reading, origin))
        return bodies


NOT_ENCODED = None, b""

_seq = attrgetter("seq")


class WriteBuffer:
    """Gives numbers, and makes a commit batch of what is ready; it all stays here until the batch is on the disk."""

    def __init__(self, next_seq: int) -> None:
        self.next_number = next_seq
        self._in_hand: set[int] = set()
        self._waiting: list[Reading] = []
        self._unwritten: list[Reading] = []
        self._encoded: dict[int, tuple[Reading, bytes]] = {}
        self.rejected: dict[str, int] = {}
        self.delivered: dict[int, Collection[int]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def has_only_deliveries(self) -> bool:
        """Whether something waits, and it is the end of deliveries alone."""
        return bool(self.delivered) and not (self._waiting or self.rejected)

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
        self._unwritten.append(reading)

    @property
    def has_unwritten(self) -> bool:
        """Whether some came since `unwritten` was asked."""
        return bool(self._unwritten)

    def unwritten(self) -> list[Reading]:
        """Those that came since this was asked; after a commit all that still wait."""
        unwritten, self._unwritten = self._unwritten, []
        return unwritten

    def encoded(self, readings: Iterable[Reading], bodies: Iterable[bytes]) -> None:
        """That much is done of a commit that takes them."""
        self._encoded.update((one.seq, (one, body)) for one, body in zip(readings, bodies, strict=True))

    def write_anew(self) -> None:
        """What was written of those that wait counts no more."""
        self._unwritten = list(self._waiting)

    @property
    def ready_below(self) -> int:
        """No number below this one is in hand."""
        return min(self._in_hand, default=self.next_number)

    def reject(self, reason: str, n: int) -> None:
        """So many more."""
        self.rejected[reason] = self.rejected.get(reason, 0) + n

    def commit_batch(self, offset_ms: int | None = None, named: Container[int] = ()) -> CommitBatch:
        """Everything that waits, save the readings from the lowest number on that is in hand; at their true times, where it is
        known what the wall clock says when the monotonic one says 0; those that alerts name stay as they were told."""
        self._waiting.sort(key=_seq)
        ready = self._waiting[: bisect_left(self._waiting, self.ready_below, key=_seq)]
        if offset_ms is not None:
            ready = [one if one.monotonic_ms is None or one.seq in named else at_true_time(one, offset_ms) for one in ready]
        return CommitBatch(ready, dict(self.rejected), dict(self.delivered), self._encoded)

    def taken(self, commit_batch: CommitBatch) -> None:
        """The batch is on the disk: what was in it waits no more; what came meanwhile does."""
        del self._waiting[: len(commit_batch.readings)]
        waiting = {one.seq for one in self._waiting}
        self._encoded = {seq: known for seq, known in self._encoded.items() if seq in waiting}
        self.write_anew()
        for batch in commit_batch.delivered:
            del self.delivered[batch]
        left = {reason: n - commit_batch.rejected.get(reason, 0) for reason, n in self.rejected.items()}
        self.rejected = {reason: n for reason, n in left.items() if n}
