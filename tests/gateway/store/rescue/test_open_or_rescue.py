"""Whatever happened to a file, the gateway starts, keeps what can be read, invents nothing, and gives no id twice."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from fake_devices.patience import HANGS_S
from gateway.alert import Alert
from gateway.store.database import damage_mark
from gateway.store.keeping import Transaction
from gateway.store.opening import open_stores
from gateway.store.stores import Stores
from tests.gateway.store.given import (
    GATEWAY,
    StillClock,
    alert,
    delivery,
    event,
    people_are_told,
    reading,
    referenced,
    sos,
    stores_in,
    take,
)

BATCHES, EACH, DELIVERED, ALERTS, CLOSED = 60, 20, 20, 30, 10
PLACES = 30


@dataclass
class Before:
    """A folder as a crash left it, and what was in it."""

    crashed: Path
    closed: Path
    epoch: int
    readings: dict[str, object]
    pending: set[str]
    alerts: list[Alert]
    events: set[int]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Before:
    """Made once: it takes a while."""
    return asyncio.run(filled(tmp_path_factory.mktemp("before")))


async def filled(folder: Path) -> Before:
    stores = await open_stores(folder / "now", GATEWAY, StillClock())
    for batch in range(BATCHES):
        await take(stores, EACH, start=batch * EACH)
    everything = await waiting(stores)
    for batch in range(1, DELIVERED + 1):
        stores.readings.delivered(batch)
    stores.readings.reject("checksum", 5)
    await stores.readings.flush()
    call = referenced(stores, sos(5000))
    await stores.readings.flush()
    saved = [alert(number, call, reading(number)) for number in range(1, ALERTS + 1)]
    for one in saved:
        workflow = "resolved" if one.number <= CLOSED else "raised"
        one = msgspec.structs.replace(one, workflow=workflow)
        done = one.number <= CLOSED
        events = [event(3 * one.number + part, one.number) for part in range(3)]
        deliveries = [delivery(new.seq, "done" if done else "sent") for new in events]
        memories = {f"C0:{one.number}": b"m" * 100}
        await stores.alerts.save(Transaction(alerts=[one], events=events, deliveries=deliveries, memories=memories))
    shutil.copytree(folder / "now", folder / "crashed")
    pending = await waiting(stores)
    alerts, undelivered = await stores.alerts.open_alerts(), await stores.alerts.undelivered()
    await stores.close()
    return Before(
        crashed=folder / "crashed",
        closed=folder / "now",
        epoch=stores.epoch,
        readings=everything | pending,
        pending=set(pending),
        alerts=alerts,
        events={one.seq for one, _ in undelivered},
    )


async def waiting(stores: Stores) -> dict[str, object]:
    """Every reading that waits to be sent, by its id."""
    cursor, found = 0, dict[str, object]()
    while given := await stores.readings.batches(cursor, stores.readings.last_batch):
        cursor = given[-1].id
        found |= {one["id"]: one for batch in given for one in msgspec.json.decode(b"[" + batch.body + b"]")}
    return found


@dataclass
class After:
    """What is there when a damaged folder was opened: the share of the readings that waited, and of the open alerts."""

    damaged: bool
    readings: float
    alerts: float


async def opened_again(folder: Path, before: Before) -> After:
    """Open it, and look at everything that must hold whatever happened."""
    async with stores_in(folder) as stores:
        found = await waiting(stores)
        alerts, events = await stores.alerts.open_alerts(), await stores.alerts.undelivered()

        assert found.items() <= before.readings.items(), "a reading that never was"
        assert {one.number for one in alerts} <= {one.number for one in before.alerts} | set(range(1, CLOSED + 1))
        assert {one.seq for one, _ in events} <= before.events | set(range(3 * CLOSED + 3))
        if stores.incidents:
            assert stores.epoch > before.epoch or all("rows" in incident for incident in stores.incidents)
            assert await stores.readings.audit() == []
        share = len(found.keys() & before.pending) / len(before.pending)
        return After(bool(stores.incidents), share, len(alerts) / len(before.alerts))


def flip_a_bit(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1 << place % 8
    path.write_bytes(data)


def cut_off(path: Path, place: int) -> None:
    path.write_bytes(path.read_bytes()[:place])


def lose_a_block(path: Path, place: int) -> None:
    """As a card does: 4 KB of zeros."""
    data = bytearray(path.read_bytes())
    start = place - place % 4096
    data[start : start + 4096] = bytes(len(data[start : start + 4096]))
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("damage", "share"),
    [pytest.param(flip_a_bit, 0.95), pytest.param(lose_a_block, 0.85), pytest.param(cut_off, 0.15)],
)
@pytest.mark.parametrize("name", ["readings.db", "alerts.db"])
@pytest.mark.fault("disk", "damage in a database", promise="what is whole comes back, what is not is counted and told")
async def test_a_damaged_file(
    tmp_path: Path, before: Before, name: str, damage: Callable[[Path, int], None], share: float
) -> None:
    after = await at_many_places(tmp_path, before, before.closed, name, damage)

    assert sum(one.readings for one in after) / len(after) > share
    assert sum(one.alerts for one in after) / len(after) > share


@pytest.mark.parametrize("damage", [flip_a_bit, cut_off, lose_a_block])
async def test_a_damaged_journal_of_the_readings(tmp_path: Path, before: Before, damage: Callable[[Path, int], None]) -> None:
    await at_many_places(tmp_path, before, before.crashed, "readings.db-wal", damage)


@pytest.mark.parametrize(
    ("damage", "share"),
    [pytest.param(flip_a_bit, 0.99), pytest.param(lose_a_block, 0.95), pytest.param(cut_off, 0.1)],
)
@pytest.mark.fault("disk", "damage in the journal of the alerts", promise="what is whole comes back, what is not is told")
async def test_a_damaged_journal_of_the_alerts(
    tmp_path: Path, before: Before, damage: Callable[[Path, int], None], share: float
) -> None:
    after = await at_many_places(tmp_path, before, before.crashed, "alerts.db-wal", damage)

    assert sum(one.alerts for one in after) / len(after) > share


async def at_many_places(
    tmp_path: Path, before: Before, template: Path, name: str, damage: Callable[[Path, int], None]
) -> list[After]:
    chance = random.Random(name + damage.__name__)
    after = []
    for number in range(PLACES):
        folder = tmp_path / str(number)
        shutil.copytree(template, folder, ignore=shutil.ignore_patterns("*.reserve"))
        damage(folder / name, chance.randrange((folder / name).stat().st_size))
        after.append(await opened_again(folder, before))
        shutil.rmtree(folder)
    return after


@pytest.fixture
def folder(tmp_path: Path, before: Before) -> Path:
    """A copy that a test may spoil."""
    shutil.copytree(before.closed, tmp_path / "data", ignore=shutil.ignore_patterns("*.reserve"))
    return tmp_path / "data"


@pytest.mark.fault("disk", "a damaged journal takes numbers along", promise="no id comes twice")
async def test_after_a_damaged_journal_no_id_comes_twice(tmp_path: Path, before: Before) -> None:
    folder = tmp_path / "data"
    shutil.copytree(before.crashed, folder)
    journal = folder / "readings.db-wal"
    flip_a_bit(journal, journal.stat().st_size * 2 // 3)

    async with stores_in(folder) as stores:
        assert stores.incidents == ["readings.db journal"]
        await take(stores, 200)
        new = (await waiting(stores)).keys() - before.readings.keys()

    assert len(new) == 200


@pytest.mark.parametrize("name", ["readings.db", "alerts.db"])
async def test_a_file_that_is_no_database_is_put_aside_as_it_is_and_told(folder: Path, before: Before, name: str) -> None:
    (folder / name).write_bytes(b"somebody's holiday " * 1000)

    async with stores_in(folder) as stores:
        assert stores.incidents == [name]
        assert stores.epoch > before.epoch

    assert (folder / f"{name}.broken-1").read_bytes() == b"somebody's holiday " * 1000


@pytest.mark.fault("disk", "both databases are lost at once", promise="work goes on under another epoch")
async def test_both_files_may_be_lost_at_once(folder: Path) -> None:
    for name in ("readings.db", "alerts.db"):
        (folder / name).write_bytes(b"x" * 5000)

    async with stores_in(folder) as stores:
        assert stores.incidents == ["alerts.db", "readings.db"]
        people_are_told(stores)
        await take(stores, 1)
        await stores.alerts.save(Transaction(alerts=[alert(stores.alerts.next_alert())]))

    async with stores_in(folder) as stores:
        assert stores.incidents == []
        assert stores.readings.counts().pending == 1


@pytest.mark.fault("disk", "damaged files pile up", promise="they do not fill the disk")
async def test_files_put_aside_do_not_fill_the_disk(folder: Path) -> None:
    for _ in range(5):
        (folder / "readings.db").write_bytes(b"x" * 5000)
        async with stores_in(folder):
            pass

    assert put_aside(folder) == ["readings.db.broken-4", "readings.db.broken-5"]


def put_aside(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.broken-*"))


@pytest.mark.fault("disk", "damage that is met while it runs", promise="another life begins, which repairs it")
async def test_damage_met_while_running_begins_another_life_that_repairs_it(
    folder: Path, before: Before, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.store.stores.LOOK_EVERY_S", 0.01)
    async with stores_in(folder) as stores:
        await stores.readings.look(lambda connection: connection.execute("PRAGMA shrink_memory").fetchall())
        lose_a_block(folder / "readings.db", 30_000)
        await waiting(stores)
        assert stores.readings.fault == "corrupt"
        async with asyncio.timeout(HANGS_S):
            await stores.until_reopening()
    assert damage_mark(folder / "readings.db").exists()

    async with stores_in(folder) as stores:
        assert stores.incidents == ["readings.db"]
        assert stores.epoch > before.epoch
        assert 0 < stores.readings.counts().pending < len(before.pending)
        assert await stores.readings.audit() == []
        people_are_told(stores)

    async with stores_in(folder) as stores:
        assert stores.incidents == []


async def test_what_is_lost_is_counted_as_evicted_with_a_gap_record(folder: Path) -> None:
    async with stores_in(folder) as stores:
        counts = stores.readings.counts()
    lose_a_block(folder / "readings.db", 30_000)

    async with stores_in(folder) as stores:
        after = stores.readings.counts()
        lost = counts.pending - after.pending

        assert (after.received, after.stored, after.delivered) == (counts.received, counts.stored, counts.delivered)
        assert after.evicted == lost > 0
        assert [(gap.n, gap.reason) for gap in await stores.readings.gaps()] == [(lost, "damaged")]


@pytest.mark.parametrize("name", ["readings.db", "alerts.db"])
@pytest.mark.fault("disk", "a file of a newer version, after a downgrade", promise="put aside untouched; work goes on")
async def test_a_file_of_a_newer_version_is_put_aside_untouched_and_work_goes_on(
    folder: Path, before: Before, name: str
) -> None:
    with closing(sqlite3.connect(folder / name)) as connection:
        connection.execute("PRAGMA user_version = 99")
    newer = (folder / name).read_bytes()

    async with stores_in(folder) as stores:
        assert stores.incidents == [f"{name} newer"]
        assert len(await stores.alerts.open_alerts()) == len(before.alerts)
        assert (await waiting(stores)).keys() == before.pending
    assert (folder / f"{name}.broken-1").read_bytes() == newer


async def test_a_repair_that_was_cut_off_while_it_read_begins_anew(folder: Path) -> None:
    lose_a_block(folder / "readings.db", 30_000)
    (folder / "readings.db.new").write_bytes(b"half a file")

    async with stores_in(folder) as stores:
        assert stores.incidents == ["readings.db"]
        assert stores.readings.counts().pending > 0

    assert not (folder / "readings.db.new").exists()


@pytest.mark.parametrize("name", ["readings.db", "alerts.db"])
@pytest.mark.fault("disk", "killed in the midst of a repair", promise="the next start finishes it")
async def test_a_repair_that_was_cut_off_before_its_last_step_is_finished(folder: Path, before: Before, name: str) -> None:
    """The damaged file is put aside already, its journal is not."""
    shutil.copy(folder / name, folder / f"{name}.broken-1")
    (folder / name).rename(folder / f"{name}.new")
    shutil.copy(before.crashed / f"{name}-wal", folder / f"{name}-wal")

    async with stores_in(folder) as stores:
        assert stores.incidents == [name]
        assert stores.epoch > before.epoch
        assert (await waiting(stores)).keys() == before.pending
        assert len(await stores.alerts.open_alerts()) == len(before.alerts)

    assert put_aside(folder) == [f"{name}.broken-1", f"{name}.broken-1-wal"]
