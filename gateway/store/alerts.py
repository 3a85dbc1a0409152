"""Alerts and all that must never be lost, on the disk before anybody goes on (class A)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Protocol, TypeVar

import structlog
from msgspec import Struct

from gateway.alert import Alert, AlertEvent, Delivery
from gateway.clock import Clock
from gateway.commands import AnsweredCommand
from gateway.completion import run_to_completion
from gateway.errors import StoreBroken
from gateway.readings import Reading
from gateway.store import alert_rows
from gateway.store.alert_rows import (
    PUT_ALERT,
    PUT_COMMAND,
    PUT_DELIVERY,
    PUT_EVENT,
    PUT_MEMORY,
    PUT_REFERENCED,
    ErasedNumbers,
    Key,
    Row,
)
from gateway.store.database import Database, T, Work
from gateway.store.numbers import PUT_NUMBERS, Numbers
from gateway.store.space import Reserve
from gateway.store.stored import encode_event

log = structlog.get_logger()

RETRY_S = 5.0


class Erasure(Protocol):
    """What came of erasing: the alerts and events that are gone."""

    @property
    def numbers(self) -> frozenset[int]:
        """Of the alerts."""
        ...

    @property
    def seqs(self) -> frozenset[int]:
        """Of the events."""
        ...


ErasureT = TypeVar("ErasureT", bound=Erasure)


class Transaction(Struct, frozen=True, kw_only=True):
    """What is stored together or not at all, over what was there before. Events are new: they are never changed.

    `referenced`: readings that an alert names and that are not on the disk yet. `memories`: of presses and records, by name.
    """

    alerts: Sequence[Alert] = ()
    events: Sequence[AlertEvent] = ()
    deliveries: Sequence[Delivery] = ()
    referenced: Sequence[Reading] = ()
    memories: Mapping[str, bytes] = {}
    replies: Sequence[AnsweredCommand] = ()


class AlertStore:
    """Alerts, their events and deliveries, press memories, answered commands.

    When the disk refuses, everything is held in memory, where `open_alerts` and the others find it too, and tried again:
    at each `save`, and every 5 s by `run`. `fault` says why in a short fixed word.
    """

    def __init__(self, database: Database, numbers: Numbers, reserve: Reserve, *, gateway: str, clock: Clock) -> None:
        self.fault = database.stand_in
        self._database = database
        self._numbers = numbers
        self._reserve = reserve
        self._origin = f"{gateway}/{numbers.epoch}"
        self._clock = clock
        self._held: dict[Key, Row] = {}
        self._erased = ErasedNumbers()
        self._in_journal = False  # something was written since the last checkpoint
        self._one_at_a_time = asyncio.Lock()

    @property
    def held(self) -> int:
        """How many rows wait for the disk."""
        return len(self._held)

    def next_alert(self) -> int:
        """A number for a new alert; after a crash some are left out."""
        return self._numbers.alert()

    def next_seq(self) -> int:
        """A number for a new event; after a crash some are left out."""
        return self._numbers.seq()

    # --- in -------------------------------------------------------------------------------------------------------

    async def save(self, transaction: Transaction) -> None:
        """All of it or nothing; on disk when this returns, or held, and `fault` says why."""
        self._hold(transaction)
        await run_to_completion(self._write_held())

    async def remember(self, answered: AnsweredCommand) -> None:
        """The answer to a command that changes nothing; on disk when this returns, or held."""
        await self.save(Transaction(replies=[answered]))

    def _hold(self, new: Transaction) -> None:
        now_ms = self._clock.wall_ms()
        self._put(PUT_ALERT, *(alert_rows.alert_row(alert, now_ms) for alert in new.alerts))
        self._put(PUT_EVENT, *map(self._event_row, new.events))
        self._put(PUT_DELIVERY, *map(alert_rows.delivery_row, new.deliveries))
        boot = self._clock.boot
        self._put(PUT_REFERENCED, *(alert_rows.referenced_row(reading, self._origin, boot) for reading in new.referenced))
        self._put(PUT_MEMORY, *(alert_rows.memory_row(*memory) for memory in new.memories.items()))
        self._put(PUT_COMMAND, *(alert_rows.command_row(answered, now_ms) for answered in new.replies))
        if new.events or self._numbers.run_low:
            self._held[PUT_NUMBERS, 1] = self._numbers.row()

    def _put(self, statement: str, *rows: Row) -> None:
        self._held.update({(statement, alert_rows.key_of(statement, row)): row for row in rows})

    def _event_row(self, event: AlertEvent) -> Row:
        body = encode_event(event)
        return alert_rows.event_row(event, body, self._numbers.chained(body))

    async def _write_held(self) -> None:
        """What came while another save was under way goes in the same transaction."""
        async with self._one_at_a_time:
            await self._write_all_held()

    async def _write_all_held(self) -> None:
        rows = dict(self._held)
        if not rows:
            return
        try:
            await self._write(alert_rows.without(self._erased, rows))
        except StoreBroken as why:
            self._refused(str(why))
            return
        for key, row in rows.items():
            if self._held[key] is row:
                del self._held[key]
        self._in_journal = True
        self._well_again()

    async def _write(self, rows: Mapping[Key, Row]) -> None:
        try:
            await self._database.write(partial(alert_rows.put, rows))
        except StoreBroken as why:
            if str(why) != "disk full" or not self._reserve.release():
                raise
            log.warning("alerts take their own space")
            await self._database.write(partial(alert_rows.put, rows))

    def _refused(self, why: str) -> None:
        if why != self.fault:
            log.error("alerts cannot be stored", why=why, held=len(self._held))
        self.fault = why

    def _well_again(self) -> None:
        if self.fault != self._database.stand_in:
            log.info("alerts are stored again")
            self.fault = self._database.stand_in

    async def run(self) -> None:
        """Try again what the disk refused, and do what an alert should not wait for; for ever."""
        while True:
            await asyncio.sleep(RETRY_S)
            await run_to_completion(self._write_held())
            if not self._held:
                await asyncio.to_thread(self._reserve.take)
            if self._in_journal:
                await self._checkpoint()

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
                return self._held_for(put)

    async def _read(self, put: str, sql: str, *values: object) -> list[Row]:
        """Rows on the disk, and over them what waits to be put there; in the order of their keys."""
        rows = await self._database.read(lambda connection: connection.execute(sql, values).fetchall())
        newest = {alert_rows.key_of(put, row): row for row in [*rows, *self._held_for(put)]}
        return [row for _, row in sorted(newest.items())]

    def _held_for(self, put: str) -> list[Row]:
        return [row for (statement, _), row in self._held.items() if statement == put]

    async def erase(self, work: Work[ErasureT]) -> ErasureT:
        """Erase in one transaction; of what is gone nothing is stored any more, whoever still has it in memory.

        Raises StoreBroken, also where something waits for the disk; what the work raises.
        """
        async with self._one_at_a_time:
            return await run_to_completion(self._erase(work))

    async def _erase(self, work: Work[ErasureT]) -> ErasureT:
        await self._write_all_held()
        if self._held or self._database.stand_in:
            raise StoreBroken(self.fault)
        gone = await self._database.write(work)
        self._erased.alerts |= gone.numbers
        self._erased.events |= gone.seqs
        return gone

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

    async def close(self) -> None:
        """A last try for what is held, and the file is closed. The numbers on the disk are exact then."""
        self._held[PUT_NUMBERS, 1] = self._numbers.row(closing=True)
        await run_to_completion(self._write_held())
        await self._database.close()
