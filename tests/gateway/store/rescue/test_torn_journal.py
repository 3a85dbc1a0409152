"""What SQLite can open and finds whole is whole; what it left behind of its journal is told, and events in it come back."""

from __future__ import annotations

import os
import shutil
import struct
from pathlib import Path

import pytest

from gateway.store import export
from gateway.store.chain_check import ChainVerdict
from gateway.store.database import damage_mark
from gateway.store.keeping import Transaction
from gateway.store.rescue import journal
from gateway.store.rescue.journal import FRAME, HEADER
from gateway.store.stores import Stores
from tests.gateway.store.given import alert, delivery, event, stores_in, take

PAGE = 1024


async def crashed(folder: Path) -> Path:
    """A copy as kill -9 leaves it: the journal has begun anew, with the frames of the round before behind the new ones."""
    async with stores_in(folder / "now") as stores:
        await raise_alerts(stores, range(1, 40))
        await take(stores, 400)
        for clean in (stores.alerts.clean, stores.readings.checkpoint):
            await clean()
        await raise_alerts(stores, range(40, 60))
        for start in range(400, 600, 50):
            await take(stores, 50, start=start)
        for store in (stores.alerts, stores.readings):
            await store.look(lambda connection: connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchall())
        await raise_alerts(stores, range(60, 63))
        await take(stores, 20, start=600)
        shutil.copytree(folder / "now", folder / "crashed", ignore=shutil.ignore_patterns("*.reserve"))
    return folder / "crashed"


async def raise_alerts(stores: Stores, numbers: range) -> None:
    for number in numbers:
        seq = stores.alerts.next_seq()
        await stores.alerts.save(Transaction(alerts=[alert(number)], events=[event(seq, number)], deliveries=[delivery(seq)]))


def tear(wal: Path, *, frames: int) -> None:
    """A commit of so many frames was under way; of the last one there is only the head, which says that it ends a commit."""
    data = bytearray(wal.read_bytes())
    salts = HEADER.unpack_from(data)[4:6]
    starts = range(HEADER.size, len(data) - FRAME.size - PAGE, FRAME.size + PAGE)
    free = next(start for start in starts if FRAME.unpack_from(data, start)[2:4] != salts)
    for number in range(frames):
        last = number == frames - 1
        head = FRAME.pack(3 + number, 40 if last else 0, *salts, 1, 2)
        struct.pack_into(f"{FRAME.size}s", data, free + number * (FRAME.size + PAGE), head)
    wal.write_bytes(data)


@pytest.mark.parametrize("frames", [1, 4])
@pytest.mark.parametrize("name", ["alerts.db", "readings.db"])
@pytest.mark.fault(
    "power", "a commit that the power cut tore off, at every frame", promise="it never happened, and is no damage"
)
async def test_a_commit_that_was_torn_off_is_no_damage(tmp_path: Path, name: str, frames: int) -> None:
    folder = await crashed(tmp_path)
    tear(folder / f"{name}-wal", frames=frames)

    async with stores_in(folder) as stores:
        assert stores.incidents == []
        assert {one.number for one in await stores.alerts.open_alerts()} == set(range(1, 63))
        assert len(await stores.alerts.undelivered()) == 62
        assert stores.readings.counts().pending == 620
        assert await stores.readings.audit() == []
    assert list(folder.glob("*.broken-*")) == []


def flip(wal: Path, *, frame: int) -> None:
    """One bit in the page of this frame, counted from the end of the round; SQLite stops there without a word."""
    data = bytearray(wal.read_bytes())
    salts = HEADER.unpack_from(data)[4:6]
    starts = range(HEADER.size, len(data) - FRAME.size - PAGE, FRAME.size + PAGE)
    ours = [start for start in starts if FRAME.unpack_from(data, start)[2:4] == salts]
    data[ours[-frame] + FRAME.size + 500] ^= 1
    wal.write_bytes(data)


@pytest.mark.fault("power", "a torn frame hides later events from SQLite", promise="they come back, and it is told")
async def test_events_that_sqlite_left_behind_come_back_and_it_is_told(tmp_path: Path) -> None:
    folder = await crashed(tmp_path)
    async with stores_in(folder) as stores:
        epoch = stores.epoch
    folder = await crashed(tmp_path / "again")
    frames = journal.read(folder / "alerts.db", PAGE).frames
    flip(folder / "alerts.db-wal", frame=len(frames))

    async with stores_in(folder) as stores:
        assert stores.incidents == ["alerts.db journal"]
        assert stores.epoch > epoch
        assert {one.number for one in await stores.alerts.open_alerts()} == set(range(1, 63))
        assert len(await stores.alerts.undelivered()) == 62
        assert await export.verify(stores.alerts) == ChainVerdict(checked=62, erased=0)
        seq = stores.alerts.next_seq()
        await stores.alerts.save(Transaction(alerts=[alert(63)], events=[event(seq, 63)]))
        assert await export.verify(stores.alerts) == ChainVerdict(checked=63, erased=0)
    assert list(folder.glob("*.broken-*")) == []


async def test_a_mark_of_damage_on_a_file_that_sqlite_finds_whole_is_taken_away(tmp_path: Path) -> None:
    folder = await crashed(tmp_path)
    damage_mark(folder / "readings.db").touch()

    async with stores_in(folder) as stores:
        assert stores.incidents == []
        assert stores.readings.counts().pending == 620
    assert not damage_mark(folder / "readings.db").exists()


@pytest.mark.parametrize("part", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
async def test_what_stood_in_the_file_before_a_journal_that_was_cut_is_there(tmp_path: Path, part: float) -> None:
    """Its frames are of times before: SQLite works them over the newer pages of the file."""
    async with stores_in(tmp_path / "now") as stores:
        for number in range(1, 40):
            await raise_alerts(stores, range(number, number + 1))
        await stores.alerts.look(lambda connection: connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall())
        shutil.copytree(tmp_path / "now", tmp_path / "cut", ignore=shutil.ignore_patterns("*.reserve"))
    wal = tmp_path / "cut" / "alerts.db-wal"
    os.truncate(wal, int(part * wal.stat().st_size))

    async with stores_in(tmp_path / "cut") as stores:
        assert {one.number for one in await stores.alerts.open_alerts()} == set(range(1, 40))
        assert len(await stores.alerts.undelivered()) == 39
