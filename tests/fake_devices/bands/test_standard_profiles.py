"""The bands that speak standard profiles, as the gateway's own Bluetooth and the drivers `ble-...` see them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drivers.driver import Outcome
from drivers.measurement import BloodPressure, Position
from fake_devices.bands.cuff import BloodPressureCuff
from fake_devices.bands.oximeter import PulseOximeter
from fake_devices.bands.strap import HeartRateStrap
from fake_devices.bands.tag import Tag
from fake_devices.bands.thermometer import Thermometer
from fake_devices.bands.tracker import LocationTracker
from fake_devices.ble_link.air import Air
from tests.fake_devices.bands.gateway_side import BAND, Told, gateway_hears, noticed_soon
from tests.gateway.sources.recorder import eventually


@pytest.fixture
def told() -> Told:
    return Told()


async def test_a_strap_streams_and_buzzes(told: Told) -> None:
    async with (
        noticed_soon(HeartRateStrap(Air(), BAND)) as strap,
        gateway_hears(strap.air, told.recorder, "ble-heart-rate") as bluetooth,
    ):
        await told.until("battery")
        await strap.measures(71)
        await strap.measures(88, contact=False)
        await told.recorder.until(lambda: len(told.values("heart_rate")) == 2)
        assert await bluetooth.signal(BAND, "help_on_the_way") == Outcome("sent")
        await eventually(lambda: strap.vibrations == [2])

    assert told.values("heart_rate") == [71, 88]
    assert told.values("worn") == [True, False]


async def test_a_cuff_tells_what_it_kept_and_what_it_measures(told: Told) -> None:
    async with (
        noticed_soon(BloodPressureCuff(Air(), BAND)) as cuff,
        gateway_hears(cuff.air, told.recorder, "ble-blood-pressure"),
    ):
        cuff.has_measured(151, 92, 80, ago_s=600)
        await cuff.measures(128, 82, 71)
        await told.recorder.until(lambda: len(told.values("blood_pressure")) == 2)

    assert told.values("blood_pressure") == [BloodPressure(151, 92, 111, 80), BloodPressure(128, 82, 97, 71)]


async def test_a_thermometer_is_read(told: Told) -> None:
    async with (
        noticed_soon(Thermometer(Air(), BAND)) as thermometer,
        gateway_hears(thermometer.air, told.recorder, "ble-thermometer"),
    ):
        await thermometer.measures(38.4)
        await told.until("body_temperature")

    assert told.values("body_temperature") == [38.4]


async def test_an_oximeter_streams_and_says_when_the_finger_is_out(told: Told) -> None:
    async with (
        noticed_soon(PulseOximeter(Air(), BAND)) as oximeter,
        gateway_hears(oximeter.air, told.recorder, "ble-pulse-oximeter"),
    ):
        await told.until("battery")
        await oximeter.measures(96, 74)
        await oximeter.finger_is_out()
        await told.until("worn")

    assert (told.values("oxygen_saturation"), told.values("heart_rate")) == ([96], [74])
    assert told.values("worn") == [False]


async def test_an_oximeter_gives_its_spot_checks_and_keeps_them(told: Told) -> None:
    async with (
        noticed_soon(PulseOximeter(Air(), BAND)) as oximeter,
        gateway_hears(oximeter.air, told.recorder, "ble-pulse-oximeter"),
    ):
        oximeter.has_measured(91, 102, ago_s=7200)
        oximeter.has_measured(94, 88, ago_s=3600)
        await told.recorder.until(lambda: len(told.values("heart_rate", history=True)) == 2)

    assert told.values("oxygen_saturation", history=True) == [91, 94]
    assert len(oximeter.stored) == 2, "only a technician has them deleted"


async def test_a_tracker_tells_where_it_is_and_how_sure_it_is(told: Told) -> None:
    async with noticed_soon(LocationTracker(Air(), BAND)) as tracker, gateway_hears(tracker.air, told.recorder, "ble-location"):
        await told.until("battery")
        await tracker.is_at(31.2304, -121.4737)
        await told.until("position")

    assert told.values("position") == [Position(31.2304, -121.4737, 8.0)]


async def test_a_tag_tells_its_battery_and_takes_the_time(told: Told) -> None:
    async with noticed_soon(Tag(Air(), BAND)) as tag, gateway_hears(tag.air, told.recorder, "ble-battery"):
        tag.clock_error = timedelta(minutes=12)
        await told.until("battery")

    assert told.values("battery") == [80]
    assert abs(tag.clock_error) < timedelta(seconds=3)
