"""A Da Fit watch, as the gateway's own Bluetooth and the driver `moyoung` see it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta

import pytest

from drivers.driver import Outcome
from drivers.measurement import BloodPressure
from fake_devices.bands.makers_band import ORDINARY
from fake_devices.bands.moyoung import COMMANDS, Firmware, MoyoungWatch
from fake_devices.ble_link.advertising_data import long_uuid
from fake_devices.ble_link.air import Air
from tests.fake_devices.bands.gateway_side import BAND, Told, connected, gateway_hears, noticed_soon
from tests.gateway.sources.recorder import eventually

TAKES_S = {"heart_rate": 0.2, "blood_pressure": 0.2, "oxygen_saturation": 0.2}
TEXT = "护理站:帮助已在路上"


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture(params=["MOYOUNG", "MOYOUNG-V2"])
async def watch(request: pytest.FixtureRequest) -> AsyncIterator[MoyoungWatch]:
    firmware: Firmware = request.param
    async with noticed_soon(MoyoungWatch(Air(), BAND, firmware=firmware, takes_s=TAKES_S)) as watch:
        yield watch


async def test_its_clock_is_set_its_battery_told_and_it_measures(watch: MoyoungWatch, told: Told) -> None:
    watch.clock_error = timedelta(hours=-8)

    async with gateway_hears(watch.air, told.recorder, "moyoung"):
        await told.until("battery", "heart_rate", "blood_pressure", "oxygen_saturation")

    assert abs(watch.clock_error) < timedelta(seconds=3)
    assert told.values("heart_rate") == [72]
    assert told.values("blood_pressure") == [BloodPressure(124, 78)]
    assert told.values("oxygen_saturation") == [97]
    assert told.values("battery") == [80]
    assert told.refusals == []
    assert watch.every_min > 0, "it measures by itself between the visits"
    assert not watch.dead


async def test_pulses_that_it_kept_arrive_with_their_times(watch: MoyoungWatch, told: Told) -> None:
    noon_yesterday = datetime.combine(watch.now().date(), time(12)) - timedelta(days=1)
    watch.keeps(ORDINARY, ago_s=(watch.now() - noon_yesterday).total_seconds())

    async with gateway_hears(watch.air, told.recorder, "moyoung"):
        await told.until("heart_rate", history=True)

    (pulse,) = [one for one in told.measurements if one.history]
    assert (pulse.value, pulse.device_time) == (72, noon_yesterday.isoformat())


async def test_on_the_table_it_measures_nothing(watch: MoyoungWatch, told: Told) -> None:
    watch.body = None

    async with gateway_hears(watch.air, told.recorder, "moyoung"):
        await told.until("battery")
        await eventually(lambda: watch.is_measuring)
        await eventually(lambda: not watch.is_measuring)

    assert told.values("heart_rate") == []


async def test_it_buzzes_and_its_search_for_the_phone_is_told(watch: MoyoungWatch, told: Told) -> None:
    async with gateway_hears(watch.air, told.recorder, "moyoung") as bluetooth:
        await told.until("battery")
        assert await bluetooth.signal(BAND, "received") == Outcome("sent")
        await watch.looks_for_its_phone()
        await told.until("button")

    assert watch.vibrations == [1]
    assert told.values("button") == ["find_phone"]


async def test_it_shows_a_text_that_comes_in_pieces(told: Told) -> None:
    text = TEXT.encode()
    frame = b"\xfe\xea\x10" + bytes([len(text) + 6]) + b"\x41\x0b" + text

    async with noticed_soon(MoyoungWatch(Air(), BAND, firmware="MOYOUNG")) as watch, connected(watch.air) as client:
        for piece in (frame[:20], frame[20:]):
            await client.write_gatt_char(long_uuid(COMMANDS), piece, response=False)
        await eventually(lambda: watch.shown == [TEXT])


async def test_it_never_comes_back_once_it_was_switched_off(told: Told) -> None:
    async with noticed_soon(MoyoungWatch(Air(), BAND)) as watch:
        async with connected(watch.air) as client:
            await client.write_gatt_char(long_uuid(COMMANDS), bytes.fromhex("feea200551"), response=False)
            await eventually(lambda: not client.is_connected)

        assert watch.dead
