"""Opens both stores whatever state the disk is in, and gives them their epoch."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import structlog

from gateway.clock import Clock
from gateway.errors import StoreBroken
from gateway.store import alert_rows, batches, numbers, reading_tail, stored, untold
from gateway.store.alert_rows import Row
from gateway.store.alerts import AlertStore
from gateway.store.connection import Connect, T, connect_in_thread
from gateway.store.counters import Counters
from gateway.store.epochs import new_epoch, numbers_apart
from gateway.store.folder import Folder
from gateway.store.leftover import Leftover
from gateway.store.numbers import Numbers
from gateway.store.opened_file import OpenedFile
from gateway.store.readings import ReadingStore
from gateway.store.rescue import exchanged, salvage_alerts, salvage_readings
from gateway.store.rescue.open_or_rescue import Kind, OpenedDatabase, open_or_rescue, stand_in
from gateway.store.rescue.unlocked import take_back
from gateway.store.retention import Retention
from gateway.store.schemas import Schema
from gateway.store.space import MB, Reserve, Space
from gateway.store.stores import Stores
from gateway.store.tail import Tail
from gateway.store.true_time import TrueTimes

log = structlog.get_logger()

IN_MEMORY = 32 * MB  # readings, while there is no disk
NEXT_SEQ = "SELECT max(next_seq, coalesce((SELECT last_seq FROM batch ORDER BY id DESC LIMIT 1), 0) + 1) FROM counters"

OpenOne = Callable[[Path, Kind], Awaitable[OpenedDatabase]]


@dataclass(frozen=True)
class Opened:
    """Both databases, and what they know."""

    alerts: OpenedDatabase
    readings: OpenedDatabase
    counters: Counters
    numbers: Numbers
    incidents: list[str]


async def open_stores(
    folder: Path,
    gateway: str,
    clock: Clock,
    max_mb: int = 2048,
    keep_delivered_days: int = 7,
    *,
    connect: Connect = connect_in_thread,
    leftover: Leftover | None = None,
) -> Stores:
    """Both stores in this folder. Where the disk does not let us, they work in memory, and their `fault` says so.

    `connect`: how SQLite is run; in a thread for each database, or as a simulation wants it. `leftover`: of the life before.
    Raises ConfigError where another process holds the folder.
    """
    held = Folder(folder)
    held.hold()
    reserve = Reserve(folder / "alerts.reserve")
    try:
        opened = await _open_both(folder, clock, reserve, connect, leftover)
    except BaseException:
        held.release()
        raise
    await asyncio.to_thread(reserve.take)
    database, others = opened.readings.database, opened.alerts.database
    space = Space(None, IN_MEMORY) if database.stand_in else Space(folder, max_mb * MB)
    left = leftover.readings if leftover and database.stand_in else None
    if not database.stand_in:
        await asyncio.to_thread(Tail(folder).clear)  # it is in the database now
    readings = ReadingStore(database, opened.counters, space, folder, gateway=gateway, clock=clock, held=left)
    rows = leftover.rows if leftover and others.stand_in else None
    alerts = AlertStore(others, opened.numbers, reserve, gateway=gateway, clock=clock, held=rows)
    alerts.when_fault = readings.note_alerts_fault
    retention = Retention(readings, alerts, space, clock, keep_delivered_days)
    files = [
        OpenedFile(others, folder / "alerts.db", replace(ALERTS, connect=connect), clock, lambda: alerts.fault),
        OpenedFile(database, folder / "readings.db", replace(READINGS, connect=connect), clock, lambda: readings.fault),
    ]
    told = [*(leftover.incidents if leftover is not None else []), *opened.incidents]
    true_times = TrueTimes(readings, alerts, clock)
    return Stores(readings, alerts, opened.numbers.epoch, told, retention, true_times, held, files)


async def _open_both(folder: Path, clock: Clock, reserve: Reserve, connect: Connect, leftover: Leftover | None) -> Opened:
    async def on_disk(path: Path, kind: Kind) -> OpenedDatabase:
        return await _open(path, kind, clock, reserve)

    were_exchanged = exchanged.put_back(folder / "alerts.db", folder / "readings.db")
    found = ["alerts.db and readings.db exchanged"] if were_exchanged else []
    begin = partial(_begin_both, folder, clock, connect=connect, leftover=leftover, found=found)
    try:
        return await _with_reserve(reserve, partial(begin, on_disk))
    except StoreBroken as why:  # it opens, but takes no byte
        return await begin(partial(stand_in, clock=clock, why=str(why)))


async def _begin_both(
    folder: Path, clock: Clock, open_one: OpenOne, *, connect: Connect, leftover: Leftover | None, found: Sequence[str]
) -> Opened:
    async with AsyncExitStack() as opened:
        alerts = await open_one(folder / "alerts.db", replace(ALERTS, connect=connect))
        opened.push_async_callback(alerts.database.close)
        if not alerts.database.stand_in:
            unlocked = await take_back(alerts.database, folder / "alerts.db")
            alerts = replace(alerts, incident=alerts.incident or unlocked)
        readings = await open_one(folder / "readings.db", replace(READINGS, connect=connect))
        opened.push_async_callback(readings.database.close)
        bare = await readings.database.read(Counters.load)
        if leftover and not alerts.database.stand_in:
            await alerts.database.write(leftover.put_alerts)
        if leftover and not readings.database.stand_in:
            await readings.database.write(leftover.put_readings)
        tail = list[Row]()
        try:
            tail = await asyncio.to_thread(reading_tail.waited, folder)
        except OSError:  # its numbers are not known: no reading may get one of them under the same epoch
            log.error("readings that waited cannot be read")
            readings = replace(readings, renewed=True, incident=readings.incident or "readings.tail io error")
        others = (await alerts.database.read(numbers.load)).epoch
        alerts = _or_gone(alerts, "alerts.db", bare.epoch, is_new=alerts.database.fresh)
        readings = _or_gone(readings, "readings.db", others, is_new=readings.database.fresh or not bare.epoch)
        incidents = await _noted([one.incident for one in (alerts, readings) if one.incident] + [*found], alerts)
        counters, known = await _begin(alerts, readings, bare, tail, clock, leftover)
        opened.pop_all()
    return Opened(alerts, readings, counters, known, incidents)


def _or_gone(one: OpenedDatabase, name: str, others_epoch: int, *, is_new: bool) -> OpenedDatabase:
    """A database that is new, or was never begun, beside one of an earlier life was there, and somebody must hear of it."""
    is_gone = is_new and not one.database.stand_in and others_epoch
    return replace(one, renewed=True, incident=one.incident or f"{name} gone") if is_gone else one


async def _noted(found: Sequence[str], alerts: OpenedDatabase) -> list[str]:
    """These, behind what earlier openings found and nobody was told: before the files get an epoch, by which nothing shows."""
    before = await alerts.database.read(untold.load)
    incidents = [*dict.fromkeys((*before, *found))]
    if incidents != before:
        await alerts.database.write(partial(untold.put, incidents))
    return incidents


async def _with_reserve(reserve: Reserve, work: Callable[[], Awaitable[T]]) -> T:
    """What the work gives; once more with the alerts' own space where the disk is full. Raises StoreBroken."""
    try:
        return await work()
    except StoreBroken as why:
        if str(why) != "disk full" or not reserve.release():
            raise
    return await work()


async def _open(path: Path, kind: Kind, clock: Clock, reserve: Reserve) -> OpenedDatabase:
    try:
        return await _with_reserve(reserve, partial(open_or_rescue, path, kind, clock))
    except StoreBroken as why:
        return await stand_in(path, kind, clock, str(why))


async def _begin(
    alerts: OpenedDatabase,
    readings: OpenedDatabase,
    bare: Counters,
    tail: list[Row],
    clock: Clock,
    leftover: Leftover | None,
) -> tuple[Counters, Numbers]:
    """The epoch goes into both files, and readings that waited for a commit or that an alert names into readings.db.

    `bare`: its counters without the leftover, whose numbers say nothing of those of another epoch.
    """
    counters = await readings.database.read(Counters.load)
    known = await alerts.database.read(numbers.load)
    rows = await alerts.database.read(lambda connection: connection.execute("SELECT * FROM referenced").fetchall())
    waited = {row[:2]: row for row in [*tail, *alert_rows.referenced(rows)]}
    before = leftover.numbers if leftover is not None else Numbers(0)
    epoch = _epoch(alerts, readings, {known.epoch, counters.epoch, before.epoch} - {0}, clock)
    unknown = 0 if known.epoch else epoch
    stored_below = (counters if leftover is not None and before.epoch == bare.epoch else bare).next_seq
    begin = partial(_begin_readings, waited, stored_below, epoch, readings.renewed)
    counters = await readings.database.write(lambda connection: begin(connection, counters))
    known = await alerts.database.write(partial(_begin_alerts, epoch, not readings.database.stand_in))
    if alerts.database.stand_in:  # nobody knows which numbers the disk has, with which what is held must live together
        known.next_alert = max(known.next_alert, before.next_alert, unknown)
        known.next_seq = max(known.next_seq, before.next_seq, unknown)
        known.next_seq += numbers_apart(
            clock
        )  # an alert that the disk knows keeps its id, and a life in memory may have told of it
    return counters, known


def _epoch(alerts: OpenedDatabase, readings: OpenedDatabase, known: set[int], clock: Clock) -> int:
    """The one that both know, or a new one where ids may be lost.

    They differ after a life in which one of them was in memory.
    """
    in_memory = bool(alerts.database.stand_in or readings.database.stand_in)
    if len(known) == 1 and not (in_memory or alerts.renewed or readings.renewed):
        return max(known)
    return new_epoch(max(known, default=0), clock, by_chance=in_memory or clock.state() == "unsynced")


def _begin_readings(
    waited: Mapping[Row, Row],
    stored_below: int,
    epoch: int,
    renewed: bool,
    connection: sqlite3.Connection,
    counters: Counters,
) -> Counters:
    ours = f"/{counters.epoch}"  # whatever the gateway was called then
    missing = [
        row
        for (seq, origin), row in sorted(waited.items())
        if (origin.endswith(ours) and seq >= stored_below) or (renewed and not _holds(connection, seq))
    ]
    for boot, rows in groupby(missing, key=itemgetter(3)):
        bodies = [row[4] for row in rows]
        readings = [reading for body in bodies for reading in stored.decode_readings(body)]
        counters = batches.append(connection, counters, readings, bodies, boot)
    return batches.settle(connection, replace(counters, epoch=epoch))


def _holds(connection: sqlite3.Connection, seq: int) -> bool:
    sql = "SELECT 1 FROM batch WHERE first_seq <= ? AND last_seq >= ? LIMIT 1"
    return connection.execute(sql, (seq, seq)).fetchone() is not None


def _begin_alerts(epoch: int, referenced_are_stored: bool, connection: sqlite3.Connection) -> Numbers:
    known = numbers.load(connection)
    known.epoch = epoch
    known.put(connection)
    if referenced_are_stored:
        connection.execute("DELETE FROM referenced")
    return known


ALERTS = Kind(
    Schema("alerts", how_far="SELECT entry FROM numbers"),
    salvage_alerts.locked,
    salvage_alerts.not_whole,
    salvage_alerts.mend,
    salvage_alerts.salvage,
    small=True,
)
READINGS = Kind(
    Schema("readings", how_far=NEXT_SEQ),
    salvage_readings.locked,
    salvage_readings.not_whole,
    salvage_readings.mend,
    salvage_readings.salvage,
    small=False,
)
