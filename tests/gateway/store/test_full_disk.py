"""A disk that is full, read-only or broken: alerts go on, readings wait, nobody falls, and afterwards all is well again."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fake_devices.patience import HANGS_S
from gateway.alert import Alert
from gateway.store import alerts as alerts_file
from gateway.store import readings as readings_file
from gateway.store import refusing_disk
from gateway.store.keeping import Transaction
from gateway.store.stores import Stores
from tests.gateway.store.given import (
    NOW_MS,
    added,
    alert,
    answer,
    delivery,
    event,
    listed,
    numbered,
    reading,
    referenced,
    sos,
    stores_in,
    take,
    until,
)
from tests.gateway.store.small_disk import SmallDisk


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerts_file, "RETRY_S", 0.02)
    monkeypatch.setattr(refusing_disk, "RETRY_S", 0.02)
    monkeypatch.setattr(readings_file, "COMMIT_S", 0.02)


def big_alert(number: int) -> Alert:
    """One with a page of readings."""
    return alert(number, *(reading(at) for at in range(40)))


async def alerts_until_it_refuses(stores: Stores) -> int:
    """How many come to the disk."""
    for number in range(1, 5000):
        await stores.alerts.save(Transaction(alerts=[big_alert(number)]))
        if stores.alerts.fault:
            return number - 1
    raise AssertionError("the disk never refuses")


@pytest.mark.fault("disk", "readings fill the disk", promise="64 MB of it are held for alerts")
async def test_alerts_have_64_mb_of_their_own(tmp_path: Path) -> None:
    async with stores_in(tmp_path):
        reserve = (tmp_path / "alerts.reserve").stat()

        assert reserve.st_size == 64_000_000
        assert reserve.st_blocks * 512 >= 64_000_000


@pytest.mark.fault("disk", "other programs fill the disk", promise="alerts are still taken")
async def test_a_disk_filled_by_others_still_takes_alerts(disk: SmallDisk) -> None:
    async with stores_in(disk.folder) as stores:
        disk.fill()

        await stores.alerts.save(Transaction(alerts=[big_alert(number) for number in range(1, 50)]))

        assert stores.alerts.fault == ""
        assert not (disk.folder / "alerts.reserve").exists()


async def test_readings_stop_before_the_disk_is_full(disk: SmallDisk) -> None:
    async with stores_in(disk.folder) as stores:
        disk.fill(leave_bytes=300_000)

        await take_in_vain(stores, 20_000)

        assert stores.readings.fault == "disk full"
        assert disk.free_bytes() > 100_000
        await stores.alerts.save(Transaction(alerts=[alert(1)]))
        assert stores.alerts.fault == ""


async def take_in_vain(stores: Stores, n: int) -> None:
    """So many readings, whose flush does not return."""
    for number in range(n):
        added(stores, reading(number, value=number % 200, wearer=f"W-{number % 977}"))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await stores.readings.flush()


@pytest.mark.fault("disk", "ENOSPC at the write of an alert", promise="held, known, and on the disk when there is room")
async def test_what_the_disk_refuses_is_held_known_and_on_the_disk_when_there_is_room(disk: SmallDisk) -> None:
    async with stores_in(disk.folder) as stores:
        disk.fill()
        stored = await alerts_until_it_refuses(stores)

        await stores.alerts.save(
            Transaction(events=[event(1, 1)], deliveries=[delivery(1)], memories={"C0": b"1"}, replies=[answer("c")])
        )

        assert stores.alerts.fault == "disk full"
        assert stores.alerts.held >= 4
        assert len(await stores.alerts.open_alerts()) == stored + 1
        assert await stores.alerts.undelivered() == [(event(1, 1), delivery(1))]
        assert await stores.alerts.memories() == {"C0": b"1"}
        assert await stores.alerts.answered("c") == answer("c")

        disk.empty()
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(stores.alerts.run())
            await until(lambda: not stores.alerts.held and (disk.folder / "alerts.reserve").exists())
            running.cancel()
        assert stores.alerts.fault == ""

    async with stores_in(disk.folder) as stores:
        assert len(await stores.alerts.open_alerts()) == stored + 1
        assert await stores.alerts.undelivered() == [(event(1, 1), delivery(1))]


@pytest.mark.fault("disk", "ENOSPC at the write of readings", promise="they wait in memory, and are stored when there is room")
async def test_readings_wait_in_memory_and_are_stored_when_there_is_room(disk: SmallDisk) -> None:
    async with stores_in(disk.folder) as stores:
        await take(stores, 10)
        disk.fill()
        referenced(stores, sos(10))
        await take_in_vain(stores, 500)
        assert stores.readings.fault == "disk full"
        assert (stores.readings.counts().stored, stores.readings.counts().pending) == (511, 511)

        disk.empty()
        async with asyncio.timeout(HANGS_S):
            await stores.readings.flush()

        assert stores.readings.fault == ""
        assert stores.readings.counts().stored == 511
        assert await stores.readings.audit() == []


async def test_a_call_for_help_is_never_kept_waiting_by_a_disk_that_refuses(disk: SmallDisk) -> None:
    async with stores_in(disk.folder) as stores:
        disk.fill()
        await take_in_vain(stores, readings_file.ROOM_FOR + 1)

        async with asyncio.timeout(HANGS_S):
            await stores.readings.room()
        disk.empty()


@pytest.mark.fault(
    "disk", "memory fills too while the disk refuses", promise="the oldest routine readings go, and are accounted for"
)
async def test_when_memory_fills_too_the_oldest_routine_readings_go_and_are_accounted_for(
    disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusing_disk, "HELD_AT_MOST", 100)
    async with stores_in(disk.folder) as stores:
        disk.fill()
        referenced(stores, reading(0))
        added(stores, sos(1))
        await take_in_vain(stores, 500)
        disk.empty()

        async with asyncio.timeout(HANGS_S):
            await stores.readings.flush()

        counts = stores.readings.counts()
        assert (counts.received, counts.stored, counts.pending, counts.evicted) == (502, 502, 100, 402)
        assert sum(gap.n for gap in await stores.readings.gaps()) == 402
        assert {gap.reason for gap in await stores.readings.gaps()} == {"disk full"}
        kept = await listed(stores.readings.recent(NOW_MS))
        assert [one.seq for one in kept[:2]] == [1, 2]
        assert kept[1].value == "sos"
        assert await stores.readings.audit() == []


@contextmanager
def files_may_not_grow_over(size: int) -> Iterator[None]:
    """Writes beyond it fail, as on a card with a defect."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_key_that_jams_while_the_disk_refuses_leaves_one_alert_and_not_a_row_a_press(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        with files_may_not_grow_over(1000):
            for number in range(100):
                press = numbered(stores, sos(number))
                await stores.alerts.save(Transaction(alerts=[alert(1, press)], referenced=[press]))
                stores.readings.add(press)
            assert stores.alerts.fault
            assert stores.alerts.held < 10

        await stores.alerts.stored()
        assert len(await stores.alerts.open_alerts()) == 1


@pytest.mark.fault("disk", "a file that may not grow any more (EFBIG)", promise="told, and survived")
async def test_an_io_error_is_told_and_survived(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        with files_may_not_grow_over(100_000):
            stored = await alerts_until_it_refuses(stores)
            await take_in_vain(stores, 20_000)

            assert (stores.alerts.fault, stores.readings.fault) == ("io error", "io error")
            assert len(await stores.alerts.open_alerts()) == stored + 1

        await stores.alerts.save(Transaction(alerts=[alert(9999)]))
        async with asyncio.timeout(HANGS_S):
            await stores.readings.flush()
        assert (stores.alerts.fault, stores.readings.fault) == ("", "")
        assert stores.readings.counts().stored == 20_000

    async with stores_in(tmp_path) as stores:
        assert len(await stores.alerts.open_alerts()) == stored + 2
        assert await stores.readings.audit() == []


@pytest.mark.fault("disk", "a disk that is read-only at the start", promise="no start is refused, no alert is stopped")
async def test_a_read_only_disk_at_the_start_stops_no_alert(disk: SmallDisk) -> None:
    async with stores_in(disk.folder) as stores:
        await stores.alerts.save(Transaction(alerts=[alert(1)], events=[event(1, 1)], deliveries=[delivery(1)]))
        first_epoch = stores.epoch
    disk.read_only()

    async with stores_in(disk.folder) as stores:
        assert stores.incidents == ["alerts.db read-only", "readings.db read-only"]
        assert (stores.alerts.fault, stores.readings.fault) == ("read-only", "read-only")
        assert stores.epoch > first_epoch
        assert await stores.alerts.open_alerts() == [alert(1)]
        assert await stores.alerts.undelivered() == [(event(1, 1), delivery(1))]

        number = stores.alerts.next_alert()
        await stores.alerts.save(Transaction(alerts=[alert(number)]))
        await take_in_vain(stores, 10)

        assert number > 1
        assert len(await stores.alerts.open_alerts()) == 2
        assert len(await stores.readings.batches(0, stores.readings.last_batch)) == 1

    disk.read_only(False)
    async with stores_in(disk.folder) as stores:
        assert stores.incidents == []
        assert await stores.alerts.open_alerts() == [alert(1)]


async def test_a_full_disk_at_the_start_is_no_hindrance(disk: SmallDisk) -> None:
    async with stores_in(disk.folder) as stores:
        await stores.alerts.save(Transaction(alerts=[alert(1)]))
    disk.fill()

    async with stores_in(disk.folder) as stores:
        await stores.alerts.save(Transaction(alerts=[big_alert(2)]))

        assert stores.alerts.fault == ""
        assert len(await stores.alerts.open_alerts()) == 2


@pytest.mark.fault("disk", "not one byte is free at the start", promise="no alert is stopped")
async def test_a_disk_without_a_single_byte_at_the_start_stops_no_alert(disk: SmallDisk) -> None:
    async with stores_in(disk.folder) as stores:
        await stores.alerts.save(Transaction(alerts=[alert(1)], events=[event(1, 1)], deliveries=[delivery(1)]))
    (disk.folder / "alerts.reserve").unlink()
    disk.fill()

    async with stores_in(disk.folder) as stores:
        assert stores.alerts.fault == "disk full"
        assert await stores.alerts.open_alerts() == [alert(1)]
        await stores.alerts.save(Transaction(alerts=[alert(2)]))
        assert len(await stores.alerts.open_alerts()) == 2

    disk.empty()
    async with stores_in(disk.folder) as stores:
        assert (stores.alerts.fault, stores.readings.fault) == ("", "")
        assert await stores.alerts.open_alerts() == [alert(1)]
