"""Opens a database whatever its state: SQLite says if it is whole; what can be read of a damaged one goes into a new one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from gateway.clock import Clock
from gateway.errors import StoreBroken
from gateway.store.database import Connect, Database, Schema, connect_in_thread, damage_mark
from gateway.store.rescue import journal, quarantine, soundness
from gateway.store.rescue.journal import JournalFrame
from gateway.store.rescue.quarantine import NEW, beside
from gateway.store.rescue.soundness import GiveUp
from gateway.store.space import nearly_full

log = structlog.get_logger()

CHECK_S = 2.0  # as far as it gets in this time; each batch has a checksum of its own
SALVAGE_S = 6.0


@dataclass(frozen=True)
class Kind:
    """What is in a database: its schema, what must hold in it, how to carry it over out of a damaged file.

    `check` raises StoreBroken("corrupt"). `salvage` says in words what it knows to be lost. `take_up`: what SQLite left behind
    of the journal of a sound file. `small`: all of it can be carried over, also into memory. `connect`: how SQLite is run.
    """

    schema: Schema
    check: Callable[[sqlite3.Connection], None]
    salvage: Callable[[Path, Sequence[JournalFrame], sqlite3.Connection, GiveUp], str]
    take_up: Callable[[Sequence[JournalFrame], sqlite3.Connection], None]
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
    """Within 10 s. Raises StoreBroken when the disk refuses; ConfigError as `Database.open` does."""
    if quarantine.was_cut_off(path):
        return await _replaced(path, kind, "")
    frames = _journal_of(path, kind)  # before SQLite sees it, which deletes what it cannot read
    try:
        return await _open(path, kind, frames, clock)
    except StoreBroken as why:
        if str(why) not in ("corrupt", "io error"):
            raise
    log.error("database is damaged", file=path.name)
    new = await Database.build(beside(path, NEW), kind.schema, kind.connect)
    lost = await _carry_over(new, kind, path, frames, clock)
    await new.close()
    return await _replaced(path, kind, lost)


async def stand_in(path: Path, kind: Kind, clock: Clock, why: str) -> OpenedDatabase:
    """A database in memory, for a disk that refuses; with what can be read of the one on the disk, where that is small."""
    log.error("database cannot be opened, working in memory", file=path.name, why=why)
    database = await Database.in_memory(kind.schema, why, kind.connect)
    if kind.small:
        await _carry_over(database, kind, path, _journal_of(path, kind), clock)
    return OpenedDatabase(database, renewed=True, incident=f"{path.name} {why}")


async def _open(path: Path, kind: Kind, frames: list[JournalFrame], clock: Clock) -> OpenedDatabase:
    """What SQLite finds whole is sound, whatever else may have seemed wrong with it."""
    marked = damage_mark(path).exists()
    database = await Database.open(path, kind.schema, kind.connect)
    try:
        taken = await database.read(_frames_taken)
        check = partial(soundness.check, kind.check, _give_up(clock, CHECK_S), to_the_end=marked)
        await database.read(check)
        lost = journal.left_behind(frames, taken)
        if lost:
            await database.write(partial(kind.take_up, frames))
    except BaseException:
        await database.close()
        raise
    damage_mark(path).unlink(missing_ok=True)
    if lost:
        log.error("journal is damaged", file=path.name, frames=len(frames), good=taken)
        return OpenedDatabase(database, renewed=True, incident=f"{path.name} journal")
    return OpenedDatabase(database, renewed=database.fresh)


def _frames_taken(connection: sqlite3.Connection) -> int:
    """How many of its journal SQLite found whole and worked into the file."""
    frames: int = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
    return frames


def _journal_of(path: Path, kind: Kind) -> list[JournalFrame]:
    return journal.frames(beside(path, "-wal"), kind.schema.page_size)


async def _carry_over(database: Database, kind: Kind, old: Path, frames: list[JournalFrame], clock: Clock) -> str:
    over = _give_up(clock, SALVAGE_S)
    give_up = over if kind.small else lambda: over() or nearly_full(old.parent)
    try:
        return await database.write(lambda new: kind.salvage(old, journal.committed(frames), new, give_up))
    except BaseException:
        await database.close()
        raise


async def _replaced(path: Path, kind: Kind, lost: str) -> OpenedDatabase:
    try:
        quarantine.replace(path)
    except OSError as error:
        raise StoreBroken("read-only") from error
    database = await Database.open(path, kind.schema, kind.connect)
    return OpenedDatabase(database, renewed=True, incident=f"{path.name} {lost}".rstrip())


def _give_up(clock: Clock, seconds: float) -> GiveUp:
    end_s = clock.monotonic_s() + seconds
    return lambda: clock.monotonic_s() > end_s
