"""What is watched of a band goes the way of every alert: from a frame of a driver to the disk, over restarts and erasure."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from drivers.driver import Advertisement
from fake_devices import serial_hub_frames as frames
from fake_devices.serial_hub_frames import RecordValues
from tests.gateway.upper_half import BAND, PENDANT, STRAP, TestClock, UpperHalf, upper_half

PRESS = bytes.fromhex("0201060816d2fc4400073a01")
HOUR_S = 3600


class SteppedClock(TestClock):
    """Its wall clock can be set."""

    ahead_s = 0

    def wall_ms(self) -> int:  # type: ignore[explicit-override]  # from 3.12 on
        return super().wall_ms() + self.ahead_s * 1000


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
async def half(tmp_path: Path, clock: SteppedClock) -> AsyncIterator[UpperHalf]:
    async with upper_half(tmp_path, clock) as half:
        yield half


def record(number: int, **told: object) -> bytes:
    return frames.record(BAND, number, RecordValues(**told))  # type: ignore[typeddict-item]


async def passes(half: UpperHalf, seconds: float, *, but_for: str = BAND) -> None:
    """With a look at every minute; all bands but one are heard."""
    end_s = half.clock.now_s + seconds
    while half.clock.now_s < end_s:
        half.clock.now_s = min(end_s, half.clock.now_s + 60)
        for address in {BAND, PENDANT, STRAP} - {but_for}:
            half.pipeline.heard(address, "radio", half.pipeline.now_ms())
        await half.pipeline.tick()


def told(half: UpperHalf) -> list[tuple[str, str, str]]:
    return [(one.kind, one.event, one.device) for one in half.told()]


async def test_a_band_that_is_not_heard_is_told_with_the_room_of_its_wearer(half: UpperHalf) -> None:
    await passes(half, HOUR_S + 60)

    (alert,) = half.told()
    assert (alert.kind, alert.wearer, alert.room, alert.priority) == ("silent", "W-001", "3-201", "warning")


async def test_any_frame_of_a_band_is_a_sign_of_life_also_one_that_is_refused(half: UpperHalf) -> None:
    await passes(half, HOUR_S + 60, but_for=PENDANT)
    first = told(half)
    await half.hears(Advertisement(b"\x02\x01\x06\x03\x16\xd2\xfc", PENDANT))

    assert first == [("silent", "raised", PENDANT)]
    assert told(half) == [("silent", "cleared", PENDANT)]


async def test_a_clock_that_is_set_just_before_a_frame_neither_fires_nor_delays(half: UpperHalf, clock: SteppedClock) -> None:
    await passes(half, 600)
    clock.ahead_s = 10 * HOUR_S
    half.pipeline.heard(STRAP, "radio", half.pipeline.now_ms())

    await passes(half, HOUR_S - 600 - 60)
    early = told(half)
    await passes(half, 120)

    assert early == []
    assert told(half) == [("silent", "raised", BAND)]


async def test_a_kill_costs_a_minute_of_counting_at_most(tmp_path: Path, clock: SteppedClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await passes(half, HOUR_S - 600)
        await half.stores.alerts.stored()
    async with upper_half(tmp_path, clock) as half:
        memories = await half.stores.alerts.memories()
        await half.pipeline.warm_up(memories)
        await passes(half, 540)
        early = told(half)
        await passes(half, 180)

        assert early == []
        assert told(half) == [("silent", "raised", BAND)]


async def test_of_an_erased_wearer_no_memory_is_left(half: UpperHalf) -> None:
    await half.streams(record(1, worn=False, battery=12))
    await passes(half, 120)
    before = await half.stores.alerts.memories()
    half.pipeline.forget("W-001")
    half.clock.now_s += 61
    half.pipeline.heard(BAND, "port hall-hub", half.pipeline.now_ms())
    await half.pipeline.tick()

    assert f"supervision {BAND}" in before
    written = await half.stores.alerts.memories()
    assert written[f"supervision {BAND}"] == before[f"supervision {BAND}"]  # what is on the disk is the erasure's own


async def test_the_alert_names_the_reading_that_was_its_reason_and_both_are_kept(half: UpperHalf) -> None:
    await half.streams(record(1, battery=9))

    (alert,) = half.told()
    kept = await half.kept()
    assert (alert.kind, alert.priority, alert.rule.id) == ("battery", "warning", "BATT")
    assert [one.id for one in alert.readings] == [one.id for one in kept if one.kind == "battery"]


async def test_a_press_goes_before_what_is_watched_of_its_band(half: UpperHalf) -> None:
    await half.streams(record(1, sos=True, battery=9))

    assert [one.kind for one in half.told()] == ["sos", "battery"]
