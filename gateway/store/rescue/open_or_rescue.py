"""Opens a database whatever its state: SQLite says if it is whole; of one that is not, whole rows go into a new one."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path

import structlog

from gateway.clock import Clock
from gateway.errors import StoreBroken
from gateway.store.alert_rows import NOT_WHOLE
from gateway.store.connection import Connect, connect_in_thread
from gateway.store.database import Database, damage_mark
from gateway.store.rescue import bare_pages, journal, quarantine
from gateway.store.rescue.bare_pages import Row
from gateway.store.rescue.in_time import GiveUp, as_far_as_it_gets
from gateway.store.rescue.journal import Journal
from gateway.store.rescue.quarantine import NEW, beside
from gateway.store.schemas import Schema
from gateway.store.space import nearly_full

log = structlog.get_logger()

CHECK_S = 1.5  # of each file, as far as it gets in this time; each row has a sum of its own
SALVAGE_S = {"alerts": 4.5, "readings": 2.0}  # with the checks of both less than the 10 s of a start

Found = Sequence[tuple[str, int]]  # tables and rowids


@dataclass(frozen=True)
class Kind:
    """What is in a database, and what is done about rows of it that are not whole.

    `locked`: whether rows are encrypted by a key that is not known. `not_whole`: those that the next hours depend on. `mend`
    takes them away and restores what they said out of others; whether numbers may be lost with them. `salvage` puts rows that
    were found on pages where they belong if they are whole, and says in words what is lost. `small`: all of it can be carried
    over, also into memory. `connect`: how SQLite is run.
    """

    schema: Schema
    locked: Callable[[sqlite3.Connection], bool]
    not_whole: Callable[[GiveUp, sqlite3.Connection], Found]
    mend: Callable[[Found, GiveUp, sqlite3.Connection], bool]
    salvage: Callable[[Iterable[Row], sqlite3.Connection], str]
    small: bool
    connect: Connect = connect_in_thread


@dataclass(frozen=True)
class OpenedDatabase:
    """An open database that can be worked with. `renewed`: numbers may be lost, so ids need a higher epoch.

    `incident` is empty, or says in short words what a person should know.
    """

    database: Database
    renewed: bool = False
    incident: str = ""


async def open_or_rescue(path: Path, kind: Kind, clock: Clock) -> OpenedDatabase:
    """Within 10 s. Raises StoreBroken when the disk refuses; where it does not let us read what lies there, nothing takes its
    place."""
    try:
        return await _opened_or_rescued(path, kind, clock)
    except OSError as error:
        raise StoreBroken("read-only" if isinstance(error, PermissionError) else "io error") from error


async def _opened_or_rescued(path: Path, kind: Kind, clock: Clock) -> OpenedDatabase:
    if quarantine.was_cut_off(path):
        return await _replaced(path, kind, "")
    found = journal.read(path, kind.schema.page_size)  # before SQLite sees it, which deletes what it cannot read
    try:
        return await _open(path, kind, found, clock)
    except StoreBroken as error:
        why = str(error)
        if why not in ("corrupt", "io error", "newer", "locked"):
            raise
    _say_what_is_wrong(path, why)
    quarantine.remove(beside(path, NEW))
    new = await Database.build(beside(path, NEW), kind.schema, kind.connect)
    lost = await _carry_over(new, kind, path, bare_pages.rows(path, kind.schema.page_size, found), clock)
    await new.close()
    return await _replaced(path, kind, lost if why == "corrupt" else f"{why} {lost}".rstrip(), is_locked=why == "locked")


async def stand_in(path: Path, kind: Kind, clock: Clock, why: str) -> OpenedDatabase:
    """A database in memory, for a disk that refuses; with what can be read of the one on the disk, where that is small."""
    log.error("database cannot be opened, working in memory", file=path.name, why=why)
    database = await Database.in_memory(kind.schema, why, kind.connect)
    if kind.small:
        await _carry_over(database, kind, path, _readable(path, kind.schema.page_size), clock)
    return OpenedDatabase(database, renewed=True, incident=f"{path.name} {why}")


async def _open(path: Path, kind: Kind, found: Journal, clock: Clock) -> OpenedDatabase:
    """What SQLite finds whole is sound, whatever else may have seemed wrong with it."""
    database = await Database.open(path, kind.schema, kind.connect)
    try:
        lost = found.left_behind(await database.read(_frames_taken)) or await database.fell_back()
        give_up = _give_up(clock, CHECK_S)
        await database.read(partial(_check, give_up, to_the_end=_is_marked(path)))
        await database.read(partial(_refuse_locked, kind))
        rows = await database.read(partial(kind.not_whole, give_up))
        if rows and kind.small:
            await asyncio.to_thread(quarantine.keep_copy, path)
        renewed = await database.write(partial(kind.mend, rows, _give_up(clock, CHECK_S))) if rows else False
        if lost and kind.small:
            await database.write(partial(kind.salvage, bare_pages.rows_of_journal(path, kind.schema.page_size, found)))
    except (sqlite3.Error, *NOT_WHOLE) as error:
        await database.close()
        raise StoreBroken("corrupt") from error
    except BaseException:
        await database.close()
        raise
    quarantine.remove(damage_mark(path))
    if lost:
        log.error("journal is damaged", file=path.name, frames=len(found.frames))
    if rows:
        log.error("rows are damaged", file=path.name, rows=len(rows))
    words = [*(["gone" if database.fresh else "journal"] if lost else []), *([f"{len(rows)} rows"] if rows else [])]
    incident = " ".join([path.name, *words]) if words else ""
    return OpenedDatabase(database, renewed=renewed or lost or database.fresh, incident=incident)


def _say_what_is_wrong(path: Path, why: str) -> None:
    match why:
        case "locked":
            log.error("database is locked", file=path.name)
        case "newer":
            log.error("database is of a newer version", file=path.name)
        case _:
            log.error("database is damaged", file=path.name, why=why)


def _is_marked(path: Path) -> bool:
    return os.path.lexists(damage_mark(path))


def _refuse_locked(kind: Kind, connection: sqlite3.Connection) -> None:
    if kind.locked(connection):
        raise StoreBroken("locked")


def _frames_taken(connection: sqlite3.Connection) -> int:
    """How many of its journal SQLite found whole and worked into the file."""
    frames: int = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
    return frames


def _check(give_up: GiveUp, connection: sqlite3.Connection, *, to_the_end: bool) -> None:
    """SQLite's own word. Raises StoreBroken("corrupt"); also where it came to no end in time, if it has to."""
    found = ""
    with as_far_as_it_gets(give_up, connection):
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok" and (found or to_the_end):
        raise StoreBroken("corrupt")


def _readable(path: Path, page_size: int) -> Iterator[Row]:
    """Every row that the disk gives, be it none."""
    found = Journal([], whole=False)
    with suppress(OSError):
        found = journal.read(path, page_size)
    with suppress(OSError):
        yield from bare_pages.rows(path, page_size, found)


async def _carry_over(database: Database, kind: Kind, old: Path, rows: Iterator[Row], clock: Clock) -> str:
    over = _give_up(clock, SALVAGE_S[kind.schema.name])
    give_up = over if kind.small else lambda: over() or nearly_full(old.parent)
    try:
        return await database.write(partial(kind.salvage, takewhile(lambda _: not give_up(), rows)))
    except BaseException:
        await database.close()
        raise


async def _replaced(path: Path, kind: Kind, lost: str, *, is_locked: bool = False) -> OpenedDatabase:
    try:
        quarantine.replace(path, is_locked=is_locked and kind.small)
    except OSError as error:
        raise StoreBroken("read-only") from error
    database = await Database.open(path, kind.schema, kind.connect)
    return OpenedDatabase(database, renewed=True, incident=f"{path.name} {lost}".rstrip())


def _give_up(clock: Clock, seconds: float) -> GiveUp:
    end_s = clock.monotonic_s() + seconds
    return lambda: clock.monotonic_s() > end_s
