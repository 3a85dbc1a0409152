"""What a database is made of: a new file with its schema, an old one brought on version by version, a foreign one refused."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gateway.errors import StoreBroken
from gateway.store.connection import broken, open_sqlite, roll_back


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


def create(path: Path, schema: Schema) -> bool:
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
                prepare_to_build(schema, connection)
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


def prepare(schema: Schema, connection: sqlite3.Connection) -> bool:
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


def prepare_to_build(schema: Schema, connection: sqlite3.Connection) -> None:
    """An empty file without a journal gets its tables."""
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
            roll_back(connection)
