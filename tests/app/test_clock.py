"""A clock that is not set, or that somebody sets: nothing is fired, delayed or expired by it, and the times are put right."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from gateway.formats.times import from_rfc3339
from tests.app.center import HUB_BAND, OTHER_BAND, Center, center
from tests.app.test_wiring import asks
from tests.simulation.virtual_time import BEGINNING_MS, run

Story = Callable[[Center], Awaitable[None]]
HOUR_S = 3600.0
YEARS_S = 10 * 365 * 86_400.0
TO_1970_S = -BEGINNING_MS / 1000 - 1000  # the loop begins at 1000 s
STEPS = [pytest.param(step_s, id=name) for name, step_s in (
    ("an hour ahead", HOUR_S), ("an hour back", -HOUR_S), ("ten years ahead", YEARS_S), ("ten years back", -YEARS_S)
)]  # fmt: skip
WRONG = [pytest.param(by_s, id=name) for name, by_s in (("1970", TO_1970_S), ("ahead", YEARS_S), ("behind", -YEARS_S))]


def plays(folder: Path, story: Story) -> None:
    async def whole() -> None:
        async with center(folder) as place, place.runs():
            await story(place)
            assert place.platform.consumer.faults == []

    run(whole())


def now_s() -> float:
    return asyncio.get_running_loop().time()


# --- not set ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong_s", WRONG)
@pytest.mark.parametrize("restart", [False, True], ids=["", "over a restart"])
@pytest.mark.fault(
    "clock",
    "1970, or ten years off at the start, and set later",
    promise="what waits has its true time; no alert waits for it",
)
def test_what_waits_is_sent_at_its_true_time_once_the_clock_is_set_and_an_alert_never_waits(
    tmp_path: Path, wrong_s: float, restart: bool
) -> None:
    async def whole() -> None:
        async with center(tmp_path) as place:
            place.clock.step_wall(wrong_s)
            place.clock.becomes("unsynced")
            async with place.runs():
                place.hub.presses(HUB_BAND)
                sos = await place.alert(kind="sos", within_s=2)
                place.platform.goes_away()
                said_s = [await said(place, rate) for rate in (71, 72, 73)]
                await asyncio.sleep(5)
                if not restart:
                    await set_right(place, wrong_s)
            async with place.runs():
                await set_right(place, wrong_s)
                await place.comes(lambda: len(place.platform.consumer) == 4, within_s=60)

            readings = sorted(place.platform.consumer.readings(), key=lambda one: int(one["id"].rpartition("/")[2]))
            true_ms = [BEGINNING_MS + 1000 * at_s for at_s in said_s]
            assert {one["clock"] for one in readings} == {"unsynced"} == {sos["readings"][0]["clock"]}
            for one, at_ms in zip(readings[1:], true_ms, strict=True):
                assert abs(from_rfc3339(one["at"]) - at_ms) < 1000
                assert abs(from_rfc3339(one["received_at"]) - at_ms) < 1000
                assert one["quality"] == ["corrected_time"]
            assert readings[0]["quality"] == []  # of the press, which the alert had shown
            assert place.platform.consumer.faults == []

    async def set_right(place: Center, wrong_s: float) -> None:
        if place.clock.state() == "unsynced":
            place.clock.step_wall(-wrong_s)
            place.clock.becomes("synced")
            await asyncio.sleep(3)
        place.platform.comes_back()

    run(whole())


@pytest.mark.fault("clock", "the clock is set while readings wait for their commit", promise="they have their true time")
def test_what_is_on_no_disk_yet_when_the_clock_is_set_is_sent_at_its_true_time(tmp_path: Path) -> None:
    async def whole() -> None:
        async with center(tmp_path) as place:
            place.clock.step_wall(-YEARS_S)
            place.clock.becomes("unsynced")
            async with place.runs():
                await asyncio.sleep(5)
                place.hub.says(HUB_BAND, heart_rate=71)
                at_ms = BEGINNING_MS + 1000 * now_s()
                await asyncio.sleep(0.3)
                place.clock.step_wall(YEARS_S)
                place.clock.becomes("synced")
                await place.comes(lambda: len(place.platform.consumer), within_s=5)

            (reading,) = place.platform.consumer.readings()
            assert abs(from_rfc3339(reading["at"]) - at_ms) < 1000

    run(whole())


async def said(place: Center, rate: int) -> float:
    place.hub.says(OTHER_BAND, heart_rate=rate)
    at_s = now_s()
    await asyncio.sleep(10)
    return at_s


# --- set while it runs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step_s", STEPS)
@pytest.mark.fault("clock", "such a step while a second measurement is awaited", promise="awaited as long as ever")
def test_a_second_measurement_is_awaited_as_long_as_ever(tmp_path: Path, step_s: float) -> None:
    async def story(place: Center) -> None:
        place.hub.says(HUB_BAND, blood_pressure=(192, 110))
        first = await place.alert(kind="blood_pressure", unconfirmed=True, within_s=2)
        begun_s = now_s()
        await asyncio.sleep(60)
        place.clock.step_wall(step_s)

        await place.alert("updated", id=first["id"], detail="could_not_confirm", within_s=660)

        assert 590 < now_s() - begun_s < 615

    plays(tmp_path, story)


@pytest.mark.parametrize("step_s", STEPS)
def test_what_lasts_is_found_as_soon_as_ever(tmp_path: Path, step_s: float) -> None:
    async def story(place: Center) -> None:
        begun_s = now_s()
        async with asyncio.TaskGroup() as tasks:
            tachycardia = tasks.create_task(fast_heart(place, step_s))
            await place.alert(kind="heart_rate", within_s=700)
            found_s = now_s() - begun_s
            tachycardia.cancel()

        assert found_s == pytest.approx(600, abs=6)  # whether the wearer moves is not known

    plays(tmp_path, story)


async def fast_heart(place: Center, step_s: float) -> None:
    for second in range(700):
        place.hub.says(HUB_BAND, heart_rate=150)
        await asyncio.sleep(1)
        if second == 20:
            place.clock.step_wall(step_s)


@pytest.mark.parametrize("step_s", STEPS)
@pytest.mark.fault(
    "clock",
    "a step of an hour or ten years while an alert is open",
    promise="nobody is escalated sooner or later",
)
def test_nobody_is_escalated_sooner_or_later(tmp_path: Path, step_s: float) -> None:
    async def story(place: Center) -> None:
        place.hub.presses(HUB_BAND)
        sos = await place.alert(kind="sos", within_s=2)
        begun_s = now_s()
        await asyncio.sleep(20)
        place.clock.step_wall(step_s)

        await place.alert("escalated", id=sos["id"], level=1, within_s=90)

        assert 55 < now_s() - begun_s < 65

    plays(tmp_path, story)


@pytest.mark.parametrize("step_s", STEPS)
@pytest.mark.fault("clock", "such a step, and the retention looks", promise="nothing is forgotten before its time")
def test_nothing_is_forgotten_before_its_time(tmp_path: Path, step_s: float) -> None:
    async def story(place: Center) -> None:
        place.hub.says(HUB_BAND, heart_rate=71)
        await place.comes(lambda: len(place.platform.consumer), within_s=5)
        await asyncio.sleep(5)
        place.clock.step_wall(step_s)

        await asyncio.sleep(2 * 3600 - 600)

        assert len([line async for line in asks(place, "export", {"what": "readings"})]) - 1 == 1

    plays(tmp_path, story)
