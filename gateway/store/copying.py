"""Copies both databases while they are in use, and readies such a copy for another life on another machine."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

from gateway.clock import Clock
from gateway.errors import StoreBroken
from gateway.store import numbers
from gateway.store.connection import broken, open_sqlite
from gateway.store.counters import Counters
from gateway.store.epochs import new_epoch
from gateway.store.opening import ALERTS, READINGS
from gateway.store.sealed import NotWhole
from gateway.store.stores import Stores

COPY = "backup.copy"  # the folder of the copies, in the data folder: nobody else may look into it
SCHEMAS = {"alerts.db": ALERTS.schema, "readings.db": READINGS.schema}


async def copy_both(stores: Stores) -> Path:
    """The folder with a whole copy of each, in place of one that was left there. Raises StoreBroken.

    Alerts first: the readings that they name are then in the other copy, or on their way to it in this one.
    """
    folder = stores.held.path / COPY
    try:
        await asyncio.to_thread(_begin, folder)
        for file in stores.files:
            await file.database.read(partial(_copy, folder / file.path.name))
    except OSError as error:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        raise StoreBroken(error.strerror or "io error") from error
    except StoreBroken:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        raise
    return folder


def _begin(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)


def _copy(target: Path, connection: sqlite3.Connection) -> None:
    target.touch(mode=0o600)  # health data: for nobody else to read
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        copy.execute("PRAGMA synchronous = OFF")
        connection.backup(copy)
    _sync(target)


def _sync(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def epoch_of(folder: Path) -> int:
    """The last one that these databases know. Raises StoreBroken where one of them is not whole, or of a newer version."""
    try:
        with closing(_opened(folder, "alerts.db")) as alerts, closing(_opened(folder, "readings.db")) as readings:
            return max(numbers.load(alerts).epoch, Counters.load(readings).epoch)
    except sqlite3.Error as error:
        raise broken(error) from error
    except NotWhole as error:
        raise StoreBroken("corrupt") from error


def _opened(folder: Path, name: str) -> sqlite3.Connection:
    """One of them, where it is whole and none of a newer version."""
    if not (folder / name).is_file():
        raise StoreBroken("corrupt")
    connection = open_sqlite(str(folder / name))
    try:
        _check(connection, len(SCHEMAS[name].steps()))
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, newest: int) -> None:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > newest:
        raise StoreBroken("newer")
    if version < 1 or connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
        raise StoreBroken("corrupt")


def begin_another_life(folder: Path, clock: Clock) -> int:
    """What is handed out from now on bears an epoch that no other box has, whatever it has handed out since the copy.

    Only alerts.db is told: an opening that finds two epochs begins one above both, and takes over what waits between the files
    under the old one. By chance: two boxes may be made of one copy in the same second. Raises StoreBroken.
    """
    epoch = new_epoch(epoch_of(folder), clock, by_chance=True)
    try:
        with closing(open_sqlite(str(folder / "alerts.db"))) as connection:
            known = numbers.load(connection)
            known.epoch = epoch
            known.put(connection)
    except sqlite3.Error as error:
        raise broken(error) from error
    _sync(folder / "alerts.db")
    return epoch
