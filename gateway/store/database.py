"""One SQLite file, opened: read and written in whole transactions; where damage shows itself, a mark is left."""

from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Literal

from gateway.errors import StoreBroken
from gateway.store.connection import Connect, Connection, T, Work, broken, connect_in_thread, roll_back
from gateway.store.folder import is_file
from gateway.store.how_far import HowFar
from gateway.store.schemas import Schema, create, prepare, prepare_to_build


class Database:
    """One writer. What `write` did is on disk when it returns: WAL with synchronous=FULL syncs at every commit.

    The file is locked as long as it is open: nobody else reads or writes it. `fresh`: it was not there before.
    `stand_in`: in place of a file that could not be opened, for this reason; it lives in memory. Where damage shows
    itself later, a mark is left for the next opening; how far it has come is noted beside it at every commit.
    """

    def __init__(
        self, connection: Connection, schema: Schema, path: Path | None, *, fresh: bool = True, stand_in: str = ""
    ) -> None:
        self._connection = connection
        self._schema = schema
        self._mark = damage_mark(path) if path else None
        self._noted = HowFar(path) if path else None
        self.fresh = fresh
        self.stand_in = stand_in

    @classmethod
    async def open(cls, path: Path, schema: Schema, connect: Connect = connect_in_thread) -> Database:
        """Raises StoreBroken with a short word."""
        _begin(path)
        created = await asyncio.to_thread(create, path, schema)
        try:
            connection, fresh = await _prepared(connect, str(path), partial(prepare, schema))
        except StoreBroken as why:
            if str(why) == "read-only" and os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
                raise StoreBroken("corrupt") from why  # its header says so, and not the disk
            raise
        return cls(connection, schema, path, fresh=created or fresh)

    @classmethod
    async def build(cls, path: Path, schema: Schema, connect: Connect = connect_in_thread) -> Database:
        """A new file without a journal, to be filled in one go: worth nothing before it is closed. Raises StoreBroken."""
        _begin(path)
        connection, _ = await _prepared(connect, str(path), partial(prepare_to_build, schema))
        return cls(connection, schema, None)

    @classmethod
    async def in_memory(cls, schema: Schema, why: str, connect: Connect = connect_in_thread) -> Database:
        """A stand-in: everything works, nothing lasts."""
        connection, _ = await _prepared(connect, ":memory:", partial(prepare_to_build, schema))
        return cls(connection, schema, None, stand_in=why)

    async def fell_back(self) -> bool:
        """Whether it had come further than it is now: its journal is lost, or a part of it. To be asked before a write."""
        return self._noted is not None and self._noted.read() > await self.read(self._how_far)

    def _how_far(self, connection: sqlite3.Connection) -> int:
        number: int = connection.execute(self._schema.how_far).fetchone()[0]
        return number

    async def read(self, work: Work[T]) -> T:
        """What the work gives. Raises StoreBroken."""
        return await self._run(work)

    async def write(self, work: Work[T]) -> T:
        """The work as one transaction: all of it is on disk when this returns, none when it raises. Raises StoreBroken."""
        return await self._run(partial(self._transaction, work))

    def _transaction(self, work: Work[T], connection: sqlite3.Connection) -> T:
        connection.execute("BEGIN IMMEDIATE")
        try:
            done = work(connection)
            connection.execute("COMMIT")
        finally:
            roll_back(connection)
        if self._noted:
            self._noted.note(self._how_far(connection))
        return done

    async def _run(self, work: Work[T]) -> T:
        try:
            return await self._connection.run(work)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            ours = broken(error)
            if str(ours) == "corrupt" and self._mark:
                with suppress(OSError):  # the disk has its own fault told
                    self._mark.touch()
            raise ours from error

    async def checkpoint(self, how: Literal["PASSIVE", "TRUNCATE"]) -> None:
        """Work the journal into the file; TRUNCATE empties it, so that what was deleted is nowhere any more.

        Raises StoreBroken.
        """
        await self._run(lambda connection: connection.execute(f"PRAGMA wal_checkpoint({how})").fetchall())

    async def give_back(self, pages: int) -> None:
        """So many empty pages (at least one) to the disk. Raises StoreBroken."""
        # As a script: `execute` takes a PRAGMA without columns one step, which is one page.
        await self._run(lambda connection: connection.executescript(f"PRAGMA incremental_vacuum({pages})"))

    async def rewrite(self) -> None:
        """Write the file anew, so that nothing is in it but what is stored: SQLite zeroes what it deletes, but a page that it
        fills anew may keep old bytes between the rows. Raises StoreBroken."""
        await self._run(lambda connection: connection.execute("VACUUM"))
        await self.checkpoint("TRUNCATE")

    async def close(self) -> None:
        """Waits for what runs. The journal is worked into the file."""
        try:
            await self._connection.close()
        finally:
            if self._noted:
                self._noted.close()


def damage_mark(path: Path) -> Path:
    """Where it is there, this database was found damaged while it was in use."""
    return path.with_name(path.name + ".damaged")


def _begin(path: Path) -> None:
    """An empty file where there is none."""
    names = [path, *(path.with_name(path.name + end) for end in ("-wal", "-journal", "-shm"))]
    if any(os.path.lexists(name) and not is_file(name) for name in names):
        raise StoreBroken("corrupt")  # a folder, or a FIFO that would be waited for
    size, journal = (name.stat().st_size if is_file(name) else 0 for name in names[:2])
    if size == 0 and (journal or (os.path.lexists(path) and HowFar(path).read())):
        raise StoreBroken("corrupt")  # before SQLite sees it, which would delete the journal
    try:
        path.touch(mode=0o600)  # health data: for nobody else to read
    except OSError as error:
        raise StoreBroken("disk full" if error.errno == errno.ENOSPC else "read-only") from error


async def _prepared(connect: Connect, path: str, prepare: Work[T]) -> tuple[Connection, T]:
    try:
        connection = await connect(path)
    except sqlite3.Error as error:
        raise broken(error) from error
    try:
        return connection, await connection.run(prepare)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        await connection.close()
        ours = broken(error)  # our SQL fits our files: what it does not fit is none, or is damaged
        raise ours if isinstance(ours, StoreBroken) else StoreBroken("corrupt") from error
    except BaseException:
        await connection.close()
        raise
