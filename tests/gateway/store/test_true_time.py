"""Readings stamped by a clock that was not set get their true time while nobody has them, and never afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import pytest
from msgspec.structs import replace

from gateway.errors import StoreBroken
from gateway.readings import Reading
from gateway.store.database import Database
from tests.gateway.store.given import StillClock, added, listed, reading, stores_in, take


def stamped(number: int) -> Reading:
    return replace(reading(number), clock="unsynced", monotonic_ms=1_000 * number)


async def test_what_has_left_once_stays_as_it_was_though_its_session_is_over(tmp_path: Path) -> None:
    clock = StillClock(state="unsynced")
    async with stores_in(tmp_path, clock) as stores:
        await stores.true_times.look()
        await take(stores, 2, stamped)
        (before,) = await stores.readings.batches(0, 1)
        await take(stores, 2, stamped, start=2)
        stores.readings.begin_session()

        clock.now_is = "synced"
        await stores.true_times.look()

        first, second = [(await stores.readings.batches(one, one + 1))[0] for one in (0, 1)]
        assert first.body == before.body
        assert b"corrected_time" in second.body


async def test_what_a_device_measured_before_the_gateway_booted_is_read_back_and_gets_it_too(tmp_path: Path) -> None:
    def before_the_boot(number: int) -> Reading:
        return replace(stamped(number), monotonic_ms=-3_600_000)

    clock = StillClock(state="unsynced")
    async with stores_in(tmp_path, clock) as stores:
        await stores.true_times.look()
        await take(stores, 2, before_the_boot)
        assert [one.monotonic_ms for one in await listed(stores.readings.recent(0))] == [-3_600_000] * 2

        clock.now_is = "synced"
        await stores.true_times.look()

        assert [one.quality for one in await listed(stores.readings.recent(0))] == [("corrected_time",)] * 2


async def test_where_the_disk_refuses_when_the_clock_is_set_they_get_it_once_it_takes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: Any) -> NoReturn:
        raise StoreBroken("disk full")

    clock = StillClock(state="unsynced")
    async with stores_in(tmp_path, clock) as stores:
        await stores.true_times.look()
        await take(stores, 2, stamped)
        with monkeypatch.context() as disk:
            disk.setattr(Database, "write", refused)
            added(stores, stamped(2))
            assert not await stores.readings._commit()
            clock.now_is = "synced"
            await stores.true_times.look()
        await stores.readings.flush()
        await stores.true_times.look()

        assert [one.quality for one in await listed(stores.readings.recent(0))] == [("corrected_time",)] * 3
