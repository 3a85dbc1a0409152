"""One SQLite file: opened with its pragmas, brought to its schema, read and written, its errors made ours."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, Protocol, TypeVar

import aiosqlite

from gateway.errors import StoreBroken, StoreNotOurs
from gateway.words.stored import not_ours

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
    """The files `<name>-1.sql`, `<name>-2.sql`, ...: each brings a database one version on. None is edited once released."""

    name: str
    folder: Path = Path(__file__).parent / "schema"
    # Measured (tests/benchmarks/store.py): 1 KB pages take 40 % fewer bytes to the disk than 4 KB pages.
    page_size: int = 1024

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
    """As every `Connection` opens it: transactions are ours to begin and end."""
    return sqlite3.connect(path, timeout=1, isolation_level=None)


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
    itself later, a mark is left for the next opening.
    """

    def __init__(self, connection: Connection, mark: Path | None, *, fresh: bool, stand_in: str = "") -> None:
        self._connection = connection
        self._mark = mark
        self.fresh = fresh
        self.stand_in = stand_in

    @classmethod
    async def open(cls, path: Path, schema: Schema, connect: Connect = connect_in_thread) -> Database:
        """Raises StoreBroken with a short word; StoreNotOurs where a person must decide: a newer file, or one in use."""
        fresh = _begin(path)
        return cls(await _prepared(connect, str(path), partial(_prepare, path, schema, fresh)), damage_mark(path), fresh=fresh)

    @classmethod
    async def build(cls, path: Path, schema: Schema, connect: Connect = connect_in_thread) -> Database:
        """A new file without a journal, to be filled in one go: worth nothing before it is closed. Raises StoreBroken."""
        _begin_anew(path)
        return cls(await _prepared(connect, str(path), partial(_prepare_to_build, schema)), None, fresh=True)

    @classmethod
    async def in_memory(cls, schema: Schema, why: str, connect: Connect = connect_in_thread) -> Database:
        """A stand-in: everything works, nothing lasts."""
        return cls(await _prepared(connect, ":memory:", partial(_prepare_to_build, schema)), None, fresh=True, stand_in=why)

    async def read(self, work: Work[T]) -> T:
        """What the work gives. Raises StoreBroken."""
        return await self._run(work)

    async def write(self, work: Work[T]) -> T:
        """The work as one transaction: all of it is on disk when this returns, none when it raises. Raises StoreBroken."""
        return await self._run(partial(_transaction, work))

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
        await self._connection.close()


def damage_mark(path: Path) -> Path:
    """Where it is there, this database was found damaged while it was in use."""
    return path.with_name(path.name + ".damaged")


def broken(error: sqlite3.Error | UnicodeDecodeError) -> Exception:
    """StoreBroken with its short word; an error that is a bug of ours stays what it is."""
    if isinstance(error, UnicodeDecodeError):
        return StoreBroken("corrupt")  # SQLite's message quotes what is damaged
    word = WORDS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)  # the low byte: extended codes say more than we need
    return StoreBroken(word) if word else error


def _begin(path: Path) -> bool:
    """An empty file where there is none; whether there was none."""
    fresh = not path.exists()
    if not fresh and path.stat().st_size == 0:
        raise StoreBroken("corrupt")  # before SQLite sees it, which would delete its journal
    try:
        path.touch(mode=0o600)  # health data: for nobody else to read
    except OSError as error:
        raise StoreBroken("disk full" if error.errno == errno.ENOSPC else "read-only") from error
    return fresh


def _begin_anew(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreBroken("read-only") from error
    _begin(path)


async def _prepared(connect: Connect, path: str, prepare: Work[None]) -> Connection:
    try:
        connection = await connect(path)
    except sqlite3.Error as error:
        raise broken(error) from error
    try:
        await connection.run(prepare)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        await connection.close()
        raise broken(error) from error
    except BaseException:
        await connection.close()
        raise
    return connection


def _prepare(path: Path, schema: Schema, fresh: bool, connection: sqlite3.Connection) -> None:
    steps = schema.steps()
    version = _version(connection, path)
    if version > len(steps):
        raise StoreNotOurs(not_ours("newer", path=path, version=version, known=len(steps)))
    if version == 0 and not fresh:
        raise StoreBroken("corrupt")  # not ours
    pragmas = f"""
        PRAGMA page_size = {schema.page_size};
        PRAGMA auto_vacuum = INCREMENTAL;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA wal_autocheckpoint = {1_000_000 // schema.page_size};
        PRAGMA journal_size_limit = 1000000;
        PRAGMA secure_delete = ON;
        PRAGMA trusted_schema = OFF;
    """
    connection.executescript(pragmas)
    _upgrade(connection, steps, version)


def _prepare_to_build(schema: Schema, connection: sqlite3.Connection) -> None:
    pragmas = f"""
        PRAGMA page_size = {schema.page_size};
        PRAGMA auto_vacuum = INCREMENTAL;
        PRAGMA journal_mode = OFF;
    """
    connection.executescript(pragmas)
    _upgrade(connection, schema.steps(), 0)


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The schema's version in the file; takes the lock that is held until the file is closed."""
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.OperationalError as error:
        if str(broken(error)) == "in use":
            raise StoreNotOurs(not_ours("in use", path=path)) from error
        raise
    return version


def _upgrade(connection: sqlite3.Connection, steps: list[str], version: int) -> None:
    """Every missing step, each a transaction of its own."""
    for number, step in enumerate(steps[version:], version + 1):
        try:
            connection.executescript(f"BEGIN IMMEDIATE; {step}; PRAGMA user_version = {number}; COMMIT;")
        finally:
            _roll_back(connection)


def _transaction(work: Work[T], connection: sqlite3.Connection) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = work(connection)
        connection.execute("COMMIT")
    finally:
        _roll_back(connection)
    return done


def _roll_back(connection: sqlite3.Connection) -> None:
    """Whatever was not committed. After some errors SQLite has done it already."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")
