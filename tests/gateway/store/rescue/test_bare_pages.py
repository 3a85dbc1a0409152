"""Rows are found on the bare pages, in the file and in its journal, in every form that SQLite gives them."""

from __future__ import annotations

import errno
import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gateway.store.rescue import bare_pages, journal
from gateway.store.rescue.journal import Journal

PAGE = 1024


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "things.db", isolation_level=None)) as connection:
        connection.executescript(
            f"""
            PRAGMA page_size = {PAGE};
            PRAGMA auto_vacuum = INCREMENTAL;
            PRAGMA journal_mode = WAL;
            PRAGMA secure_delete = ON;
            CREATE TABLE thing (id INTEGER PRIMARY KEY, number INTEGER, text TEXT, blob BLOB, real REAL);
            """
        )
        yield connection


def put(connection: sqlite3.Connection, count: int, start: int = 1) -> dict[int, bare_pages.Row]:
    """Rows of every size, some of them over many pages."""
    chance = random.Random(start)
    rows: dict[int, bare_pages.Row] = {}
    for rowid in range(start, start + count):
        number = chance.choice([None, 0, 1, -5, 300, 70_000, 2**31, 2**40, -(2**60)])
        blob = chance.randbytes(chance.choice([0, 10, 800, 989, 990, 1100, 5_000, 20_000]))
        rows[rowid] = (rowid, number, "é" * chance.randrange(50), blob, chance.random())
        connection.execute("INSERT INTO thing VALUES (?, ?, ?, ?, ?)", rows[rowid])
    return rows


def carved(path: Path) -> dict[int, bare_pages.Row]:
    """The things among what is found, the first state of each; the schema's own rows have a text in front."""
    things = dict[int, bare_pages.Row]()
    for row in bare_pages.rows(path, PAGE, journal.read(path, PAGE)):
        if isinstance(row[0], int):
            things.setdefault(row[0], row)
    return things


def crashed(tmp_path: Path) -> Path:
    """A copy, as a power cut would leave it."""
    for end in ("", "-wal"):
        shutil.copy(tmp_path / f"things.db{end}", tmp_path / f"copy.db{end}")
    return tmp_path / "copy.db"


def taken(path: Path) -> int:
    """How many frames of its journal SQLite takes."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        frames: int = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
        return frames


def test_all_rows_are_found_in_the_file_and_in_the_journal(tmp_path: Path, connection: sqlite3.Connection) -> None:
    rows = put(connection, 300)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    rows |= put(connection, 50, start=301)

    assert carved(crashed(tmp_path)) == rows


def test_the_newest_state_of_a_row_counts(tmp_path: Path, connection: sqlite3.Connection) -> None:
    put(connection, 3)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.execute("UPDATE thing SET text = 'new' WHERE id = 2")

    assert carved(crashed(tmp_path))[2][2] == "new"


def test_rows_behind_a_damage_in_the_journal_are_found(tmp_path: Path, connection: sqlite3.Connection) -> None:
    rows = put(connection, 30)
    copy = crashed(tmp_path)
    wal = tmp_path / "copy.db-wal"
    data = bytearray(wal.read_bytes())
    data[3000] ^= 1
    wal.write_bytes(data)

    read, found = journal.read(copy, PAGE), carved(copy)

    assert read.left_behind(taken(copy))
    assert sum(found.get(rowid) == row for rowid, row in rows.items()) >= 28


def test_a_whole_journal_is_not_taken_for_a_damaged_one(tmp_path: Path, connection: sqlite3.Connection) -> None:
    put(connection, 100)
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    put(connection, 5, start=101)  # over the frames of the first round, most of which are still there

    copy = crashed(tmp_path)
    read, by_sqlite = journal.read(copy, PAGE), taken(copy)

    assert len(read.frames) == by_sqlite > 0
    assert read.whole
    assert not read.left_behind(by_sqlite)


@pytest.mark.parametrize("place", range(0, 8 * 32, 13))
def test_the_frames_of_this_round_are_known_where_the_header_is_not_whole(
    tmp_path: Path, connection: sqlite3.Connection, place: int
) -> None:
    put(connection, 100)
    connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
    put(connection, 5, start=101)
    copy = crashed(tmp_path)
    frames = journal.read(copy, PAGE).frames
    wal = tmp_path / "copy.db-wal"
    data = bytearray(wal.read_bytes())
    data[place // 8] ^= 1 << place % 8
    wal.write_bytes(data)

    read = journal.read(copy, PAGE)

    assert read.frames == frames
    assert not read.whole


@pytest.mark.parametrize("data", [b"", b"\x0d", b"\x0d" * 40_000, bytes(range(256)) * 40])
def test_nonsense_gives_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "copy.db").write_bytes(data)
    (tmp_path / "copy.db-wal").write_bytes(data)

    assert carved(tmp_path / "copy.db") == {}


def test_no_file_gives_nothing(tmp_path: Path) -> None:
    assert list(bare_pages.rows(tmp_path / "nowhere.db", PAGE, Journal([], whole=False))) == []
    assert journal.read(tmp_path / "nowhere.db", PAGE).frames == []


@pytest.mark.fault("disk", "random bits flip in bare pages", promise="the repair crashes on none")
def test_flipped_bits_crash_nothing(tmp_path: Path, connection: sqlite3.Connection) -> None:
    rows = put(connection, 30)
    copy = crashed(tmp_path)
    wal = copy.with_name("copy.db-wal")
    whole = wal.read_bytes()
    chance = random.Random(1)

    for _ in range(300):
        data = bytearray(whole)
        for _ in range(5):
            data[chance.randrange(len(data))] = chance.randrange(256)
        wal.write_bytes(data)

        found = carved(copy)

        assert sum(found.get(rowid) == row for rowid, row in rows.items()) > 15


def test_a_read_that_fails_once_costs_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, read, failed = tmp_path / "some.db", os.pread, list[int]()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA page_size = 1024; CREATE TABLE some (id INTEGER PRIMARY KEY, text TEXT);")
        connection.executemany("INSERT INTO some (text) VALUES (?)", [("x" * 100,) for _ in range(200)])
        connection.commit()

    def fails_once_a_place(file: int, size: int, at: int) -> bytes:
        if at not in failed:
            failed.append(at)
            raise OSError(errno.EIO, "a loose contact")
        return read(file, size, at)

    monkeypatch.setattr(os, "pread", fails_once_a_place)
    there = {row[0] for row in bare_pages.rows(path, PAGE, Journal([], whole=False)) if row[1:] == ("x" * 100,)}
    assert there == set(range(1, 201))
