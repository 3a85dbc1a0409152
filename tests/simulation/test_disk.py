"""A disk without power keeps what was synced, whatever the seed; the rest may be gone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from gateway.store import space
from tests.simulation.disk import Disk, leads, left_behind

SEEDS = range(20)


def rows_after_a_cut(folder: Path, synchronous: str, seed: int) -> int:
    disk, data = Disk(Random(seed)), folder / f"data-{seed}"
    leads(data, folder / f"lies-{seed}")
    path = str(data / "alerts.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; CREATE TABLE event (seq)")
        for seq in range(10):
            connection.execute("INSERT INTO event VALUES (?)", (seq,))
            disk.committed(path, connection)
        left_behind(data, folder / f"dead-{seed}")
        disk.loses_power(data)
        with closing(sqlite3.connect(path)) as after:
            is_there = after.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
            return int(after.execute("SELECT count(*) FROM event").fetchone()[0]) if is_there else 0


@pytest.mark.parametrize("seed", SEEDS)
def test_what_each_commit_synced_is_there(tmp_path: Path, seed: int) -> None:
    assert rows_after_a_cut(tmp_path, "FULL", seed) == 10


def test_what_no_commit_synced_may_be_gone(tmp_path: Path) -> None:
    assert min(rows_after_a_cut(tmp_path, "NORMAL", seed) for seed in SEEDS) < 10


def test_what_is_never_synced_may_be_whole_cut_or_gone(tmp_path: Path) -> None:
    found = set()
    for seed in SEEDS:
        tail = tmp_path / "readings.tail-0"
        tail.write_bytes(b"heard" * 100)
        Disk(Random(seed)).loses_power(tmp_path)
        found.add("gone" if not tail.exists() else "whole" if tail.read_bytes() == b"heard" * 100 else "cut")

    assert found == {"whole", "cut", "gone"}


def test_others_who_fill_the_disk_leave_the_readings_so_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(Random(1))
    monkeypatch.setattr(space, "_disk_of", disk.statvfs)
    with closing(sqlite3.connect(tmp_path / "readings.db")) as connection:
        connection.execute("CREATE TABLE batch (body)")
        roomy = space.Space(tmp_path, 64 * space.MB).limit(connection)
        disk.room_bytes = 4_096
        tight = space.Space(tmp_path, 64 * space.MB).limit(connection)

    assert (roomy, tight) == (64 * space.MB, 4_096)
