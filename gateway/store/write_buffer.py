"""What waits in memory for the next commit: new readings, rejections, deliveries. Pure.

A reading has its number before anybody asks what follows from it, and comes in here when that is settled: an alert that
names it is on the disk by then. So from `next_seq` to `add` its number is in hand, and no commit goes as far as the lowest
number that is: what is on the disk has no holes that somebody still works on.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from msgspec import Struct

from gateway.formats.reading_json import encode_reading
from gateway.readings import Reading, at_true_time


@dataclass(frozen=True)
class CommitBatch:
    """What one commit takes to the disk: readings in the order of their numbers, and what became of earlier ones.

    `bodies`: each reading as it is sent. `rejected`: reason -> how many. `delivered`: batch -> the numbers of its readings that
    were rejected.
    """

    readings: Sequence[Reading]
    bodies: Sequence[bytes]
    rejected: Mapping[str, int]
    delivered: Mapping[int, Collection[int]]

    def __bool__(self) -> bool:
        return bool(self.readings or self.rejected or self.delivered)


class WaitingReading(Struct, frozen=True, gc=False):
    """A reading, and its body: encoded once, for the tail and for the commit."""

    reading: Reading
    body: bytes


_seq = attrgetter("reading.seq")


class WriteBuffer:
    """Gives numbers, and makes a commit batch of what is ready; it all stays here until the batch is on the disk.

    `gateway` is the beginning of every id.
    """

    def __init__(self, next_seq: int, gateway: str) -> None:
        self.next_number = next_seq
        self._gateway = gateway
        self._in_hand: set[int] = set()
        self._waiting: list[WaitingReading] = []
        self._unwritten: list[bytes] = []
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
        body = encode_reading(reading, f"{self._gateway}/{reading.epoch}")
        self._waiting.append(WaitingReading(reading, body))
        self._unwritten.append(body)

    @property
    def has_unwritten(self) -> bool:
        """Whether some came since `unwritten` was asked."""
        return bool(self._unwritten)

    def unwritten(self) -> list[bytes]:
        """The bodies of those that came since this was asked; after a commit of all that still wait."""
        unwritten, self._unwritten = self._unwritten, []
        return unwritten

    def write_anew(self) -> None:
        """What was written of those that wait counts no more."""
        self._unwritten = [one.body for one in self._waiting]

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
            ready = [self._at_true_time(one, offset_ms, named) for one in ready]
        readings, bodies = [one.reading for one in ready], [one.body for one in ready]
        return CommitBatch(readings, bodies, dict(self.rejected), dict(self.delivered))

    def _at_true_time(self, one: WaitingReading, offset_ms: int, named: Container[int]) -> WaitingReading:
        if one.reading.monotonic_ms is None or one.reading.seq in named:
            return one
        reading = at_true_time(one.reading, offset_ms)
        return (
            one
            if reading is one.reading
            else WaitingReading(reading, encode_reading(reading, f"{self._gateway}/{reading.epoch}"))
        )

    def taken(self, commit_batch: CommitBatch) -> None:
        """The batch is on the disk: what was in it waits no more; what came meanwhile does."""
        del self._waiting[: len(commit_batch.readings)]
        self.write_anew()
        for batch in commit_batch.delivered:
            del self.delivered[batch]
        left = {reason: n - commit_batch.rejected.get(reason, 0) for reason, n in self.rejected.items()}
        self.rejected = {reason: n for reason, n in left.items() if n}
