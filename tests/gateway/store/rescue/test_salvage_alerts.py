"""Out of a damaged alerts.db comes what is whole, and nothing else; what the chain has lost is said."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.store import export
from gateway.store.chain_check import BrokenEntry
from gateway.store.database import damage_mark
from gateway.store.keeping import Transaction
from tests.gateway.store.given import alert, delivery, event, stores_in

ROOMS = {number: f"3-2{number:02}" for number in range(1, 31)}


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """Thirty alerts in thirty rooms, none delivered; the file is said to be damaged, and SQLite cannot open it."""
    async with stores_in(tmp_path) as stores:
        for number, room in ROOMS.items():
            raised = replace(alert(number), room=room)
            told = replace(event(stores.alerts.next_seq(), number), alert=raised)
            await stores.alerts.save(Transaction(alerts=[raised], events=[told], deliveries=[delivery(told.seq)]))
    (tmp_path / "alerts.reserve").unlink()
    return tmp_path


def write_in_file(path: Path, old: bytes, new: bytes, place: int) -> None:
    """Where it stands for this time in the file, counted from 0."""
    data = path.read_bytes()
    starts = [start for start in range(len(data)) if data.startswith(old, start)]
    start = starts[place]
    path.write_bytes(data[:start] + new + data[start + len(old) :])


def spoil_the_head(path: Path) -> None:
    """SQLite says: no database."""
    path.write_bytes(b"no database here" + path.read_bytes()[16:])


async def test_everything_that_is_whole_comes_out_with_its_place_in_the_chain(folder: Path) -> None:
    spoil_the_head(folder / "alerts.db")

    async with stores_in(folder) as stores:
        assert stores.incidents == ["alerts.db"]
        assert {one.number: one.room for one in await stores.alerts.open_alerts()} == ROOMS
        assert len(await stores.alerts.undelivered()) == 30
        assert (await export.verify(stores.alerts)).broken is None


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.fault("disk", "a flipped bit in the room of an alert", promise="no wrong room is ever told")
async def test_no_room_that_a_flipped_bit_made_is_ever_told(folder: Path, place: int) -> None:
    """Each room stands in the state of its alert and in its event; only the event can show that it is not whole."""
    write_in_file(folder / "alerts.db", b"3-207", b"3-217", place)
    spoil_the_head(folder / "alerts.db")

    async with stores_in(folder) as stores:
        told = {event.alert.number: event.alert.room for event, _ in await stores.alerts.undelivered()}
        assert told.items() <= ROOMS.items()
        assert {one.number: one.room for one in await stores.alerts.open_alerts()} == ROOMS


@pytest.mark.fault("disk", "entries of the audit are lost", promise="said, never hidden")
async def test_what_the_chain_has_lost_is_said_and_never_hidden(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "alerts.db")) as connection:
        (seq,) = connection.execute("SELECT seq FROM event WHERE entry = 12").fetchone()
        connection.execute("UPDATE event SET body = CAST(replace(body, '3-212', '3-112') AS BLOB) WHERE seq = ?", (seq,))
        connection.commit()
    spoil_the_head(folder / "alerts.db")

    async with stores_in(folder) as stores:
        assert stores.incidents == ["alerts.db 1 events lost"]
        assert (await export.verify(stores.alerts)).broken == BrokenEntry(12, "missing")
        assert damage_mark(folder / "alerts.db").exists() is False
