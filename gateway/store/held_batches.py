"""Readings that the disk refuses: sent out of memory, counted, bounded, and put on the disk when it takes them again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Container, Iterable
from dataclasses import replace
from itertools import count

from gateway.gap import Gap, GapReason, gaps_of, merged
from gateway.readings import Reading
from gateway.store import batches, gaps, stored, thinning
from gateway.store.batches import Batch
from gateway.store.counters import Counters
from gateway.store.write_buffer import CommitBatch


class HeldBatches:
    """Goes on from the counters on the disk: numbers and ids rise as if it had taken all. `counters` are of what is held alone.

    `delivered_on_disk`: batches of the disk whose delivery is over, which is not marked there yet; as in a CommitBatch.
    """

    def __init__(self, on_disk: Counters) -> None:
        self._on_disk = on_disk
        self.counters = Counters(epoch=on_disk.epoch, next_seq=on_disk.next_seq, last_batch=on_disk.last_batch)
        self.delivered_on_disk: dict[int, Collection[int]] = {}
        self._batches: dict[int, Batch] = {}
        self._essential: set[int] = set()  # batches that have nothing else any more
        self.lost: list[Gap] = []  # what was dropped

    def __bool__(self) -> bool:
        return self.counters.received > 0 or bool(self.delivered_on_disk)

    # --- in -----------------------------------------------------------------------------------------------------------

    def take(self, commit: CommitBatch, boot: str) -> None:
        """What the disk has refused."""
        for batch in batches.cut(commit.readings, commit.bodies, count(self.counters.last_batch + 1), boot):
            self._batches[batch.id] = batch
            self.counters = self.counters.with_stored(batch.n, last_batch=batch.id, next_seq=batch.last_seq + 1)
        self.counters = self.counters.with_rejected(commit.rejected)
        for number, rejected in commit.delivered.items():
            if number in self._batches:
                self._delivered(self._batches.pop(number), rejected)
            else:
                self.delivered_on_disk[number] = rejected
        self._settle()

    def _delivered(self, batch: Batch, rejected: Collection[int]) -> None:
        gone = [one for one in stored.decode_readings(batch.body) if one.seq in rejected] if rejected else []
        self.counters = self.counters.with_delivered(batch.n, len(gone))
        self._leave_gaps(gone, "rejected")

    def _leave_gaps(self, gone: Iterable[Reading], reason: GapReason) -> None:
        self.lost = merged([*self.lost, *gaps_of(gone, reason)])

    def drop_over(self, at_most: int, named: Container[int], in_flight: Container[int]) -> None:
        """Of more readings than this the oldest routine ones go; not what alerts name or what is under way. Of more than twice
        as many, as a key that jams for days makes, the oldest go whatever they are: the alert itself is held elsewhere."""
        for batch in list(self._batches.values()):
            if self.counters.pending <= at_most:
                break
            if batch.id not in in_flight and batch.id not in self._essential:
                self._reduce(batch, self.counters.pending - at_most, lambda one: not thinning.never_evicted(one, named))
        for batch in list(self._batches.values()):
            if self.counters.pending <= 2 * at_most:
                break
            if batch.id not in in_flight:
                self._reduce(batch, self.counters.pending - 2 * at_most, lambda _: True)
        self._settle()

    def _reduce(self, batch: Batch, too_many: int, may_go: Callable[[Reading], bool]) -> None:
        readings, pieces = stored.decode_readings(batch.body), stored.pieces(batch.body)
        gone = [at for at, reading in enumerate(readings) if may_go(reading)][:too_many]
        if len(gone) < too_many:
            self._essential.add(batch.id)
        stay = sorted(set(range(len(readings))) - set(gone))
        del self._batches[batch.id]
        for smaller in batches.cut([readings[at] for at in stay], [pieces[at] for at in stay], [batch.id], batch.boot):
            self._batches[batch.id] = smaller
        self._leave_gaps((readings[at] for at in gone), "disk full")
        self.counters = self.counters.with_evicted(len(gone))

    def _settle(self) -> None:
        self._batches = dict(sorted(self._batches.items()))
        oldest = next(iter(self._batches.values()), None)
        self.counters = replace(self.counters, oldest_ms=oldest.received_ms if oldest else None)

    # --- out ----------------------------------------------------------------------------------------------------------

    def next(self, after: int, until: int, max_bytes: int, without: Container[int]) -> list[Batch]:
        """Pending batches of one boot with ids in (after, until], ascending, at least one, as many as fit."""
        found: list[Batch] = []
        size = 0
        for batch in self._batches.values():
            if after < batch.id <= until and batch.id not in without:
                size += len(batch.body) + 1
                if found and (size > max_bytes or batch.boot != found[0].boot):
                    break
                found.append(batch)
        return found

    def put(self, connection: sqlite3.Connection, counters: Counters) -> Counters:
        """All of it goes behind what is on the disk; the counters after it.

        A disk that comes back as another one may have other ids, and the commit that it seemed to refuse.
        """
        same = counters.epoch == self._on_disk.epoch
        new = [batch for batch in self._batches.values() if not (same and batch.last_seq < counters.next_seq)]
        there = self.counters.pending - sum(batch.n for batch in new)
        further = counters.last_batch - self._on_disk.last_batch
        for batch in new:
            batches.insert(connection, replace(batch, id=batch.id + further))
        gaps.put(connection, self.lost)
        counters = counters.plus(self.counters).with_stored(
            -there, last_batch=self.counters.last_batch + further, next_seq=self.counters.next_seq
        )
        return batches.mark_delivered(connection, counters, self.delivered_on_disk) if same else counters
