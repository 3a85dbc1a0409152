"""Opens a database whatever its state: a damaged one is put aside, and what can be read of it goes into a new one."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from gateway.clock import Clock
from gateway.errors import StoreBroken
from gateway.store.database import Connect, Database, Schema, connect_in_thread, damage_mark
from gateway.store.rescue.journal import read
from gateway.store.space import nearly_full

log = structlog.get_logger()

GiveUp = Callable[[], bool]  # whether the time for it is over

CHECK_S = 2.0  # as far as it gets in this time; each batch has a checksum of its own
SALVAGE_S = 6.0
KEEP_BROKEN = 2  # files put aside; older ones are deleted
NEW = ".new"  # the end of the name while it is filled
STEPS = 10_000  # of SQLite's machine between two looks at the clock


@dataclass(frozen=True)
class Kind:
    """What is in a database: its schema, what must hold in it, how to carry it over out of a damaged file.

    `check` raises StoreBroken("corrupt"). `page_by_page`: `salvage` reads the bare file, and its journal behind a damage
    too; it is small, so it can be carried over into memory. `connect`: how SQLite is run.
    """

    schema: Schema
    check: Callable[[sqlite3.Connection], None]
    salvage: Callable[[Path, sqlite3.Connection, GiveUp], None]
    page_by_page: bool
    connect: Connect = connect_in_thread


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
    if _was_cut_off(path):
        return await _replace(path, kind)
    try:
        return await _open(path, kind, clock)
    except StoreBroken as why:
        if str(why) not in ("corrupt", "io error"):
            raise
    log.error("database is damaged", file=path.name)
    new = await Database.build(_with(path, NEW), kind.schema, kind.connect)
    await _carry_over(new, kind, path, clock)
    await new.close()
    return await _replace(path, kind)


def _was_cut_off(path: Path) -> bool:
    """Whether an earlier repair lacks only its last step."""
    return _with(path, NEW).exists() and not path.exists()


async def _replace(path: Path, kind: Kind) -> Sound:
    """The new file takes the place of the damaged one."""
    try:
        _put_aside(path)
        _with(path, NEW).rename(path)
        _sync(path.parent)
    except OSError as error:
        raise StoreBroken("read-only") from error
    return Sound(await Database.open(path, kind.schema, kind.connect), renewed=True, incident=path.name)


async def stand_in(path: Path, kind: Kind, clock: Clock, why: str) -> Sound:
    """A database in memory, for a disk that refuses; with what can be read of the one on the disk, where that is small."""
    log.error("database cannot be opened, working in memory", file=path.name, why=why)
    database = await Database.in_memory(kind.schema, why, kind.connect)
    if kind.page_by_page:
        await _carry_over(database, kind, path, clock)
    return Sound(database, renewed=True, incident=f"{path.name} {why}")


async def _carry_over(database: Database, kind: Kind, old: Path, clock: Clock) -> None:
    over = _give_up(clock, SALVAGE_S)
    give_up = over if kind.page_by_page else lambda: over() or nearly_full(old.parent)
    try:
        await database.write(lambda new: kind.salvage(old, new, give_up))
    except BaseException:
        await database.close()
        raise


async def _open(path: Path, kind: Kind, clock: Clock) -> Sound:
    journal = read(_with(path, "-wal"), kind.schema.page_size)
    if damage_mark(path).exists() or (journal.damaged and kind.page_by_page):
        raise StoreBroken("corrupt")
    database = await Database.open(path, kind.schema, kind.connect)
    try:
        await database.read(partial(_check, kind, _give_up(clock, CHECK_S)))
    except BaseException:
        await database.close()
        raise
    if journal.damaged:
        log.error("journal is damaged", file=path.name, frames=len(journal.frames), good=journal.good)
        return Sound(database, renewed=True, incident=f"{path.name} journal")
    return Sound(database, renewed=database.fresh)


def _check(kind: Kind, give_up: GiveUp, connection: sqlite3.Connection) -> None:
    if _quick_check(connection, give_up) != "ok":
        raise StoreBroken("corrupt")
    try:
        kind.check(connection)
    except (TypeError, ValueError) as error:  # a number that is none, a text that is no UTF-8
        raise StoreBroken("corrupt") from error


def _quick_check(connection: sqlite3.Connection, give_up: GiveUp) -> str:
    """SQLite's own word, as far as it came in time."""
    connection.set_progress_handler(give_up, STEPS)
    try:
        found: str = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        return "ok"
    finally:
        connection.set_progress_handler(None, STEPS)
    return found


def _put_aside(path: Path) -> None:
    """The file and its journal become `<name>.broken-<n>`. What was cut off is taken up again."""
    broken = sorted(path.parent.glob(f"{path.name}.broken-*[0-9]"), key=_count)
    number = _count(broken[-1]) if broken else 0
    if path.exists():
        number += 1
        path.rename(_with(path, f".broken-{number}"))
    if _with(path, "-wal").exists():  # the new file must not find it
        _with(path, "-wal").rename(_with(path, f".broken-{number}-wal"))
    damage_mark(path).unlink(missing_ok=True)
    for spent in broken[: 1 - KEEP_BROKEN]:
        spent.unlink()
        _with(spent, "-wal").unlink(missing_ok=True)


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
