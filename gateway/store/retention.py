"""How long things are kept, and what goes first when room must be made: delivered readings, then detail, then old readings."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from gateway.clock import Clock
from gateway.errors import StoreBroken
from gateway.gap import GapReason, gaps_of
from gateway.readings import Reading
from gateway.store import batches, gaps, stored, thinning
from gateway.store.alerts import AlertStore
from gateway.store.batches import Batch
from gateway.store.counters import Counters
from gateway.store.readings import Change, ReadingStore
from gateway.store.rescue import quarantine
from gateway.store.sealed import NotWhole
from gateway.store.space import Space, file_bytes, free_bytes

log = structlog.get_logger()

AT_ONCE = 200  # batches in one transaction, or
READINGS_AT_ONCE = 3_000  # so many readings: some 50 ms, for which commits wait
TIGHT = 0.95  # of the limit: room is made
ROOMY = 0.90  # of the limit: there is room again
SLACK = 0.25  # of the file may be empty before it is made smaller
PAGES_AT_ONCE = 4_000

CLOSED_DAYS = 180  # closed alerts
ANSWERS_DAYS = 1  # answers to commands
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
ANY_MS = 1 << 62


@dataclass(frozen=True)
class ThinningStage:
    """One way of making a pending batch smaller: which readings stay (by their place), and what the gap records say."""

    level: int  # what `batch.thinned` is after it
    stays: Callable[[Sequence[Reading], Container[int]], list[int]]
    reason: GapReason


THIN = ThinningStage(1, thinning.thinned_out, "thinned out")
EVICT = ThinningStage(2, thinning.essential, "disk full")


def too_big(connection: sqlite3.Connection, *, space: Space, part: float) -> bool:
    """Whether what is in the file takes more than this part of what it may."""
    return file_bytes(connection) - free_bytes(connection) > part * space.limit(connection)


def forget_delivered(before_ms: int, now_ms: int, connection: sqlite3.Connection, counters: Counters) -> tuple[Counters, int]:
    """Delete the oldest delivered batches, at most AT_ONCE: those that came before.

    One that came tomorrow, by a clock that ran ahead, is as old as the next one whose time can be.
    """
    doomed: list[int] = []
    ahead: list[int] = []
    for batch, delivered, received_ms in connection.execute("SELECT id, delivered, received_ms FROM batch ORDER BY id"):
        possible = received_ms <= now_ms + DAY_MS
        if len(doomed) >= AT_ONCE or (possible and received_ms >= before_ms):
            break
        if delivered:
            ahead.append(batch)
        if possible:
            doomed, ahead = doomed + ahead, []
    batches.delete(connection, doomed[:AT_ONCE])
    return counters, len(doomed[:AT_ONCE])


def reduce(
    stage: ThinningStage, named: Container[int], in_flight: Container[int], connection: sqlite3.Connection, counters: Counters
) -> tuple[Counters, int]:
    """Make the oldest pending batches smaller that this stage has not seen, and put what stays into fewer of them.

    `named`: numbers of readings that stay because an alert names them. `in_flight`: batches under way to the platform.
    """
    run = _run(connection, counters, stage, in_flight)
    readings = [reading for batch in run for reading in stored.decode_readings(batch.body)]
    bodies = [piece for batch in run for piece in stored.pieces(batch.body)]
    stay = stage.stays(readings, named)
    gone = sorted(set(range(len(readings))) - set(stay))
    batches.delete(connection, [batch.id for batch in run])
    for batch in _smaller(run, [readings[index] for index in stay], [bodies[index] for index in stay]):
        batches.insert(connection, batch, thinned=stage.level)
    gaps.put(connection, gaps_of((readings[index] for index in gone), stage.reason))
    return batches.settle(connection, counters.with_evicted(len(gone))), len(run)


def _smaller(run: Sequence[Batch], readings: Sequence[Reading], bodies: Sequence[bytes]) -> Iterable[Batch]:
    """Under the last ids of the run: whoever reads upwards still meets them."""
    ids = [batch.id for batch in run][len(run) - batches.parts(bodies) :]
    return batches.cut(readings, bodies, ids, run[0].boot if run else "")


def _run(connection: sqlite3.Connection, counters: Counters, stage: ThinningStage, in_flight: Container[int]) -> list[Batch]:
    """The oldest of one boot, as many as are taken at once; those that cannot be read are left to whoever sends them."""
    rows = connection.execute(
        "SELECT id, n, boot, first_seq, last_seq, received_ms, body FROM batch"
        " WHERE delivered = 0 AND thinned < ? AND id >= ? ORDER BY id",
        (stage.level, counters.oldest_batch),
    )
    run: list[Batch] = []
    readings = 0
    for row in rows:
        if row[0] in in_flight:
            continue
        try:
            batch = batches.unpack(row)
        except NotWhole:
            continue
        if len(run) == AT_ONCE or readings > READINGS_AT_ONCE or (run and batch.boot != run[0].boot):
            break
        run.append(batch)
        readings += batch.n
    return run


def too_empty(connection: sqlite3.Connection) -> bool:
    """Whether much of the file holds nothing."""
    return free_bytes(connection) > SLACK * file_bytes(connection)


@dataclass
class Retention:
    """To be called each minute or so. Both stores go on meanwhile: the work is done in short pieces."""

    readings: ReadingStore
    alerts: AlertStore
    space: Space
    clock: Clock
    keep_delivered_days: int

    async def retain(self, now_ms: int) -> None:
        """Forget what is old, as far as the clock can be trusted, and make room where it is tight (wall clock, UTC).

        A disk that refuses leaves everything as it is; the stores tell their fault.
        """
        try:
            if self.clock.state() != "unsynced":
                await self._forget_what_is_old(now_ms)
            await self._make_room()
            if await self.readings.look(too_empty):
                await self.readings.give_back(PAGES_AT_ONCE)
        except StoreBroken as why:
            log.warning("nothing can be forgotten", why=str(why))

    async def _forget_what_is_old(self, now_ms: int) -> None:
        """Whole hours at once, so that most calls find nothing to do and write nothing."""
        hour = now_ms - now_ms % HOUR_MS
        delivered = forgotten = 0
        while forgotten := await self.readings.change(
            partial(forget_delivered, hour - self.keep_delivered_days * DAY_MS, now_ms)
        ):
            delivered += forgotten
        if delivered:
            await self.readings.checkpoint()
        await self.alerts.forget(
            closed_before_ms=hour - CLOSED_DAYS * DAY_MS,
            answered_before_ms=hour - ANSWERS_DAYS * DAY_MS,
            stored_below=self.readings.next_stored,
        )
        if self.space.folder and (gone := quarantine.forget(self.space.folder, (hour - quarantine.KEEP_DAYS * DAY_MS) / 1000)):
            log.info("files put aside were deleted", files=gone)

    async def _make_room(self) -> None:
        if not await self.readings.look(partial(too_big, space=self.space, part=TIGHT)):
            return
        before = self.readings.counts()
        named = await self.alerts.named()
        await self._while_too_big(partial(forget_delivered, ANY_MS, ANY_MS))
        await self._while_too_big(partial(reduce, THIN, named, self.readings.under_way.in_flight))
        await self._while_too_big(partial(reduce, EVICT, named, self.readings.under_way.in_flight))
        await self.readings.checkpoint()
        log.warning("room made", evicted=self.readings.counts().evicted - before.evicted)

    async def _while_too_big(self, step: Change) -> None:
        while await self.readings.look(partial(too_big, space=self.space, part=ROOMY)):
            if not await self.readings.change(step):
                break
