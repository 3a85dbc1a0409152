"""Opening gives every id an epoch under which it comes once, and brings back the readings that an alert has named."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from gateway.clock import ClockState
from gateway.errors import ConfigError, StoreBroken
from gateway.formats.reading_json import encode_reading
from gateway.store import opening
from gateway.store.alerts import AlertStore
from gateway.store.database import Database
from gateway.store.epochs import BEGINNING_S
from gateway.store.keeping import Transaction
from gateway.store.opening import open_stores
from gateway.store.rescue.open_or_rescue import OpenedDatabase
from tests.gateway.store.given import (
    GATEWAY,
    NOW_MS,
    StillClock,
    added,
    alert,
    delivery,
    event,
    listed,
    people_are_told,
    reading,
    referenced,
    sos,
    stores_in,
    take,
)


async def test_a_fresh_disk_takes_its_epoch_from_the_clock(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        assert stores.epoch == NOW_MS // 1000 - BEGINNING_S
        assert stores.readings.origin == f"{GATEWAY}/{stores.epoch}"
        assert stores.incidents == []


@pytest.mark.parametrize("now_ms", [0, NOW_MS], ids=["1970", "the day of the image"])
@pytest.mark.fault("clock", "two fresh cards under a clock that was never set", promise="no id comes twice")
async def test_no_two_fresh_cards_give_the_same_ids_under_a_clock_that_was_never_set(tmp_path: Path, now_ms: int) -> None:
    epochs = []
    for card in map(str, range(5)):
        async with stores_in(tmp_path / card, StillClock(now_ms=now_ms, state="unsynced")) as stores:
            epochs.append(stores.epoch)

    assert len(set(epochs)) == 5
    assert all(len(str(epoch)) <= 11 for epoch in epochs)


@pytest.mark.parametrize("known", [False, True], ids=["nothing is known", "the disk can be read"])
async def test_no_two_lives_in_memory_give_the_same_ids_under_a_clock_that_was_never_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    clock = StillClock(state="unsynced")
    before = 0
    if known:
        async with stores_in(tmp_path, clock) as stores:
            before = stores.epoch
    monkeypatch.setattr(opening, "open_or_rescue", refuses)

    epochs = []
    for _ in range(3):
        async with stores_in(tmp_path, clock) as stores:
            assert stores.alerts.fault == "read-only"
            epochs.append(stores.epoch)

    assert len({before, *epochs}) == 4
    assert min(epochs) > before


@pytest.mark.parametrize("state", ["synced", "unsynced"])
@pytest.mark.fault("disk", "it refuses over several starts, and old alerts go on", promise="no number of an event comes twice")
async def test_no_two_lives_in_memory_give_an_old_alert_the_same_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: ClockState
) -> None:
    """An alert that the disk knows keeps its id, so the numbers of its events must differ."""
    clock = StillClock(state=state)
    async with stores_in(tmp_path, clock) as stores:
        await stores.alerts.save(Transaction(alerts=[alert(1)]))
    monkeypatch.setattr(opening, "open_or_rescue", refuses)

    handed_out = []
    for _ in range(3):
        clock.now_ms += 5_000
        async with stores_in(tmp_path, clock) as stores:
            assert [one.number for one in await stores.alerts.open_alerts()] == [1]
            handed_out += [stores.alerts.next_seq() for _ in range(20)]

    assert len(set(handed_out)) == 60
    assert state == "unsynced" or handed_out == sorted(handed_out)


@pytest.mark.fault("disk", "it refuses while the gateway runs, and then a kill", promise="no number of an event comes twice")
async def test_a_life_in_memory_that_goes_on_from_one_on_the_disk_gives_no_number_that_the_disk_will_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = await open_stores(tmp_path, GATEWAY, StillClock())
    await stores.alerts.save(Transaction(alerts=[alert(1)]))
    leftover = await stores.close()
    with monkeypatch.context() as gone:
        gone.setattr(opening, "open_or_rescue", refuses)
        in_memory = await open_stores(tmp_path, GATEWAY, StillClock(), leftover=leftover)
        told = [in_memory.alerts.next_seq() for _ in range(20)]
        await in_memory.close()  # a kill: nobody gets what it gives back

    async with stores_in(tmp_path) as after:
        assert [one.number for one in await after.alerts.open_alerts()] == [1]
        for _ in range(15):
            assert not set(told) & {after.alerts.next_seq() for _ in range(100)}
            await after.alerts.save(Transaction(events=[event(after.alerts.next_seq(), 1)]))


async def refuses(*_: object) -> OpenedDatabase:
    raise StoreBroken("read-only")


async def test_the_epoch_stays_over_a_restart_whatever_the_clock_says(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        epoch = stores.epoch

    async with stores_in(tmp_path, StillClock(now_ms=NOW_MS + 10**10)) as stores:
        assert stores.epoch == epoch


async def test_a_lost_file_raises_the_epoch_and_the_other_one_knows_it(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        first = stores.epoch
        await take(stores, 3)

    (tmp_path / "readings.db").unlink()
    async with stores_in(tmp_path) as stores:
        second = stores.epoch

    (tmp_path / "alerts.db").unlink()
    async with stores_in(tmp_path) as stores:
        assert first < second < stores.epoch


async def test_files_that_do_not_know_the_same_epoch_get_a_higher_one(tmp_path: Path) -> None:
    """One of them was in memory for a life: what was numbered then is on no disk."""
    old = tmp_path / "old"
    async with stores_in(tmp_path / "now") as stores:
        first = stores.epoch
    shutil.copytree(tmp_path / "now", old)
    (tmp_path / "now" / "readings.db").unlink()
    async with stores_in(tmp_path / "now") as stores:
        second = stores.epoch
    shutil.copy(old / "readings.db", tmp_path / "now" / "readings.db")

    async with stores_in(tmp_path / "now") as stores:
        assert first < second < stores.epoch


@pytest.mark.parametrize("state", ["synced", "unsynced"])
async def test_files_that_are_put_back_get_no_epoch_that_was_there_meanwhile(tmp_path: Path, state: ClockState) -> None:
    """As when the key of the store was away: in both lives an epoch is made of the same old one."""
    now, old = tmp_path / "now", tmp_path / "old"
    async with stores_in(now) as stores:
        await take(stores, 3)
    shutil.copytree(now, old)

    epochs = []
    for days in range(4):
        for name in ("alerts.db", "readings.db"):
            shutil.copy(old / name, now / name)
        (now / "readings.db").unlink()  # and something is damaged in it
        async with stores_in(now, StillClock(now_ms=NOW_MS + days * 86_400_000 + 10**9, state=state)) as stores:
            epochs.append(stores.epoch)

    assert len(set(epochs)) == 4


async def test_a_reading_that_an_alert_named_comes_back_with_its_number(tmp_path: Path) -> None:
    stores = await open_stores(tmp_path / "now", GATEWAY, StillClock())
    await take(stores, 5)
    call, _lost = referenced(stores, sos(6)), added(stores, reading(7))
    await stores.alerts.save(
        Transaction(alerts=[alert(1, call)], events=[event(1, 1)], deliveries=[delivery(1)], referenced=[call])
    )
    the_power_goes = tmp_path / "after"
    shutil.copytree(tmp_path / "now", the_power_goes)
    await stores.close()

    async with stores_in(the_power_goes) as stores:
        (batch,) = await stores.readings.batches(1, stores.readings.last_batch)
        assert (batch.first_seq, batch.n, batch.boot) == (call.seq, 1, "boot-one")
        assert batch.body == encode_reading(call, stores.readings.origin)
        assert (await take(stores, 1))[0].seq == call.seq + 1
        assert stores.readings.counts().stored == 7
        assert await stores.readings.audit() == []


async def test_a_referenced_reading_that_was_committed_comes_back_once(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        call = referenced(stores, sos())
        await stores.alerts.save(Transaction(alerts=[alert(1, call)], referenced=[call]))
        await stores.readings.flush()
        stores.readings.delivered(1)

    async with stores_in(tmp_path) as stores:
        assert stores.readings.counts().stored == 1
        assert stores.readings.counts().pending == 0


async def test_a_referenced_reading_survives_the_loss_of_the_readings(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        call = referenced(stores, sos())
        await stores.alerts.save(Transaction(alerts=[alert(1, call)], referenced=[call]))
        old_origin = stores.readings.origin
    (tmp_path / "readings.db").unlink()

    async with stores_in(tmp_path) as stores:
        (batch,) = await stores.readings.batches(0, stores.readings.last_batch)

        assert msgspec.json.decode(batch.body)["id"] == f"{old_origin}/1"
        assert stores.readings.origin != old_origin


@pytest.mark.parametrize("n", [400, 3_000], ids=["as many as the disk knows", "more"])
@pytest.mark.fault("power", "a crash while the disk refuses", promise="no number of an alert or an event comes twice")
async def test_numbers_of_alerts_never_come_twice_after_a_crash_with_a_disk_that_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n: int
) -> None:
    clock, told = StillClock(), []
    async with stores_in(tmp_path / "0", clock) as stores:
        epoch = stores.epoch
    monkeypatch.setattr(AlertStore, "_write", refuses)
    for life in range(3):
        stores = await open_stores(tmp_path / str(life), GATEWAY, clock)
        shutil.copytree(tmp_path / str(life), tmp_path / str(life + 1))  # as the power leaves it when it goes
        for _ in range(0, n, 100):
            told += [(stores.alerts.next_alert(), stores.alerts.next_seq()) for _ in range(100)]
            await stores.alerts.save(Transaction(events=[event(told[-1][1], 1)]))
        assert (stores.epoch, stores.alerts.fault) == (epoch, "read-only")
        await stores.close()
        clock.now_ms += 60_000

    alerts, events = zip(*told, strict=True)
    assert len(set(alerts)) == len(set(events)) == 3 * n


async def test_another_gateway_id_keeps_everything_that_waits(tmp_path: Path) -> None:
    """A change of the configuration never costs data."""
    async with stores_in(tmp_path) as stores:
        await take(stores, 10)

    stores = await open_stores(tmp_path, "other-02", StillClock())

    assert stores.readings.counts().pending == 10
    assert stores.incidents == []
    await stores.close()


async def test_another_gateway_id_keeps_what_a_kill_left_too(tmp_path: Path) -> None:
    """The id is what somebody changes at once after a new card."""
    async with stores_in(tmp_path / "data") as stores:
        named = referenced(stores, sos())
        await stores.alerts.save(Transaction(alerts=[alert(1, named)], referenced=[named]))
        shutil.copytree(tmp_path / "data", tmp_path / "after the kill")

    stores = await open_stores(tmp_path / "after the kill", "other-02", StillClock())

    assert [one.seq for one in await listed(stores.readings.recent(0))] == [named.seq]
    await stores.close()


async def test_a_second_gateway_is_told_what_to_do_and_touches_nothing(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await stores.alerts.save(Transaction(alerts=[alert(1)]))
        before = contents(tmp_path)

        with pytest.raises(ConfigError, match="in use by another lifering; stop that one first"):
            await open_stores(tmp_path, GATEWAY, StillClock())

        assert contents(tmp_path) == before


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.db*")}


def _loses(folder: Path, name: str) -> None:
    for path in folder.glob(f"{name}*"):
        path.unlink()


@pytest.mark.parametrize("gone", ["alerts.db", "readings.db"])
@pytest.mark.fault("disk", "a file of the store is gone, and a kill before anybody is told", promise="the next start tells it")
async def test_a_file_that_is_gone_is_told_although_a_kill_came_before_that(tmp_path: Path, gone: str) -> None:
    async with stores_in(tmp_path / "data") as stores:
        await take(stores, 3)
    _loses(tmp_path / "data", gone)

    stores = await open_stores(tmp_path / "data", GATEWAY, StillClock())
    shutil.copytree(tmp_path / "data", tmp_path / "killed")
    await stores.close()

    async with stores_in(tmp_path / "killed") as stores:
        assert stores.incidents == [f"{gone} gone"]
        people_are_told(stores)
    async with stores_in(tmp_path / "killed") as stores:
        assert stores.incidents == []


async def test_readings_that_are_gone_get_other_ids_although_a_kill_came_before_the_file_had_any(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await take(stores, 3)
        before = stores.epoch
    _loses(tmp_path, "readings.db")
    await (await Database.open(tmp_path / "readings.db", opening.READINGS.schema)).close()

    async with stores_in(tmp_path) as stores:
        assert stores.epoch > before
        assert stores.incidents == ["readings.db gone"]


@pytest.mark.parametrize("older", [("alerts.db",), ("readings.db",), ("alerts.db", "readings.db")], ids=" and ".join)
@pytest.mark.fault(
    "disk", "a file of the store is exchanged for an older copy of itself", promise="it is told; no id comes twice"
)
async def test_what_comes_behind_an_older_copy_of_a_file_bears_another_epoch(tmp_path: Path, older: tuple[str, ...]) -> None:
    async with stores_in(tmp_path / "data") as stores:
        await take(stores, 3)
        await stores.alerts.save(Transaction(events=[event(stores.alerts.next_seq(), 1)]))
    shutil.copytree(tmp_path / "data", tmp_path / "copy")
    async with stores_in(tmp_path / "data") as stores:
        before = stores.epoch
        await take(stores, 3, start=3)
        await stores.alerts.save(Transaction(events=[event(stores.alerts.next_seq(), 1)]))
    for name in older:
        shutil.copy(tmp_path / "copy" / name, tmp_path / "data" / name)

    async with stores_in(tmp_path / "data") as stores:
        assert stores.epoch > before
        assert stores.incidents == [f"{name} journal" for name in older]
