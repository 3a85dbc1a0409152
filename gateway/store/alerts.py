"""Alerts and all that must never be lost, on the disk before anybody goes on (class A)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from math import inf

import structlog

from gateway.alert import Alert, AlertEvent, Delivery
from gateway.changes import Changes
from gateway.clock import Clock
from gateway.commands import AnsweredCommand
from gateway.completion import run_to_completion
from gateway.errors import StoreBroken
from gateway.store import alert_rows
from gateway.store.alert_rows import (
    PUT_ALERT,
    PUT_COMMAND,
    PUT_DELIVERY,
    PUT_EVENT,
    PUT_MEMORY,
    ErasedNumbers,
    Key,
    Row,
)
from gateway.store.connection import T, Work
from gateway.store.database import Database
from gateway.store.held_rows import HeldRows
from gateway.store.keeping import Transaction
from gateway.store.numbers import PUT_NUMBERS, Numbers
from gateway.store.space import Reserve

log = structlog.get_logger()

RETRY_S = 5.0
RESERVE_S = 60.0  # the reserve is looked at again
ROOM_FOR = 2_000  # rows that may wait for the disk before the sources are slowed down: some 400 presses
AT_LEISURE_S = 0.5  # bookkeeping waits so long for a commit that comes by; then it gets its own
QUIET_S = 10.0  # after the last commit: a checkpoint syncs twice, and must not stand before a call for help


class AlertStore:
    """Alerts, their events and deliveries, press memories, answered commands.

    Whoever has something to store gives it to `hold`, which waits for nothing, and waits for `stored` before others learn of
    it: all that was held by then, whoever held it, is one commit. So a call for help waits for the sync that is under way and
    for its own, however many press at once. When the disk refuses, everything stays held, where `open_alerts` and the others
    find it too, and is tried again: at each `stored`, and every 5 s by `run`. `fault` says why in a short fixed word.
    `tries`: held things were written, or refused; `tried`: up to this number of `hold`.
    """

    def __init__(
        self,
        database: Database,
        numbers: Numbers,
        reserve: Reserve,
        *,
        gateway: str,
        clock: Clock,
        held: Mapping[Key, Row] | None = None,
    ) -> None:
        self.fault = database.stand_in
        self.when_fault: Callable[[str], None] = lambda _: None  # another one
        self._database = database
        self._numbers = numbers
        self._reserve = reserve
        self._clock = clock
        self._held = HeldRows(numbers, clock, gateway, held or {})
        self._came = Changes()  # something was held,
        self._wanted = Changes()  # and does not wait at leisure
        self.tries = Changes()
        self.tried = 0
        self._erased = ErasedNumbers()
        self._reserve_due_s = -inf
        self._in_journal = False  # something was written since the last checkpoint
        self._one_at_a_time = asyncio.Lock()

    @property
    def held(self) -> int:
        """How many rows wait for the disk."""
        return len(self._held)

    def next_alert(self) -> int:
        """A number for a new alert; after a crash some are left out."""
        return self._numbers.alert(self._clock)

    def next_seq(self) -> int:
        """A number for a new event; after a crash some are left out."""
        return self._numbers.seq(self._clock)

    # --- in -------------------------------------------------------------------------------------------------------

    def hold(self, new: Transaction, *, at_leisure: bool = False) -> int:
        """All of it or nothing is on disk when `tried` has come to this number, or else `fault` says why.

        `at_leisure`: nobody waits for it. It goes with the next commit, or with one of its own soon.
        """
        self._held.hold(new, named_too=not self.fault)
        self._came.happened()
        if not at_leisure:
            self._wanted.happened()
        return self._wanted.number

    async def stored(self) -> None:
        """What was held before, and not at leisure, is on disk when this returns, or stays held, and `fault` says why."""
        wanted = self._wanted.number
        while self.tried < wanted:
            await self._write_held()

    async def room(self) -> None:
        """Returns at once unless too much waits for a disk that is slow: one that refuses may be, when it is tried again."""
        if len(self._held) < ROOM_FOR:
            return
        if self.fault:
            async with self._one_at_a_time:
                return
        await self.stored()

    async def save(self, transaction: Transaction) -> None:
        """Hold it, until it is stored."""
        self.hold(transaction)
        await self.stored()

    async def remember(self, *answered: AnsweredCommand, memories: Mapping[str, bytes] | None = None) -> None:
        """The answer to a command that changes nothing, and what must not be without it; on disk when this returns, or held."""
        await self.save(Transaction(replies=answered, memories=memories or {}))

    async def _write_held(self) -> None:
        """What came while another commit was under way goes in the same transaction."""
        async with self._one_at_a_time:
            await self._write_all_held()

    async def _write_all_held(self) -> None:
        """Nothing is let go before the disk has it: who is cancelled meanwhile leaves it to the next one, to write it again."""
        rows, wanted = {} if self._database.stand_in else self._held.rows(), self._wanted.number
        try:
            if rows:
                await self._write(alert_rows.without(self._erased, rows))
        except StoreBroken as why:
            self._refused(str(why))
        else:
            self._let_go(rows)
        self.tried = wanted
        self.tries.happened()

    def _let_go(self, rows: Mapping[Key, Row]) -> None:
        self._held.let_go(rows)
        if rows:
            self._in_journal = True
            self._recovered()

    async def _write(self, rows: Mapping[Key, Row]) -> None:
        try:
            await self._database.write(partial(alert_rows.put, rows))
        except StoreBroken as why:
            if str(why) != "disk full" or not self._reserve.release():
                raise
            log.warning("alerts take their own space")
            self._reserve_due_s = -inf
            await self._database.write(partial(alert_rows.put, rows))

    def _refused(self, why: str) -> None:
        if why != self.fault:
            log.error("alerts cannot be stored", why=why, held=len(self._held))
        self.fault = why
        self.when_fault(why)

    def _recovered(self) -> None:
        if self.fault:
            log.info("alerts are stored again")
            self.fault = ""
            self.when_fault("")

    async def run(self) -> None:
        """Store what nobody waits for, try again what the disk refused, and do what an alert should not wait for; for ever."""
        held, quiet_s = 0, 0.0
        while True:
            look_s = RETRY_S if self._held or self._in_journal or self.fault else RESERVE_S
            came = await _comes(self._came, held, look_s)
            if came and self.tried == self._wanted.number:
                await _comes(self._wanted, self.tried, AT_LEISURE_S)
            held = self._came.number
            quiet_s = 0.0 if came else quiet_s + look_s
            await self._write_held()
            await self._keep_reserve()
            if self._in_journal and quiet_s >= QUIET_S:
                await self._checkpoint()

    async def _keep_reserve(self) -> None:
        """Now and again: it may have been released, and the disk may have got more room."""
        now_s = self._clock.monotonic_s()
        if not self._held and now_s >= self._reserve_due_s:
            self._reserve_due_s = now_s + RESERVE_S
            await asyncio.to_thread(self._reserve.take)

    async def _checkpoint(self) -> None:
        """A damaged journal loses what is not in the file yet."""
        self._in_journal = False
        try:
            await self._database.checkpoint("PASSIVE")
        except StoreBroken as why:
            self._refused(str(why))

    # --- out ------------------------------------------------------------------------------------------------------

    async def open_alerts(self) -> list[Alert]:
        """Those that still need somebody, by number."""
        rows = await self._rows(PUT_ALERT, "SELECT * FROM alert WHERE open = 1")
        return [alert for alert in alert_rows.alerts(rows) if alert.open]

    async def undelivered(self) -> list[tuple[AlertEvent, Delivery]]:
        """Events whose delivery on some channel is not over, the oldest first."""
        which = "SELECT event FROM delivery WHERE state <> 'done'"
        rows = await self._rows(PUT_EVENT, f"SELECT * FROM event WHERE seq IN ({which})")  # noqa: S608 (fixed)
        events = {event.seq: event for event in alert_rows.events(rows)}
        deliveries = alert_rows.deliveries(await self._rows(PUT_DELIVERY, "SELECT * FROM delivery WHERE state <> 'done'"))
        waiting = [one for one in deliveries if one.state != "done" and one.event in events]
        return [(events[one.event], one) for one in waiting]

    async def untold(self) -> list[Alert]:
        """Open ones of whose last change no event tells: it was damaged, and put aside."""
        rows = await self._rows(PUT_EVENT, "SELECT * FROM event WHERE alert IN (SELECT number FROM alert WHERE open = 1)")
        told = {row[0] for row in rows}
        return [alert for alert in await self.open_alerts() if alert.seq and alert.seq not in told]

    async def alert(self, number: int) -> Alert | None:
        """Also one that is closed; None: there is none, or it is forgotten, or the disk cannot tell."""
        rows = await self._rows(PUT_ALERT, "SELECT * FROM alert WHERE number = ?", number)
        return next((alert for alert in alert_rows.alerts(rows) if alert.number == number), None)

    async def memories(self) -> dict[str, bytes]:
        """Press memories and replay counters by device address."""
        return dict(alert_rows.memories(await self._rows(PUT_MEMORY, "SELECT * FROM memory")))

    async def answered(self, command: str) -> AnsweredCommand | None:
        """The answer that the command with this id was given; None where it never came, or where the disk cannot tell."""
        await self.stored()  # an answer is given only once the disk has it
        rows = await self._rows(PUT_COMMAND, "SELECT * FROM command WHERE id = ?", command)
        return next((answered for answered in alert_rows.answers(rows) if answered.id == command), None)

    async def named(self) -> frozenset[int]:
        """The numbers of all readings that an alert names. Raises StoreBroken."""
        async with self._one_at_a_time:
            rows = await self._read(PUT_ALERT, "SELECT * FROM alert")
        return frozenset(reading.seq for alert in alert_rows.alerts(rows) for reading in alert.readings)

    async def look(self, work: Work[T]) -> T:
        """What the work finds in the tables. Raises StoreBroken."""
        return await self._database.read(work)

    async def _rows(self, put: str, sql: str, *values: object) -> list[Row]:
        """The same as `_read`; of a disk that cannot be read, what waits in memory."""
        async with self._one_at_a_time:
            try:
                return await self._read(put, sql, *values)
            except StoreBroken as why:
                self._refused(str(why))
                return self._held.over(put, ())

    async def _read(self, put: str, sql: str, *values: object) -> list[Row]:
        """Rows on the disk, and over them what waits to be put there; in the order of their keys."""
        rows = await self._database.read(lambda connection: connection.execute(sql, values).fetchall())
        return self._held.over(put, rows)

    async def erase(self, work: Work[tuple[ErasedNumbers, T]]) -> T:
        """Erase in one transaction; of what is gone nothing is stored any more, whoever still has it in memory.

        Raises StoreBroken, also where something waits for the disk; what the work raises.
        """
        async with self._one_at_a_time:
            return await run_to_completion(self._erase(work))

    async def _erase(self, work: Work[tuple[ErasedNumbers, T]]) -> T:
        await self._write_all_held()
        if self._held or self._database.stand_in:
            raise StoreBroken(self.fault)
        gone, done = await self._database.write(work)
        self._erased.alerts |= gone.alerts
        self._erased.events |= gone.events
        return done

    async def clean(self) -> None:
        """Empty the journal, so that what was deleted is nowhere any more. Raises StoreBroken."""
        await self._database.checkpoint("TRUNCATE")

    async def rewrite(self) -> None:
        """Write the whole file anew, so that nothing is left in its pages; alerts wait for it. Raises StoreBroken."""
        await self._database.rewrite()

    # --- the end --------------------------------------------------------------------------------------------------

    async def forget(self, *, closed_before_ms: int, answered_before_ms: int, stored_below: int) -> None:
        """Delete alerts closed before, answers given before (wall clock, UTC), and referenced readings with lower numbers.

        An open alert, and one with an event that is not delivered, is never forgotten. Raises StoreBroken.
        """
        if await self._database.write(partial(alert_rows.forget, closed_before_ms, answered_before_ms, stored_below)):
            await self._database.checkpoint("TRUNCATE")

    async def close(self) -> tuple[Mapping[Key, Row], Numbers]:
        """A last try for what is held, and the file is closed: the numbers on the disk are exact then. What it did not take."""
        self._held.close()
        await run_to_completion(self._write_held())
        await self._database.close()
        left = alert_rows.without(self._erased, self._held.rows())
        return {key: row for key, row in left.items() if key[0] != PUT_NUMBERS}, self._numbers


async def _comes(changes: Changes, number: int, within_s: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            await changes.wait_beyond(number)
            return True
    return False
