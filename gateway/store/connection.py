"""How SQLite is run: whole pieces of work on an open file, one after another, and its errors made ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol, TypeVar

import aiosqlite

from gateway.errors import StoreBroken
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


def broken(error: sqlite3.Error | UnicodeDecodeError) -> Exception:
    """StoreBroken with its short word; an error that is a bug of ours stays what it is."""
    if isinstance(error, UnicodeDecodeError):
        return StoreBroken("corrupt")  # SQLite's message quotes what is damaged
    word = WORDS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)  # the low byte: extended codes say more than we need
    return StoreBroken(word) if word else error


def roll_back(connection: sqlite3.Connection) -> None:
    """Whatever was not committed. After some errors SQLite has done it already."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")
