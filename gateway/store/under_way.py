"""Batches that have left for the platform, and how far it has taken each."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec.structs import replace

from gateway.snapshot import Counts
from gateway.store.batches import STAMPED, Batch


class UnderWay:
    """By their ids: `in_flight` are those that leave now, `left` those that have left once and were stamped by a clock not set,
    and `partly` the numbers of those readings of a pending one that the platform has, and that it refuses.
    """

    def __init__(self) -> None:
        self.in_flight: set[int] = set()
        self.left: set[int] = set()
        self.partly: dict[int, tuple[set[int], set[int]]] = {}

    def begin(self, batches: Iterable[Batch]) -> None:
        """They leave."""
        for batch in batches:
            self.in_flight.add(batch.id)
            if STAMPED in batch.body:
                self.left.add(batch.id)

    def end(self, delivered: Collection[int]) -> None:
        """Their delivery is over, and noted."""
        self.in_flight.difference_update(delivered)
        self.left.difference_update(delivered)
        self.partly = {batch: n for batch, n in self.partly.items() if batch not in delivered}

    def with_parts(self, counts: Counts) -> Counts:
        """The same, and of what is pending that which is `partly` over."""
        for taken, refused in (map(len, of_batch) for of_batch in self.partly.values()):
            left = counts.pending - taken - refused
            counts = replace(counts, delivered=counts.delivered + taken, evicted=counts.evicted + refused, pending=left)
        return counts
