"""While the disk refuses readings: why, what is held meanwhile and under which epoch, and when it is tried again."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from gateway.clock import Clock
from gateway.formats.reading_json import encode_reading
from gateway.store.counters import Counters
from gateway.store.epochs import new_epoch
from gateway.store.held_batches import HeldBatches
from gateway.store.write_buffer import CommitBatch

RETRY_S = 5.0
HELD_AT_MOST = 50_000  # readings: some 12 MB


class RefusingDisk:
    """`why`: in a short fixed word; "": the disk takes readings. `held`: what goes there when it takes them again.

    `epoch`: of readings that come meanwhile, another one by chance, for the next life gives numbers again that the disk does
    not know. A store in memory has one of its own already. The oldest routine readings are dropped when there are too many.
    """

    def __init__(self, stand_in: str, counters: Counters, gateway: str, clock: Clock, held: HeldBatches | None) -> None:
        self.why, self.held = stand_in, held or HeldBatches(counters)
        self.epoch = counters.epoch if stand_in else new_epoch(counters.epoch, clock, by_chance=True)
        self._given_again = 0 if stand_in else counters.epoch
        self._gateway, self._clock = gateway, clock
        self._retry_s = 0.0  # monotonic

    @property
    def is_to_be_tried(self) -> bool:
        """Whether the disk is asked again by now."""
        return self._clock.monotonic_s() >= self._retry_s

    def begin(self, why: str) -> None:
        """The disk has refused, perhaps once more."""
        self.why = why
        self._retry_s = self._clock.monotonic_s() + RETRY_S

    def end(self, on_disk: Counters) -> None:
        """It has taken all that was held."""
        self.why, self.held = "", HeldBatches(on_disk)

    def hold(self, refused: CommitBatch, named: Collection[int], in_flight: Collection[int]) -> None:
        """What it has not taken. `named`: the numbers of readings that alerts name, `in_flight`: batches under way."""
        self.held.take(self._as_told(refused, named), self._clock.boot)
        self.held.drop_over(HELD_AT_MOST, named, in_flight)

    def _as_told(self, refused: CommitBatch, named: Collection[int]) -> CommitBatch:
        """What had its number before the disk refused bears none that is given again either; what an alert names keeps its own,
        with which it was told, and lies in alerts.db."""
        given_again = {one.seq for one in refused.readings if one.epoch == self._given_again}.difference(named)
        readings = [replace(one, epoch=self.epoch) if one.seq in given_again else one for one in refused.readings]
        bodies = [
            encode_reading(one, f"{self._gateway}/{one.epoch}") if one.seq in given_again else body
            for one, body in zip(readings, refused.bodies, strict=True)
        ]
        return CommitBatch(readings, bodies, refused.rejected, refused.delivered)
