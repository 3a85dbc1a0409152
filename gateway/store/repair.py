"""Opens a database whatever its state: a damaged one is put aside, and what can be read of it goes into a new one."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from gateway.clock import Clock
from gateway.errors import StoreBroken
from gateway.store import journal
from gateway.store.database import Database, Schema, damage_mark
from gateway.store.salvage import GiveUp

log = structlog.get_logger()

CHECK_S = 2.0  # as far as it gets in this time; each batch has a checksum of its own
SALVAGE_S = 5.0
KEEP_BROKEN = 2  # files put aside; older ones are deleted
STEPS = 10_000  # of SQLite's machine between two looks at the clock


@dataclass(frozen=True)
class Kind:
    """What is in a database: its schema, what must hold in it, and how to carry it over out of a damaged one.

    `check` raises StoreBroken("corrupt").
    """

    schema: Schema
    check: Callable[[sqlite3.Connection], None]
    salvage: Callable[[sqlite3.Connection, sqlite3.Connection, GiveUp], None]
    fits_memory: bool


@dataclass(frozen=True)
class Sound:
    """An open database that can be worked with. `renewed`: numbers may be lost, so ids need a higher epoch.

    `incident` is empty, or says in short words what a person should know.
    """

    database: Database
    renewed: bool = False
    incident: str = ""


async def open_sound(path: Path, kind: Kind, clock: Clock) -> Sound:
    """Repaired if need be, within 10 s. Raises StoreBroken when the disk refuses; ConfigError as `Database.open` does."""
    try:
        return await _open(path, kind, clock)
    except StoreBroken as why:
        if str(why) not in ("corrupt", "io error"):
            raise
        return await _renew(path, kind, clock)


async def stand_in(path: Path, kind: Kind, clock: Clock, why: str) -> Sound:
    """A database in memory, for a disk that refuses; with what can be read of the one on the disk, where that is small."""
    log.error("database cannot be opened, working in memory", file=path.name, why=why)
    database = await Database.in_memory(kind.schema, why)
    try:
        if kind.fits_memory:
            await database.write(partial(_copy, kind, path, _give_up(clock, CHECK_S)))
    except BaseException:
        await database.close()
        raise
    return Sound(database, renewed=True, incident=f"{path.name} {why}")


def _copy(kind: Kind, path: Path, give_up: GiveUp, new: sqlite3.Connection) -> None:
    """Without its journal, which only who may write can read."""
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    with suppress(sqlite3.Error), closing(sqlite3.connect(uri, uri=True)) as old:
        kind.salvage(old, new, give_up)


async def _open(path: Path, kind: Kind, clock: Clock) -> Sound:
    if damage_mark(path).exists():
        raise StoreBroken("corrupt")
    committed = journal.last_commit(_with(path, "-wal"), kind.schema.page_size)
    database = await Database.open(path, kind.schema)
    try:
        found = await database.checkpoint("PASSIVE")
        await database.read(partial(_check, kind, _give_up(clock, CHECK_S)))
    except BaseException:
        await database.close()
        raise
    if found < committed:
        log.error("journal is damaged", file=path.name, frames=committed, good=found)
        return Sound(database, renewed=True, incident=f"{path.name} journal")
    return Sound(database, renewed=database.fresh)


def _check(kind: Kind, give_up: GiveUp, connection: sqlite3.Connection) -> None:
    kind.check(connection)
    connection.set_progress_handler(give_up, STEPS)
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        return
    finally:
        connection.set_progress_handler(None, STEPS)
    if found != "ok":
        raise StoreBroken("corrupt")


async def _renew(path: Path, kind: Kind, clock: Clock) -> Sound:
    log.error("database is damaged", file=path.name)
    try:
        broken = _put_aside(path)
    except OSError as error:
        raise StoreBroken("read-only") from error
    database = await Database.open(path, kind.schema)
    try:
        await database.write(partial(_salvage, kind, broken, _give_up(clock, SALVAGE_S)))
    except BaseException:
        await database.close()
        raise
    return Sound(database, renewed=True, incident=path.name)


def _put_aside(path: Path) -> Path:
    """The file and its journal become `<name>.broken-<n>`."""
    old = sorted(path.parent.glob(f"{path.name}.broken-*[0-9]"), key=_count)
    broken = _with(path, f".broken-{_count(old[-1]) + 1 if old else 1}")
    for end in ("-wal", ""):
        if _with(path, end).exists():
            _with(path, end).rename(_with(broken, end))
    damage_mark(path).unlink(missing_ok=True)
    for spent in old[: 1 - KEEP_BROKEN]:
        spent.unlink()
        _with(spent, "-wal").unlink(missing_ok=True)
    _sync(path.parent)
    return broken


def _count(broken: Path) -> int:
    return int(broken.name.rpartition("-")[2])


def _with(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _give_up(clock: Clock, seconds: float) -> GiveUp:
    end_s = clock.monotonic_s() + seconds
    return lambda: clock.monotonic_s() > end_s


def _salvage(kind: Kind, broken: Path, give_up: GiveUp, new: sqlite3.Connection) -> None:
    if not broken.exists():
        return
    if not broken.stat().st_size or not _has_tables(broken, new):  # SQLite deletes the journal of an empty file
        _mend_head(broken, new)
    with closing(sqlite3.connect(broken, isolation_level=None)) as old:
        old.execute("PRAGMA locking_mode = EXCLUSIVE")
        kind.salvage(old, new, give_up)


def _has_tables(broken: Path, new: sqlite3.Connection) -> bool:
    """Whether the first page, which tells where the tables begin, can be read."""
    tables = [name for (name,) in new.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    try:
        with closing(sqlite3.connect(broken, isolation_level=None)) as old:
            old.execute("PRAGMA locking_mode = EXCLUSIVE")
            for table in tables:
                old.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608 (our own names)
    except sqlite3.DatabaseError:
        return False
    return True


def _mend_head(broken: Path, new: sqlite3.Connection) -> None:
    """The first page as the new database has it: in every database of this schema the tables begin at the same pages."""
    page_size = new.execute("PRAGMA page_size").fetchone()[0]
    head = bytearray(new.serialize()[:page_size])
    head[92:96] = b"\xff\xff\xff\xff"  # fileformat2.html, 1.3.7: then the file's own size counts, not the page count in here
    with broken.open("r+b") as file:
        file.write(head)
