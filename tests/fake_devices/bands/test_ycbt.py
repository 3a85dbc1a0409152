"""A SmartHealth watch, as the gateway's own Bluetooth and the driver `ycbt` see it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from bleak import BleakClient

from drivers.driver import Outcome
from drivers.measurement import BloodPressure
from fake_devices.bands import makers_band, ycbt
from fake_devices.bands import ycbt_frames as frames
from fake_devices.bands.makers_band import ORDINARY
from fake_devices.bands.strap import HEART_RATE_MEASUREMENT
from fake_devices.bands.ycbt import COMMANDS, SOS, VALUES, YcbtWatch
from fake_devices.ble_link.advertising_data import long_uuid
from fake_devices.ble_link.air import Air
from gateway.sources.ble.bluetooth import Bluetooth
from tests.fake_devices.bands.gateway_side import BAND, Told, connected, gateway_hears, noticed_soon
from tests.gateway.sources.recorder import eventually

BUSY = replace(ORDINARY, heart_rate_bpm=91, systolic_mmhg=141, diastolic_mmhg=86, oxygen_saturation_percent=95)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def watch() -> AsyncIterator[YcbtWatch]:
    takes_s = {"heart_rate": 5.2, "blood_pressure": 0.2, "oxygen_saturation": 0.2, "body_temperature": 0.2}
    async with noticed_soon(YcbtWatch(Air(), BAND, takes_s=takes_s)) as watch:
        yield watch


@pytest.fixture
async def bluetooth(watch: YcbtWatch, told: Told) -> AsyncIterator[Bluetooth]:
    async with gateway_hears(watch.air, told.recorder, "ycbt") as bluetooth:
        yield bluetooth


@pytest.mark.parametrize(
    ("made", "captured"),
    [
        pytest.param(frames.frame(frames.LIVE, 0x01, b"\x52"), "06010700521a55", id="pulse"),
        pytest.param(
            frames.frame(frames.LIVE, 0x00, frames.words(635, 407, 26)), "06000c007b0297011a00b60d", id="steps, metres, kcal"
        ),
        pytest.param(
            frames.frame(frames.LIVE, 0x03, b"\x6f\x4a\x44".ljust(14, b"\0")),
            "060314006f4a44000000000000000000000074f1",
            id="pressure",
        ),
    ],
)
def test_its_frames_are_those_that_were_captured(made: bytes, captured: str) -> None:
    assert made.hex() == captured


def test_its_records_are_as_long_as_the_captured_ones() -> None:
    at = datetime(2026, 7, 6, 23, 0, 44)  # noqa: DTZ001 (a watch knows no zone)

    assert frames.seconds(at).hex() == "1cf0de31"
    assert {query: len(frames.record(query, at, ORDINARY)) for query in frames.TABLES} == {6: 6, 8: 8, 9: 20, 0x1A: 6, 0x1E: 7}


async def test_its_clock_is_set_and_its_battery_told(watch: YcbtWatch, bluetooth: Bluetooth, told: Told) -> None:
    watch.clock_error = timedelta(days=-3)
    watch.battery_percent = 61

    await told.until("battery")

    assert told.values("battery") == [61]
    assert watch.clock_set == 1
    assert abs(watch.clock_error) < timedelta(seconds=3)


async def test_it_is_told_to_measure_by_itself(watch: YcbtWatch, bluetooth: Bluetooth) -> None:
    await eventually(lambda: len(watch.automatic) == 4)

    assert watch.every_min == min(watch.automatic.values()) >= 30


async def test_what_it_kept_arrives_with_its_own_times(watch: YcbtWatch, bluetooth: Bluetooth, told: Told) -> None:
    for number in range(9):  # so many that the records straddle frames
        watch.keeps(BUSY if number else ORDINARY, ago_s=3600 * (9 - number))

    await told.until("respiratory_rate", "body_temperature", history=True)

    assert told.values("heart_rate", history=True)[:9] == [72] + [91] * 8
    assert told.values("oxygen_saturation", history=True)[:2] == [97, 95]
    assert told.values("body_temperature", history=True)[0] == 36.5
    assert BloodPressure(141, 86) in told.values("blood_pressure", history=True)
    first = next(one for one in told.measurements if one.kind == "heart_rate")
    assert first.device_time == watch.kept[0].at.isoformat(timespec="seconds")
    assert told.refusals == []
    assert not watch.erased


async def test_it_measures_when_it_is_told_to_and_an_echo_is_no_measurement(
    watch: YcbtWatch, bluetooth: Bluetooth, told: Told
) -> None:
    watch.last_pulse = 144

    await told.until("heart_rate", "blood_pressure", "oxygen_saturation", "body_temperature")

    assert set(told.values("heart_rate")) == {72}
    assert told.values("blood_pressure") == [BloodPressure(124, 78)]
    assert told.values("oxygen_saturation") == [97]
    assert told.values("body_temperature") == [36.5]
    await eventually(lambda: not watch.is_measuring)


async def test_an_sos_is_told_once_and_acknowledged(watch: YcbtWatch, bluetooth: Bluetooth, told: Told) -> None:
    await told.until("battery")

    watch.presses()
    await told.until("button")

    await eventually(lambda: SOS not in watch.unacknowledged)
    assert told.values("button") == ["sos"]


@pytest.mark.fault("disk", "it hangs while a band waits for the acknowledgement of its SOS", promise="the band keeps it")
async def test_an_sos_is_not_acknowledged_before_it_is_on_the_disk(watch: YcbtWatch, bluetooth: Bluetooth, told: Told) -> None:
    await told.until("battery")
    told.recorder.disk.clear()

    watch.presses()
    await told.until("button")
    await told.recorder.until(lambda: told.recorder.asked_whether_stored)
    assert SOS in watch.unacknowledged

    told.recorder.disk.set()
    await eventually(lambda: SOS not in watch.unacknowledged)


async def test_a_search_for_its_phone_is_no_sos(watch: YcbtWatch, bluetooth: Bluetooth, told: Told) -> None:
    await told.until("battery")

    watch.looks_for_its_phone()
    await told.until("button")

    assert told.values("button") == ["find_phone"]


async def test_its_steps_are_told(watch: YcbtWatch, bluetooth: Bluetooth, told: Told) -> None:
    await told.until("battery")

    await watch.has_counted(4210)
    await told.until("steps")

    assert told.values("steps") == [4210]


async def test_it_buzzes_in_the_midst_of_a_measurement(watch: YcbtWatch, bluetooth: Bluetooth) -> None:
    await eventually(lambda: watch.is_measuring)

    assert await bluetooth.signal(BAND, "received") == Outcome("done")

    assert watch.vibrations == [1]
    assert watch.is_measuring


async def test_on_the_table_it_measures_nothing(watch: YcbtWatch, bluetooth: Bluetooth, told: Told) -> None:
    await told.until("battery")
    await watch.is_taken_off()
    await told.until("worn")

    await eventually(lambda: watch.commands[-1][:6].hex() == "032f08000004")  # the last measurement was given up

    assert told.values("worn") == [False]
    assert [told.values(kind) for kind in ("heart_rate", "blood_pressure", "oxygen_saturation")] == [[], [], []]


async def test_it_measures_by_itself_once_it_was_told_to(watch: YcbtWatch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(makers_band, "MINUTE_S", 0.001)

    watch.measures_every(3)

    await eventually(lambda: len(watch.kept) >= 2)


# --- who does not know its ways


class Clumsy:
    """A client that writes frames, and keeps what is indicated."""

    def __init__(self, client: BleakClient) -> None:
        self.heard: list[str] = []
        self._client = client

    async def subscribes(self) -> None:
        for uuid in (COMMANDS, VALUES):
            await self._client.start_notify(uuid, lambda _, value: self.heard.append(value.hex()))

    async def writes(self, frame: bytes) -> None:
        await self._client.write_gatt_char(COMMANDS, frame, response=True)


@pytest.fixture
async def clumsy(watch: YcbtWatch) -> AsyncIterator[Clumsy]:
    async with connected(watch.air) as client:
        clumsy = Clumsy(client)
        await clumsy.subscribes()
        yield clumsy


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        pytest.param("02000800474300ff", "02000700ff", id="wrong CRC"),
        pytest.param("0200090047436fec", "02000700fd", id="wrong length"),
        pytest.param(frames.frame(frames.GET, 0x55, b"").hex(), "02550700fc", id="unknown key"),
        pytest.param(frames.frame(0x09, 0x01, b"").hex(), "09010700fb", id="unknown command"),
    ],
)
async def test_what_it_does_not_understand_it_refuses(clumsy: Clumsy, written: str, refusal: str) -> None:
    await clumsy.writes(bytes.fromhex(written))

    await eventually(lambda: clumsy.heard)
    assert clumsy.heard[0].startswith(refusal)


async def test_a_push_that_nobody_acknowledges_is_repeated(
    watch: YcbtWatch, clumsy: Clumsy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ycbt, "PUSHED_EVERY_S", 0.02)

    watch.presses()

    await eventually(lambda: clumsy.heard == ["0405070001feb1"] * 5)
    assert SOS in watch.unacknowledged


async def test_other_records_come_only_after_the_last_were_acknowledged(watch: YcbtWatch, clumsy: Clumsy) -> None:
    watch.keeps(ORDINARY, ago_s=60)
    await clumsy.writes(frames.frame(frames.STORED, 0x06, b""))
    await eventually(lambda: len(clumsy.heard) == 3)

    await clumsy.writes(frames.frame(frames.STORED, 0x08, b""))
    await clumsy.writes(frames.frame(frames.STORED, 0x80, b"\0"))
    await clumsy.writes(frames.frame(frames.STORED, 0x1A, b""))
    await eventually(lambda: len(clumsy.heard) == 6)

    assert [heard[:4] for heard in clumsy.heard] == ["0506", "0515", "0580", "051a", "0522", "0580"]


async def test_some_commands_erase_what_it_kept_or_end_the_link(watch: YcbtWatch, clumsy: Clumsy) -> None:
    watch.keeps(ORDINARY, ago_s=60)

    await clumsy.writes(frames.frame(frames.STORED, 0x44, b""))
    await clumsy.writes(frames.frame(frames.GET, 0x1B, b""))

    await eventually(lambda: watch.link is None)
    assert watch.erased
    assert not watch.kept


async def test_its_standard_heart_rate_is_cached_and_no_measurement(watch: YcbtWatch) -> None:
    heard: list[bytes] = []
    watch.body = None

    async with connected(watch.air) as client:
        await client.start_notify(long_uuid(HEART_RATE_MEASUREMENT), lambda _, value: heard.append(bytes(value)))
        await eventually(lambda: heard)

    assert heard == [b"\x00\x57"]
