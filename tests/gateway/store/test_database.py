"""A file is brought to its schema whole or not at all, belongs to one process, and is synced at every commit."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from gateway.errors import StoreBroken
from gateway.store.database import Database
from gateway.store.how_far import HowFar
from gateway.store.schemas import Schema


@pytest.fixture
def schema(tmp_path: Path) -> Schema:
    folder = tmp_path / "schema"
    folder.mkdir()
    (folder / "things-1.sql").write_text("CREATE TABLE thing (name TEXT NOT NULL) STRICT; INSERT INTO thing VALUES ('a');")
    return Schema("things", folder)


def add_step(schema: Schema, number: int, sql: str) -> None:
    (schema.folder / f"things-{number}.sql").write_text(sql)


def things(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM thing ORDER BY name")]


def put_b(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO thing VALUES ('b')")


@asynccontextmanager
async def opened(path: Path, schema: Schema) -> AsyncIterator[Database]:
    database = await Database.open(path, schema)
    try:
        yield database
    finally:
        await database.close()


async def contents(path: Path, schema: Schema) -> list[str]:
    async with opened(path, schema) as database:
        return await database.read(things)


async def test_every_commit_is_synced(tmp_path: Path, schema: Schema) -> None:
    def pragmas(connection: sqlite3.Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "secure_delete", "auto_vacuum", "page_size")
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    async with opened(tmp_path / "things.db", schema) as database:
        assert await database.read(pragmas) == ["wal", 2, 1, 2, 1024]


async def test_a_newer_version_brings_the_file_up_step_by_step(tmp_path: Path, schema: Schema) -> None:
    assert await contents(tmp_path / "things.db", schema) == ["a"]

    add_step(schema, 2, "INSERT INTO thing VALUES ('two');")
    add_step(schema, 10, "INSERT INTO thing VALUES ('ten');")

    assert await contents(tmp_path / "things.db", schema) == ["a", "ten", "two"]
    assert await contents(tmp_path / "things.db", schema) == ["a", "ten", "two"]


async def test_a_step_that_fails_changes_nothing(tmp_path: Path, schema: Schema) -> None:
    await contents(tmp_path / "things.db", schema)
    add_step(schema, 2, "INSERT INTO thing VALUES ('half'); INSERT INTO nowhere VALUES (1);")
    with pytest.raises(StoreBroken, match="corrupt"):
        await contents(tmp_path / "things.db", schema)

    add_step(schema, 2, "INSERT INTO thing VALUES ('whole');")

    assert await contents(tmp_path / "things.db", schema) == ["a", "whole"]


async def test_a_file_of_a_newer_version_is_left_as_it_is(tmp_path: Path, schema: Schema) -> None:
    path = tmp_path / "things.db"
    add_step(schema, 2, "INSERT INTO thing VALUES ('two');")
    await contents(path, schema)
    before = path.read_bytes()
    (schema.folder / "things-2.sql").unlink()

    with pytest.raises(StoreBroken, match="newer"):
        await Database.open(path, schema)

    assert path.read_bytes() == before


@pytest.mark.fault("process", "a second gateway on the same data", promise="refused, and told what to do; nothing is touched")
async def test_a_second_process_is_refused(tmp_path: Path, schema: Schema) -> None:
    program = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('SELECT * FROM thing')"
    async with opened(tmp_path / "things.db", schema):
        other = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, tmp_path / "things.db", stderr=asyncio.subprocess.PIPE
        )
        _, said = await other.communicate()

    assert b"database is locked" in said


async def test_a_file_that_others_have_open_is_left_to_them(tmp_path: Path, schema: Schema) -> None:
    path = tmp_path / "things.db"
    await contents(path, schema)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("SELECT * FROM thing").fetchall()

        with pytest.raises(StoreBroken, match="in use"):
            await Database.open(path, schema)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\x00" * 4096, id="zeros"),
        pytest.param(b"no database " * 500, id="something else"),
    ],
)
async def test_a_file_that_is_no_database_is_corrupt(tmp_path: Path, schema: Schema, content: bytes) -> None:
    path = tmp_path / "things.db"
    path.write_bytes(content)

    with pytest.raises(StoreBroken, match="corrupt"):
        await Database.open(path, schema)

    assert path.read_bytes() == content


async def test_a_schema_that_is_bytes_where_it_was_text_is_read_as_sqlite_reads_it(tmp_path: Path, schema: Schema) -> None:
    """One bit in the head of its row makes it so."""
    path = tmp_path / "things.db"
    await contents(path, schema)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.executescript("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = CAST(sql AS BLOB)")

    assert await contents(path, schema) == ["a"]


async def test_an_empty_file_is_fresh_unless_something_was_in_it(tmp_path: Path, schema: Schema) -> None:
    """A process that is killed as it makes the file leaves an empty one."""
    path = tmp_path / "things.db"
    path.touch()
    assert await contents(path, schema) == ["a"]

    path.write_bytes(b"")
    HowFar(path).note(7)
    with pytest.raises(StoreBroken, match="corrupt"):
        await Database.open(path, schema)


async def test_a_write_is_all_or_nothing(tmp_path: Path, schema: Schema) -> None:
    def half(connection: sqlite3.Connection) -> None:
        put_b(connection)
        raise KeyError("a bug")

    async with opened(tmp_path / "things.db", schema) as database:
        with pytest.raises(KeyError):
            await database.write(half)

        assert await database.read(things) == ["a"]
        await database.write(put_b)
        assert await database.read(things) == ["a", "b"]


async def test_a_bug_in_the_sql_is_not_taken_for_a_broken_disk(tmp_path: Path, schema: Schema) -> None:
    async with opened(tmp_path / "things.db", schema) as database:
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            await database.read(lambda connection: connection.execute("SELECT * FROM nowhere"))
