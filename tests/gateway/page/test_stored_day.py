"""The day of the charts out of a real store: also what was measured before the page was there, and before a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.measurement import BloodPressure
from gateway.errors import StoreBroken
from gateway.page.day import DAY_S, SPACING_S, Day
from gateway.page.stored_day import take_up
from tests.gateway.store.given import NOW_MS, StillClock, reading, stores_in, take

BAND, HOUR_MS = "C0:FF:EE:00:00:01", 3_600_000
NOW_S = NOW_MS // 1000


async def test_a_day_that_was_stored_is_drawn_after_a_restart(tmp_path: Path) -> None:
    clock = StillClock(NOW_MS - 30 * HOUR_MS)
    async with stores_in(tmp_path, clock) as stores:
        for hours_ago in range(30, 0, -1):
            clock.now_ms = NOW_MS - hours_ago * HOUR_MS
            await take(stores, 1, lambda _, ago=hours_ago: reading(value=60 + ago, at_ms=NOW_MS - ago * HOUR_MS))  # type: ignore[misc]
        pressure = BloodPressure(systolic=128, diastolic=82)
        await take(stores, 1, lambda _: reading(kind="blood_pressure", value=pressure, at_ms=NOW_MS - HOUR_MS))
        await take(stores, 1, lambda _: reading(value=250, at_ms=NOW_MS - HOUR_MS // 2, quality=("invalid:not_worn",)))

    day = Day()
    async with stores_in(tmp_path) as stores:
        await take_up(day, stores.readings, StillClock())

    times, rates = day.of(BAND, "heart_rate", NOW_S)
    assert rates == [60 + ago for ago in range(23, 0, -1)]
    assert times == [NOW_S - 3600 * ago for ago in range(23, 0, -1)]
    assert day.of(BAND, "blood_pressure", NOW_S) == [[NOW_S - 3600], [128], [82]]


async def test_what_is_older_is_not_even_read(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        for old in range(40):
            await take(stores, 1, lambda _, ago=90 - old: reading(at_ms=NOW_MS - ago * HOUR_MS))  # type: ignore[misc]
        await take(stores, 1, lambda _: reading(value=71, at_ms=NOW_MS - HOUR_MS))
        read: list[object] = []
        look = stores.readings.look

        async def counted(work: object) -> object:
            found = await look(work)  # type: ignore[arg-type,var-annotated]
            read.extend(found if isinstance(found, list) else [])
            return found

        stores.readings.look = counted  # type: ignore[method-assign,assignment]
        day = Day()
        await take_up(day, stores.readings, StillClock())

    assert day.of(BAND, "heart_rate", NOW_S)[1] == [71]
    assert len(read) == 2  # the batch itself, and the one before it, which may reach into the day


async def test_a_store_that_cannot_be_read_leaves_the_charts_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stores_in(tmp_path) as stores:

        async def broken(_work: object) -> None:
            raise StoreBroken("io")

        monkeypatch.setattr(stores.readings, "look", broken)
        day = Day()
        day.add(("W-001", BAND, "heart_rate"), NOW_S, (70,))
        await take_up(day, stores.readings, StillClock())

    assert day.of(BAND, "heart_rate", NOW_S) == [[NOW_S], [70]]


def test_what_comes_late_is_put_where_it_belongs_and_points_keep_their_distance() -> None:
    day, key = Day(), ("W-001", BAND, "heart_rate")

    for ago_s in (0, 2 * SPACING_S, SPACING_S, SPACING_S + 1, DAY_S // 2):
        day.add(key, NOW_S - ago_s, (ago_s,))

    assert day.of(BAND, "heart_rate", NOW_S) == [
        [NOW_S - DAY_S // 2, NOW_S - 2 * SPACING_S, NOW_S - SPACING_S, NOW_S],
        [DAY_S // 2, 2 * SPACING_S, SPACING_S, 0],
    ]


@pytest.mark.parametrize("at_s", [-5_000_000_000, -1, 2**32])
def test_a_time_that_cannot_be_is_no_reason_to_fall(at_s: int) -> None:
    day, key = Day(), ("W-001", BAND, "heart_rate")
    day.add(key, at_s, (70,))
    day.add(key, NOW_S, (71,))

    assert NOW_S in day.of(BAND, "heart_rate", NOW_S)[0]
