"""One SQLite file: opened with its pragmas, brought to its schema, read and written, its errors made ours."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Literal, Protocol, TypeVar

import aiosqlite

from gateway.errors import StoreBroken
from gateway.store.folder import is_file
from gateway.store.how_far import HowFar
from gateway.store.sealed import seal

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

WORDS = {
    sqlite3.SQLITE_FULL: "disk full",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_CANTOPEN: "read-only",
    sqlite3.SQLITE_IOERR: "io error",
    sqlite3.SQLITE_CORRUPT: "corrupt",
    sqlite3.SQLITE_NOTADB: "corrupt",
    sqlite3.SQLITE_BUSY: "in use",
}


@dataclass(frozen=True)
class Schema:
    """The files `<name>-1.sql`, `<name>-2.sql`, ...: each brings a database one version on. None is edited once released.

    `how_far`: SQL that gives a number which rises with what must not be lost unnoticed.
    """

    name: str
    folder: Path = Path(__file__).parent / "schema"
    # Measured (tests/benchmarks/store.py): 1 KB pages take 40 % fewer bytes to the disk than 4 KB pages.
    page_size: int = 1024
    how_far: str = "SELECT 0"

    def steps(self) -> list[str]:
        """The SQL of each version, from 1."""
        paths = sorted(self.folder.glob(f"{self.name}-*.sql"), key=lambda path: int(path.stem.rpartition("-")[2]))
        return [path.read_text(encoding="utf-8") for path in paths]


class Connection(Protocol):
    """An open SQLite file and the way its work is run: whole pieces of work, one after another."""

    async def run(self, work: Work[T]) -> T:
        """What the work gives, or raises."""
        ...

    async def close(self) -> None:
        """Waits for what runs."""
        ...


Connect = Callable[[str], Awaitable[Connection]]  # a path, or ":memory:"; raises sqlite3.Error


def open_sqlite(path: str) -> sqlite3.Connection:
    """As every `Connection` opens it: transactions are ours to begin and end, and no flipped bit in a text hides its row."""
    connection = sqlite3.connect(path, timeout=1, isolation_level=None)
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")
    connection.create_function("seal", 2, seal, deterministic=True)
    return connection


class ThreadConnection(aiosqlite.Connection):
    """Runs whole pieces of work in a thread of its own: a transaction changes threads once, not once a statement."""

    async def run(self, work: Work[T]) -> T:
        """What the work gives, or raises."""
        done: T = await self._execute(work, self._conn)  # type: ignore[no-untyped-call]
        return done


async def connect_in_thread(path: str) -> Connection:
    """How the gateway works with SQLite: a commit that waits for the disk holds up nothing else."""
    connection = ThreadConnection(partial(open_sqlite, path), iter_chunk_size=64)
    try:
        await connection
    except BaseException:
        await connection.close()
        raise
    return connection


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
        created = await asyncio.to_thread(_create, path, schema)
        try:
            connection, fresh = await _prepared(connect, str(path), partial(_prepare, schema))
        except StoreBroken as why:
            if str(why) == "read-only" and os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
                raise StoreBroken("corrupt") from why  # its header says so, and not the disk
            raise
        return cls(connection, schema, path, fresh=created or fresh)

    @classmethod
    async def build(cls, path: Path, schema: Schema, connect: Connect = connect_in_thread) -> Database:
        """A new file without a journal, to be filled in one go: worth nothing before it is closed. Raises StoreBroken."""
        _begin(path)
        connection, _ = await _prepared(connect, str(path), partial(_prepare_to_build, schema))
        return cls(connection, schema, None)

    @classmethod
    async def in_memory(cls, schema: Schema, why: str, connect: Connect = connect_in_thread) -> Database:
        """A stand-in: everything works, nothing lasts."""
        connection, _ = await _prepared(connect, ":memory:", partial(_prepare_to_build, schema))
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
            _roll_back(connection)
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


def broken(error: sqlite3.Error | UnicodeDecodeError) -> Exception:
    """StoreBroken with its short word; an error that is a bug of ours stays what it is."""
    if isinstance(error, UnicodeDecodeError):
        return StoreBroken("corrupt")  # SQLite's message quotes what is damaged
    word = WORDS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)  # the low byte: extended codes say more than we need
    return StoreBroken(word) if word else error


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


def _create(path: Path, schema: Schema) -> bool:
    """The file with its schema in place of an empty one, whole or not at all; whether it was one. SQLite alone would sync a
    dozen times for it, of which a slow card makes seconds. Raises StoreBroken.
    """
    new, journal = (path.with_name(path.name + end) for end in (".first", ".first-journal"))
    try:
        if path.stat().st_size:
            return False
        for left in (new, journal):
            left.unlink(missing_ok=True)
        file = os.open(new, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with closing(open_sqlite(str(new))) as connection:
                connection.executescript("PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF")
                _prepare_to_build(schema, connection)
                connection.executescript("PRAGMA journal_mode = MEMORY; PRAGMA journal_mode = WAL")
            os.fsync(file)
        finally:
            os.close(file)
        new.replace(path)
        journal.unlink(missing_ok=True)
    except sqlite3.Error as error:
        raise broken(error) from error
    except OSError as error:
        raise StoreBroken("disk full" if error.errno == errno.ENOSPC else "read-only") from error
    return True


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


def _prepare(schema: Schema, connection: sqlite3.Connection) -> bool:
    """Whether it is fresh: nothing was in it, also where an earlier process was killed before it had begun."""
    steps = schema.steps()
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # the lock is taken at the first look, and held to the end
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    fresh = version == 0 and not _tables(connection)
    if not fresh and version not in range(1, len(steps) + 1):
        raise StoreBroken("newer" if version > len(steps) else "corrupt")
    pragmas = f"""
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA wal_autocheckpoint = {1_000_000 // schema.page_size};
        PRAGMA journal_size_limit = 1000000;
        PRAGMA secure_delete = ON;
        PRAGMA trusted_schema = OFF;
    """
    connection.executescript(pragmas)
    connection.executescript(f"BEGIN IMMEDIATE; PRAGMA user_version = {version}; ROLLBACK")  # whether it may be written
    _upgrade(connection, steps, version)
    if _tables(connection) != _expected_tables(tuple(steps)):
        raise StoreBroken("corrupt")  # somebody else's, or a letter in it has changed
    return fresh


def _prepare_to_build(schema: Schema, connection: sqlite3.Connection) -> None:
    pragmas = f"""
        PRAGMA page_size = {schema.page_size};
        PRAGMA auto_vacuum = INCREMENTAL;
        PRAGMA journal_mode = OFF;
    """
    connection.executescript(pragmas)
    _upgrade(connection, schema.steps(), 0)


@cache
def _expected_tables(steps: tuple[str, ...]) -> list[tuple[str, ...]]:
    with closing(open_sqlite(":memory:")) as connection:
        _upgrade(connection, steps, 0)
        return _tables(connection)


def _tables(connection: sqlite3.Connection) -> list[tuple[str, ...]]:
    """What there is, without comments."""
    rows = connection.execute(
        "SELECT type, name, tbl_name, coalesce(CAST(sql AS TEXT), '') FROM sqlite_schema ORDER BY name"
    ).fetchall()
    return [(*row[:3], re.sub(r"--.*|\s+", "", row[3])) for row in rows]


def _upgrade(connection: sqlite3.Connection, steps: Sequence[str], version: int) -> None:
    """Every missing step, each a transaction of its own."""
    for number, step in enumerate(steps[version:], version + 1):
        try:
            connection.executescript(f"BEGIN IMMEDIATE; {step}; PRAGMA user_version = {number}; COMMIT;")
        finally:
            _roll_back(connection)


def _roll_back(connection: sqlite3.Connection) -> None:
    """Whatever was not committed. After some errors SQLite has done it already."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")
