"""An H Band watch, as the gateway's own Bluetooth and the driver `veepoo` see it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest
from structlog.testing import capture_logs

from drivers.measurement import BloodPressure
from fake_devices.bands import veepoo
from fake_devices.bands.band import MODEL_NUMBER
from fake_devices.bands.makers_band import ORDINARY
from fake_devices.bands.veepoo import VeepooWatch
from fake_devices.ble_link.advertising_data import long_uuid
from fake_devices.ble_link.air import Air
from gateway.sources import conversation
from tests.fake_devices.bands.gateway_side import BAND, Told, connected, gateway_hears, noticed_soon
from tests.gateway.sources.recorder import eventually

TAKES_S = {"heart_rate": 1.0, "blood_pressure": 0.5, "oxygen_saturation": 0.2}
BUSY = replace(ORDINARY, heart_rate_bpm=91, activity=1.0)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def watch() -> AsyncIterator[VeepooWatch]:
    async with noticed_soon(VeepooWatch(Air(), BAND, takes_s=TAKES_S)) as watch:
        yield watch


async def test_its_clock_is_set_and_its_battery_and_steps_told(watch: VeepooWatch, told: Told) -> None:
    watch.clock_error = timedelta(hours=5)
    watch.steps = 4210

    async with gateway_hears(watch.air, told.recorder, "veepoo"):
        await told.until("battery", "steps")
        await watch.has_counted(4230)
        await told.recorder.until(lambda: len(told.values("steps")) == 2)

    assert (told.values("battery"), told.values("steps")) == ([80], [4210, 4230])
    assert abs(watch.clock_error) < timedelta(seconds=3)


@pytest.mark.parametrize("tail", ["short", "long"])
async def test_either_opening_is_found(tail: Literal["short", "long"], told: Told) -> None:
    async with noticed_soon(VeepooWatch(Air(), BAND, tail=tail)) as watch, gateway_hears(watch.air, told.recorder, "veepoo"):
        await told.until("battery")

        assert watch.connections == 1


async def test_it_measures_when_it_is_told_to(watch: VeepooWatch, told: Told) -> None:
    async with gateway_hears(watch.air, told.recorder, "veepoo"):
        await told.until("heart_rate", "blood_pressure", "oxygen_saturation")
        await eventually(lambda: not watch.is_measuring)

    assert set(told.values("heart_rate")) == {72}
    assert told.values("blood_pressure") == [BloodPressure(124, 78)]
    assert set(told.values("oxygen_saturation")) == {97}
    assert told.refusals == []


async def test_what_it_kept_arrives_with_its_own_times_minute_by_minute(watch: VeepooWatch, told: Told) -> None:
    watch.keeps(BUSY, ago_s=1800)
    begun = watch.kept[0].at.replace(second=0, microsecond=0)

    async with gateway_hears(watch.air, told.recorder, "veepoo"):
        await told.until("oxygen_saturation", history=True)

    pulses = [one for one in told.measurements if one.kind == "heart_rate" and one.history]
    assert [one.value for one in pulses] == [91, 94, 96, 93, 89]
    assert [one.device_time for one in pulses[:2]] == [(begun + timedelta(minutes=n)).isoformat() for n in (0, 1)]
    assert told.values("blood_pressure", history=True) == [BloodPressure(124, 78)]


async def test_a_day_that_it_has_sent_is_on_the_disk_before_it_is_asked_for_the_next(
    watch: VeepooWatch, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It forgets what it has sent, so a day that the disk does not take would be lost together with the next."""
    monkeypatch.setattr(conversation, "STORE_S", 0.2)
    day_before_yesterday = watch.now().replace(hour=12) - timedelta(days=2)
    watch.keeps(ORDINARY, ago_s=(watch.now() - day_before_yesterday).total_seconds())
    watch.keeps(BUSY, ago_s=0)
    told.recorder.disk.clear()

    with capture_logs() as logged:
        async with gateway_hears(watch.air, told.recorder, "veepoo"):
            await eventually(lambda: any(line.get("why") == "the disk does not take the records now" for line in logged))

    assert told.values("heart_rate", history=True) == [72] * 5
    assert [kept.body for kept in watch.kept] == [BUSY]


async def test_it_cannot_be_made_to_vibrate(watch: VeepooWatch, told: Told) -> None:
    async with gateway_hears(watch.air, told.recorder, "veepoo") as bluetooth:
        await told.until("battery")

        assert (await bluetooth.signal(BAND, "received")).result == "unsupported"


async def test_who_does_not_open_the_session_is_let_go(watch: VeepooWatch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(veepoo, "HANGS_UP_AFTER_S", 2)
    async with connected(watch.air) as client:
        await eventually(lambda: not client.is_connected)


async def test_who_reads_before_the_session_is_open_loses_the_link(watch: VeepooWatch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(veepoo, "HANGS_UP_AFTER_S", 3_600)
    async with connected(watch.air) as client:
        await client.read_gatt_char(long_uuid(MODEL_NUMBER))

        await eventually(lambda: not client.is_connected)
