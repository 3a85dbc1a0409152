"""The readings' way to the disk and back: a commit a second, all that came since in one transaction (class B)."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import ChainMap, Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

import structlog

from gateway.changes import Changes
from gateway.clock import Clock, offset_ms
from gateway.completion import run_to_completion
from gateway.errors import StoreBroken
from gateway.gap import Gap
from gateway.readings import Reading
from gateway.snapshot import BandCounts, Counts
from gateway.store import audit, batches, gaps
from gateway.store.batches import BODY_BYTES, Batch
from gateway.store.connection import T, Work
from gateway.store.counters import Counters
from gateway.store.database import Database
from gateway.store.held_batches import HeldBatches
from gateway.store.reading_tail import ReadingTail
from gateway.store.refusing_disk import RefusingDisk
from gateway.store.space import Space
from gateway.store.under_way import UnderWay
from gateway.store.write_buffer import CommitBatch, WriteBuffer

log = structlog.get_logger()

COMMIT_S = 1.0
COMMIT_AT = 2_000  # readings: a flood is committed sooner
ROOM_FOR = 3_000  # readings that may wait for the disk before the sources are slowed down: 5 MB less than for 8,000 in a flood
DELIVERIES_S = 5.0  # those that no reading takes along are noted so late: each commit costs some pages
DELIVERIES_AT = 200  # or so many batches: while a backlog drains a kill must not have much sent once more
RECENT = 20_000  # readings that rules take again after a start: some 0.2 s and 15 MB

Change = Callable[[sqlite3.Connection, Counters], tuple[Counters, int]]  # the counters after it, and how much it did


class ReadingStore:
    """Numbers readings, takes them, gives batches to send, keeps the counters.

    `origin` is `<gateway>/<epoch>`, the beginning of every id on a disk that takes them; `epoch` is that of a reading that
    comes now (see `refusing_disk.py`). While the disk refuses, readings stay in memory, are sent out of it, and nobody is
    slowed down: calls for help must be heard. `last_batch` is the newest batch.
    """

    def __init__(
        self,
        database: Database,
        counters: Counters,
        space: Space,
        folder: Path,
        *,
        gateway: str,
        clock: Clock,
        held: HeldBatches | None = None,
    ) -> None:
        self.epoch = counters.epoch
        self.origin = f"{gateway}/{counters.epoch}"
        self._alerts_fault = ""
        self._refusing = RefusingDisk(database.stand_in, counters, gateway, clock, held)
        self._database = database
        self._counters = counters
        self._space, self._clock = space, clock
        self._buffer = WriteBuffer(self._held.counters.next_seq, gateway)
        self._named: set[int] = set()  # readings that an alert names, not on the disk yet
        self.under_way = UnderWay()
        self._stored: Counter[str] = Counter()  # by band, since the start
        self._rejected: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._one_at_a_time = asyncio.Lock()
        self._wanted = Changes()  # something waits for a commit
        self.tail = ReadingTail(folder, self._buffer, self.origin, clock, came=self._wanted, fault=lambda: self.fault)
        self._crowded = asyncio.Event()
        self._commits = Changes()
        self.evictions = Changes()  # gap records were written

    @property
    def fault(self) -> str:
        """Why the disk refuses, in a short fixed word; "": it does not."""
        return self._refusing.why

    @property
    def _held(self) -> HeldBatches:
        return self._refusing.held

    # --- in -------------------------------------------------------------------------------------------------------

    def next_seq(self) -> int:
        """The number of a new reading; in hand until `add`, which must follow: no reading from it on is stored meanwhile."""
        return self._buffer.next_seq()

    def add(self, reading: Reading) -> None:
        """All that follows from it is settled. It is on disk within a second, once no lower number is in hand."""
        self._buffer.add(reading)
        self._stored[reading.device] += 1
        self._wanted.happened()
        if len(self._buffer) >= COMMIT_AT:
            self._crowded.set()

    def is_stored(self, reading: Reading) -> bool:
        """Whether it is on the disk, or was in an earlier epoch."""
        of_this_life = reading.epoch in (self._counters.epoch, self._refusing.epoch)
        return not of_this_life or reading.seq < self._counters.next_seq

    def reference(self, readings: Iterable[Reading]) -> None:
        """An alert names them: none of them is dropped, however long the disk refuses."""
        self._named.update(reading.seq for reading in readings if not self.is_stored(reading))

    def reject(self, reason: str, n: int = 1, device: str = "") -> None:
        """So many came (of this band) and were no readings; counted on disk within a second."""
        self._buffer.reject(reason, n)
        self._rejected[device][reason] += n
        self._wanted.happened()

    def of_band(self, address: str) -> BandCounts:
        """What came of this band since the start."""
        stored, rejected = self._stored[address], dict(self._rejected[address]) if address in self._rejected else {}
        return BandCounts(received=stored + sum(rejected.values()), stored=stored, rejected=rejected)

    async def room(self) -> None:
        """Returns at once unless too much waits for a disk that is slow: one that refuses takes it away, into what is held."""
        while len(self._buffer) >= ROOM_FOR:
            seen, ready = self._wanted.number, self._buffer.ready_below
            await run_to_completion(self._commit(again=not self.fault or self._refusing.is_to_be_tried))
            if len(self._buffer) >= ROOM_FOR and ready == self._buffer.ready_below:
                await self._wanted.wait_beyond(seen)

    async def commit(self) -> None:
        """Everything numbered so far is on disk when this returns. Raises StoreBroken: it is not."""
        until = self._buffer.next_number
        ready = False
        while not ready:
            seen, ready = self._wanted.number, self._buffer.ready_below >= until
            if not await run_to_completion(self._commit()):
                raise StoreBroken(self.fault)
            if not ready:
                await self._wanted.wait_beyond(seen)

    async def flush(self) -> None:
        """The same; while the disk refuses, it tries again and does not return."""
        while True:
            try:
                return await self.commit()
            except StoreBroken:  # told by `fault`
                await self._until_due()

    async def run(self) -> None:
        """Commit what comes, for ever; while the disk refuses, hold it, so that it can be sent."""
        seen = 0
        while True:
            if not (self._held or self._buffer.delivered):
                await self._wanted.wait_beyond(seen)
            if self._is_at_leisure:
                await self._wanted.wait_beyond_or(self._wanted.number, DELIVERIES_S)
            if not self._is_at_leisure:
                await self._until_due()
            seen = self._wanted.number
            await run_to_completion(self._commit(again=self._refusing.is_to_be_tried))

    @property
    def _is_at_leisure(self) -> bool:
        """Whether nothing waits but the end of a few deliveries, for which nobody is in a hurry."""
        return not self._held and self._buffer.has_only_deliveries and len(self._buffer.delivered) < DELIVERIES_AT

    async def _until_due(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(COMMIT_S):
                await self._crowded.wait()

    async def _commit(self, *, again: bool = True) -> bool:
        """One transaction for all that is ready and what is held; whether it is on disk now. What is not is held.

        `again`: whether a disk that has refused is tried.
        """
        async with self._one_at_a_time:
            self._crowded.clear()
            commit_batch = self._buffer.commit_batch(self._true_offset_ms(), self._named)
            if not (commit_batch or self._held):
                return True
            done = (again or not self._held) and await self._write(partial(self._put, commit_batch)) > 0
            self._buffer.taken(commit_batch)
            self.under_way.end(commit_batch.delivered)
            if done:
                self._recovered()
                await self.tail.turn()
            else:
                self._refusing.hold(commit_batch, self._named, self.under_way.in_flight)
            self._commits.happened()
        return done

    def _put(self, commit_batch: CommitBatch, connection: sqlite3.Connection, counters: Counters) -> tuple[Counters, int]:
        self._space.hold(connection)
        if self._held:
            counters = batches.settle(connection, self._held.put(connection, counters))
        return batches.write(commit_batch, self._clock.boot, connection, counters), 1

    def _true_offset_ms(self) -> int | None:
        return offset_ms(self._clock) if self._clock.state() == "synced" else None

    async def change(self, work: Change) -> int:
        """Work on the tables and their counters, in a transaction of its own; how much it did, 0 when the disk refused."""
        return await run_to_completion(self._change(work))

    async def _change(self, work: Change) -> int:
        async with self._one_at_a_time:
            return await self._write(partial(_with_the_row, work))

    async def _write(self, work: Change) -> int:
        if self._database.stand_in:
            self._refused(self._database.stand_in)
            return 0
        counters = self._counters
        try:
            self._counters, done = await self._database.write(lambda connection: work(connection, counters))
        except StoreBroken as why:
            self._refused(str(why))
            return 0
        if self._counters.evicted != counters.evicted:
            self.evictions.happened()
        return done

    def _refused(self, why: str) -> None:
        if why != self.fault:
            log.error("readings cannot be stored", why=why, waiting=len(self._buffer))
        self._refusing.begin(why)
        self._choose_epoch()

    def _recovered(self) -> None:
        if self.fault:
            log.info("readings are stored again")
        self._refusing.end(self._counters)
        self._choose_epoch()
        self._named = {seq for seq in self._named if seq >= self._counters.next_seq}

    def note_alerts_fault(self, fault: str) -> None:
        """Why the disk refuses alerts; "": it does not. Else one may be told that names a reading that no disk has."""
        self._alerts_fault = fault
        self._choose_epoch()

    def _choose_epoch(self) -> None:
        self.epoch = self._refusing.epoch if self.fault or self._alerts_fault else self._counters.epoch

    # --- out ------------------------------------------------------------------------------------------------------

    @property
    def last_batch(self) -> int:
        """The id of the newest batch, on the disk or held; 0: there was none yet."""
        return self._held.counters.last_batch

    def counts(self) -> Counts:
        """What was counted, on the disk and of what is held, and in part delivered: the equations hold at every moment."""
        return self.under_way.with_parts(self._all_counters.counts())

    def oldest_pending_ms(self) -> int | None:
        """When the oldest reading that waits to be sent came (wall clock, UTC); None: none waits."""
        return self._all_counters.oldest_ms

    @property
    def _all_counters(self) -> Counters:
        """On the disk, and of what is held; asked often, and mostly nothing is held."""
        return self._counters.plus(self._held.counters) if self._held else self._counters

    async def wait_beyond(self, batch: int) -> None:
        """Returns when there is a newer batch than this one."""
        while self.last_batch <= batch:
            await self._commits.wait_beyond(self._commits.number)

    async def batches(self, after: int, until: int, max_bytes: int = BODY_BYTES) -> list[Batch]:
        """Undelivered batches of one boot with ids in (after, until], ascending, at least one, as many as fit a message.

        While the disk cannot be read there are those that are held alone.
        """
        found, damaged = await self._next_in_flight(after, until, max_bytes)
        if damaged:
            log.error("batches are damaged", batches=len(damaged))
            await self.change(partial(batches.drop_damaged, damaged))
        return found

    async def _next_in_flight(self, after: int, until: int, max_bytes: int) -> tuple[list[Batch], list[int]]:
        """Never while batches are changed: what is in flight must stay what it was."""
        async with self._one_at_a_time:
            over = ChainMap(self._buffer.delivered, self._held.delivered_on_disk)
            look = partial(batches.pending, until=min(until, self._counters.last_batch), max_bytes=max_bytes, without=over)
            found: list[Batch] = []
            damaged: list[int] = []
            if after < self._counters.last_batch:
                try:
                    oldest = max(after, self._counters.oldest_batch - 1)
                    found, damaged = await self._database.read(partial(look, after=oldest))
                except StoreBroken as why:
                    self._refused(str(why))
            found = found or self._held.next(after, until, max_bytes, over)
            self.under_way.begin(found)
            return found, damaged

    def begin_session(self) -> None:
        """Nothing is under way to the platform any more, or not yet."""
        self.under_way.in_flight.intersection_update(self._buffer.delivered)

    def delivered(self, batch: int, rejected: Collection[int] = ()) -> None:
        """Its delivery is over; the platform rejected readings with these numbers. On disk with the next commit of readings,
        or within some seconds; should a kill come before that, it is sent once more."""
        self._buffer.delivered[batch] = rejected
        self.under_way.in_flight.add(batch)  # until then nothing is taken out of it
        if len(self._buffer.delivered) == 1 or len(self._buffer.delivered) >= DELIVERIES_AT:
            self._wanted.happened()

    async def recent(self, since_ms: int) -> AsyncIterator[Reading]:
        """Readings on the disk that came since then (wall clock, UTC), the oldest first; none where it cannot be read.

        Of more than some RECENT, the newest ones and a sample of the others. Few are in memory at once.
        """
        try:
            for ids in await self._database.read(partial(batches.since, since_ms=since_ms, at_most=RECENT)):
                for reading in await self._database.read(partial(batches.readings, ids=ids)):
                    if reading.received_ms >= since_ms:
                        yield reading
        except StoreBroken as why:
            self._refused(str(why))

    async def look(self, work: Work[T]) -> T:
        """What the work finds in the tables. Raises StoreBroken."""
        return await self._database.read(work)

    async def gaps(self) -> list[Gap]:
        """What was evicted. Raises StoreBroken."""
        return await self._database.read(gaps.load)

    async def evicted_by_reason(self) -> dict[str, int]:
        """How many readings the gap records tell of, by the reason. Raises StoreBroken."""
        found = await self._database.read(gaps.by_reason)
        for gap in self._held.lost:
            found[gap.reason] = found.get(gap.reason, 0) + gap.n
        return found

    async def audit(self) -> list[str]:
        """Recount everything, and say in words what does not fit. Raises StoreBroken."""
        async with self._one_at_a_time:
            return await self._database.read(audit.audit)

    @property
    def next_stored(self) -> int:
        """All readings with lower numbers are on the disk."""
        return self._counters.next_seq

    async def checkpoint(self) -> None:
        """Empty the journal, so that what was deleted is nowhere any more. Raises StoreBroken."""
        await self._database.checkpoint("TRUNCATE")
        async with self._one_at_a_time:
            if not (self._database.stand_in or self._held):  # what the disk refused is nowhere else
                await self.tail.clear()
        await self.tail.write()

    async def rewrite(self) -> None:
        """Write the whole file anew, so that nothing is left in its pages; commits wait for it. Raises StoreBroken."""
        await self._database.rewrite()

    async def give_back(self, pages: int) -> None:
        """So many empty pages to the disk. Raises StoreBroken."""
        await self._database.give_back(pages)

    async def close(self) -> HeldBatches:
        """A last commit, with the row of the counters, and the file is closed. What it did not take.

        What waits for a number in hand stays in the tail.
        """
        try:
            await self.tail.write()
            if await run_to_completion(self._commit()) and not self._database.stand_in:
                await self.change(lambda _, counters: (counters, 1))
                if not self._buffer:
                    await self.tail.clear()
        finally:
            self.tail.close()
            await self._database.close()
        return self._held


def _with_the_row(work: Change, connection: sqlite3.Connection, counters: Counters) -> tuple[Counters, int]:
    """What it changes may be a batch that alone has what was counted last: the row of the counters must not need it."""
    after, done = work(connection, counters)
    if done or after != counters:
        after.save(connection)
    return after, done
