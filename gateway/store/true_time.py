"""The true time of readings that were stamped before the clock was synchronised, from the clock of their boot that never steps.

What the platform may have already stays as it is, also in an alert: no id ever has two contents.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Container
from dataclasses import dataclass
from functools import partial

from gateway.clock import Clock, offset_ms
from gateway.errors import StoreBroken
from gateway.formats.reading_json import encode_reading
from gateway.readings import Reading, at_true_time
from gateway.store import batches, stored
from gateway.store.alerts import AlertStore
from gateway.store.batches import Batch
from gateway.store.counters import Counters
from gateway.store.readings import ReadingStore

Row = tuple[int, int, int, str, int, int, int, bytes]

UNSYNCED_S, SYNCED_S = 1.0, 60.0  # between two looks
AT_ONCE = 100  # batches in one transaction: some 50 ms


@dataclass(frozen=True)
class _Correction:
    """From the newest batch of this boot backwards, as far as some were stamped by a clock not set."""

    origin: str
    boot: str
    offset_ms: int
    told: Container[int]
    left: Container[int]

    def __call__(self, until: int, connection: sqlite3.Connection, counters: Counters) -> tuple[Counters, int]:
        """The batches up to this id. The counters after it, and up to which id to go on; 0: that was all."""
        rows = connection.execute(
            "SELECT delivered, id, n, boot, first_seq, last_seq, received_ms, body FROM batch WHERE id <= ?"
            " ORDER BY id DESC LIMIT ?",
            (until, AT_ONCE),
        ).fetchall()
        of_boot = [row for row in rows if row[3] == self.boot]
        stamped = [self._correct(row, connection) for row in of_boot]
        over = len(of_boot) < AT_ONCE or not any(stamped)
        return batches.settle(connection, counters), 0 if over else rows[-1][1] - 1

    def _correct(self, row: Row, connection: sqlite3.Connection) -> bool:
        """Whether it was stamped by a clock that was not set. What has left stays; its age is corrected."""
        try:
            batch = batches.unpack(row[1:])
            if batches.STAMPED not in batch.body:
                return False
            before = stored.decode_readings(batch.body)
        except ValueError:
            return False
        received_ms = at_true_time(before[0], self.offset_ms).received_ms
        body = batch.body if row[0] or batch.id in self.left else self._body(batch, before)
        connection.execute(
            "UPDATE batch SET received_ms = ?, body = ? WHERE id = ?",
            (received_ms, row[-1] if body is batch.body else batches.pack(body), batch.id),
        )
        return True

    def _body(self, batch: Batch, before: list[Reading]) -> bytes:
        gateway = self.origin.rpartition("/")[0]
        after = [one if one.seq in self.told else at_true_time(one, self.offset_ms) for one in before]
        return b",".join(
            piece if one is old else encode_reading(one, f"{gateway}/{one.epoch}")
            for one, old, piece in zip(after, before, stored.pieces(batch.body), strict=True)
        )


@dataclass
class TrueTimes:
    """`run` them for ever. `synced`: the clock was at the last look."""

    readings: ReadingStore
    alerts: AlertStore
    clock: Clock
    synced: bool = False

    async def run(self) -> None:
        """A clock that was synchronised is never unset again in this boot, so it need not be looked at often."""
        while True:
            await self.look()
            await asyncio.sleep(SYNCED_S if self.synced else UNSYNCED_S)

    async def look(self) -> None:
        """Once the clock is synchronised, what waits of this boot gets its true times."""
        before, self.synced = self.synced, self.clock.state() == "synced"
        if self.synced and not before:
            try:
                await self._correct()
            except StoreBroken:
                self.synced = False  # told by the store; once more

    async def _correct(self) -> None:
        store, until = self.readings, self.readings.last_batch
        correct = _Correction(
            store.origin, self.clock.boot, offset_ms(self.clock), await self.alerts.named(), store.under_way.left
        )
        while until and not store.fault:
            until = await store.change(partial(correct, until))
        if store.fault:  # then 0 is no end, and what is held has not been looked at
            raise StoreBroken(store.fault)
