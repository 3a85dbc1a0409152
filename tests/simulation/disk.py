"""The disk of a simulation: SQLite files whose work takes a moment, which refuse for a while, and which outlive a kill.

A piece of work runs whole, one after another for each file, as in the thread of the real connection, and also where nobody
waits for it any more.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from gateway.store.connection import Connection, T, Work, open_sqlite
from tests.simulation.loop import LIFE

USUAL_S = 0.01  # at most, from a wish to its result
SLOW_S = 2.0
RESERVE = "alerts.reserve"
JOURNAL = "-wal"
PARTS = ("", JOURNAL, "-shm")
NEVER_SYNCED = ("*.tail-*", "records-*", "*.far")  # survive the process, and are promised to nobody beyond it
DISK = 1_000_000, 4_096  # blocks, and bytes of one
KEPT_FREE = 512_000_000  # at least; the store leaves so much of such a disk to others
OPEN = Path("/proc/self/fd")
FULL = 2  # PRAGMA synchronous: the journal is synced at each commit


class Disk:
    """`refuses`: "", or why writes fail: "full", "dead". `slow`: each piece of work takes up to two seconds. `room_bytes`: so
    big may the readings' file be, as others have filled the disk; None: they have not.

    `wrote(file, connection)` is called behind each transaction, `at_commit()` between the statements of one and its commit.
    """

    def __init__(self, chance: Random) -> None:
        self.refuses = ""
        self.slow = False
        self.room_bytes: int | None = None
        self.wrote: Callable[[str, sqlite3.Connection], None] = lambda *_: None
        self.at_commit: Callable[[], None] | None = None
        self._chance = chance
        self._synced: dict[str, int] = {}  # bytes of each journal

    def loses_power(self, data: Path) -> None:
        """What was not synced is there, in part, as zeros, or not at all."""
        for path in sorted(path for pattern in NEVER_SYNCED for path in data.glob(pattern)):
            size = path.stat().st_size
            kept = self._chance.choice((size, self._chance.randint(0, size), 0))
            if kept == 0 and self._chance.random() < 0.5:
                path.unlink()
            else:
                path.write_bytes(path.read_bytes()[:kept] + bytes(self._chance.choice((0, size - kept))))
        for path in sorted(data.glob(f"*{JOURNAL}")):
            size = path.stat().st_size
            os.truncate(path, self._chance.randint(min(self._synced.get(path.name, 0), size), size))

    def statvfs(self, folder: Path) -> os.statvfs_result:
        """What the store is told of its disk."""
        blocks, size = DISK
        readings = folder / "readings.db"
        room = KEPT_FREE if self.room_bytes is None else self.room_bytes - (readings.stat().st_size if readings.exists() else 0)
        free = max(0, (KEPT_FREE + room) // size)
        return os.statvfs_result((size, size, blocks, free, free, 0, 0, 0, 0, 255))

    def committed(self, path: str, connection: sqlite3.Connection) -> None:
        """A transaction is over: where SQLite syncs, all that its journal holds is synced."""
        if connection.execute("PRAGMA synchronous").fetchone()[0] >= FULL:
            journal = Path(path + JOURNAL)
            self._synced[journal.name] = journal.stat().st_size if journal.exists() else 0

    async def connect(self, path: str) -> Connection:
        """As a store opens its database."""
        await asyncio.sleep(self.takes_s())
        return _Connection(self, path)

    def takes_s(self) -> float:
        """The next piece of work, half of the way."""
        return self._chance.random() * (SLOW_S if self.slow else USUAL_S) / 2


class _Connection:
    def __init__(self, disk: Disk, path: str) -> None:
        self._disk, self._path, self._file = disk, path, Path(path).name
        self._connection = open_sqlite(path)
        self._waiting: deque[tuple[Work[Any], asyncio.Future[Any]]] = deque()
        self._busy = False
        self._life = LIFE.get()
        if self._life is not None:
            self._life.at_the_end.append(self._connection.close)

    async def run(self, work: Work[T]) -> T:
        """What the work gives, or raises."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        if self._life is not None and self._life.over:
            return await done  # never
        self._waiting.append((work, done))
        if not self._busy:
            self._next()
        return await done

    async def close(self) -> None:
        """Behind what was given before."""
        await self.run(lambda connection: connection.close())

    def _next(self) -> None:
        self._busy = bool(self._waiting)
        if self._busy:
            asyncio.get_running_loop().call_later(self._disk.takes_s(), self._do, *self._waiting.popleft())

    def _do(self, work: Work[T], done: asyncio.Future[T]) -> None:
        result: Any = None
        error: Exception | None = None
        try:
            result = self._done(work)
        except Exception as failed:  # as a thread would: it goes to whoever awaits it
            error = failed
        asyncio.get_running_loop().call_later(self._disk.takes_s(), self._give, done, result, error)

    def _done(self, work: Work[T]) -> T:
        if not writes(work) or self._file == ":memory:":
            return work(self._connection)
        if self._disk.refuses:
            raise refused(self._disk.refuses)
        if self._disk.at_commit:
            self._connection.set_trace_callback(self._traced)
        result = work(self._connection)
        self._connection.set_trace_callback(None)
        if self._life is None or not self._life.over:  # else killed before its commit
            self._disk.committed(self._path, self._connection)
            self._disk.wrote(self._file, self._connection)
        return result

    def _traced(self, statement: str) -> None:
        if statement == "COMMIT" and self._disk.at_commit:
            self._disk.at_commit()

    def _give(self, done: asyncio.Future[T], result: T, error: Exception | None) -> None:
        if not done.done():
            if error is None:
                done.set_result(result)
            else:
                done.set_exception(error)
        self._next()


def writes(work: object) -> bool:
    """Whether this piece of work is a transaction, or the preparation of a file."""
    return getattr(getattr(work, "func", work), "__name__", "") in ("_transaction", "_prepare")


def refused(how: str) -> sqlite3.OperationalError:
    """As SQLite tells of a disk that is "full" or "dead"."""
    full = how == "full"
    refused = sqlite3.OperationalError("database or disk is full" if full else "disk I/O error")
    refused.sqlite_errorcode = sqlite3.SQLITE_FULL if full else sqlite3.SQLITE_IOERR
    return refused


def leads(data: Path, to: Path) -> None:
    """`data` is a link to this new folder: SQLite knows its files by where they truly lie, and takes a journal away by that
    name.
    """
    to.mkdir(mode=0o700)
    data.unlink(missing_ok=True)
    data.symlink_to(to)


def left_behind(data: Path, to: Path) -> Path:
    """What a killed process leaves: its files as they lie, without its socket, in this new folder. The files that it has open
    are others; the folder where they were.
    """
    grave = data.resolve()
    leads(data, to)
    for path in sorted(grave.iterdir()):
        if path.name == RESERVE:
            path.rename(data / path.name)  # 64 MB of nothing
        elif path.is_file():
            shutil.copy(path, data / path.name)
    shutil.rmtree(grave)
    return grave


def closes_all(folder: Path) -> None:
    """What has files of this folder open is gone, and nothing else ever has them open."""
    for one in open_files(folder):
        os.close(one)


def open_files(folder: Path) -> list[int]:
    """The descriptors of this process that are of files in this folder, be they there or not."""
    found = []
    for link in sorted(OPEN.iterdir()):
        with suppress(OSError):  # the listing's own
            if link.readlink().is_relative_to(folder):
                found.append(int(link.name))
    return found


def loses(file: Path, *, emptied: bool) -> None:
    """A database of which nothing is left, or no byte; nobody has it open."""
    for end in PARTS:
        file.with_name(file.name + end).unlink(missing_ok=True)
    if emptied:
        file.touch(mode=0o600)


def exchanges(data: Path, one: str, other: str) -> None:
    """Each has the other's name, with its journal."""
    for end in PARTS:
        here, there, aside = data / (one + end), data / (other + end), data / "aside"
        for path, name in ((here, aside), (there, here), (aside, there)):
            if path.exists():
                path.rename(name)
