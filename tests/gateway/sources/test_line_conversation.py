"""Conversations over a pseudo-terminal: a device is started, asked, fetched from, and told to forget only what is stored."""

from __future__ import annotations

import asyncio
import termios
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

import drivers
from drivers.driver import (
    Advertisement,
    Context,
    Conversation,
    Fetch,
    Measure,
    Outcome,
    Pair,
    Refusal,
    SerialDriver,
    Status,
    Wait,
)
from drivers.measurement import BloodPressure, Measurement
from fake_devices.pseudo_terminal import PseudoTerminal
from fake_devices.serial_cuff import START, STOP, FakeCuff
from fake_devices.text_hubs import GprpHub, OmgHub
from gateway.driver_bugs import DriverFaults
from gateway.sources import conversation, serial_port
from gateway.sources.ports import Parity, opened
from gateway.sources.serial_port import SerialPort
from tests.gateway.sources.line_driver import ASKED, LINES, heart_rates
from tests.gateway.sources.recorder import Recorder, eventually, is_open, running

BAND, OTHER_BAND = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:02"
CLOCK = "2026-11-23T09:05:30+08:00"
BTHOME = bytes.fromhex("4400073a01")


class Device:
    """A device of text lines, played by the test: what it heard, and what it says."""

    def __init__(self, path: Path) -> None:
        self.heard = b""
        self.line = PseudoTerminal(path, self._hear)
        self.line.plug_in()

    def _hear(self, data: bytes) -> None:
        self.heard += data

    async def hears(self, text: bytes) -> None:
        await eventually(lambda: text in self.heard)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "usb-device"


@pytest.fixture
async def device(path: Path) -> AsyncIterator[Device]:
    device = Device(path)
    yield device
    if device.line.plugged_in:
        device.line.pull_out()


def serial(name: str) -> SerialDriver:
    driver = drivers.driver(name)
    assert isinstance(driver, SerialDriver)
    return driver


def port_at(path: Path, recorder: Recorder, driver: SerialDriver = ASKED, faults: DriverFaults | None = None) -> SerialPort:
    faults = faults or DriverFaults()
    return SerialPort("cuff", str(path), driver, 9600, recorder, faults, local_time=lambda: CLOCK, longest_pause_s=0.02)


# --- a device that must be asked ---


async def test_a_conversation_begins_with_the_local_time_when_the_port_is_open(
    device: Device, path: Path, recorder: Recorder
) -> None:
    async with running(port_at(path, recorder).run()):
        await device.hears(f"hello {datetime.fromisoformat(CLOCK)}\n".encode())
        device.line.write(b"hr 60\nhr 6")
        device.line.write(b"1\n")
        await recorder.until(lambda: len(recorder.items) == 2)

    assert heart_rates(recorder.items) == [60, 61]


async def test_a_store_is_deleted_only_when_it_is_on_our_disk(device: Device, path: Path, recorder: Recorder) -> None:
    port = port_at(path, recorder)
    recorder.disk.clear()

    async with running(port.run()), asyncio.TaskGroup() as tasks:
        await is_open(port)
        fetched = tasks.create_task(port.order(Fetch()))
        await device.hears(b"fetch\n")
        device.line.write(b"hr 60\nhr 61\nend\n")
        await eventually(lambda: recorder.asked_whether_stored)
        heard_before = device.heard
        recorder.disk.set()
        await device.hears(b"delete\n")

    assert b"delete" not in heard_before
    assert heart_rates([item for item in recorder.items if isinstance(item, Measurement)]) == [60, 61]
    assert fetched.result() == Outcome("done")


async def test_a_device_keeps_its_store_when_the_disk_does_not_take_it(
    device: Device, path: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "STORE_S", 0.05)
    port = port_at(path, recorder)
    recorder.disk.clear()

    async with running(port.run()), asyncio.TaskGroup() as tasks:
        await is_open(port)
        fetched = tasks.create_task(port.order(Fetch()))
        await device.hears(b"fetch\n")
        device.line.write(b"hr 60\nend\n")

    assert fetched.result() == Outcome("failed", "no disk")
    assert b"delete" not in device.heard


async def test_one_thing_is_ordered_at_a_time(device: Device, path: Path, recorder: Recorder) -> None:
    port = port_at(path, recorder)

    async with running(port.run()), asyncio.TaskGroup() as tasks:
        await is_open(port)
        fetched = tasks.create_task(port.order(Fetch()))
        await device.hears(b"fetch\n")
        second = await port.order(Fetch())
        device.line.write(b"end\n")

    assert (second.result, fetched.result().result) == ("busy", "done")


async def test_an_order_ends_when_the_port_vanishes_and_the_conversation_begins_anew_when_it_is_back(
    device: Device, path: Path, recorder: Recorder
) -> None:
    port = port_at(path, recorder)

    async with running(port.run()):
        async with asyncio.TaskGroup() as tasks:
            await is_open(port)
            fetched = tasks.create_task(port.order(Fetch()))
            await device.hears(b"fetch\n")
            device.line.pull_out()
        device.heard = b""
        device.line.plug_in()
        await device.hears(b"hello")

    assert fetched.result() == Outcome("unreachable", "the link is gone")


async def test_what_is_begun_when_the_port_vanishes_is_refused(device: Device, path: Path, recorder: Recorder) -> None:
    async with running(port_at(path, recorder).run()):
        await device.hears(b"hello")
        device.line.write(b"hr 60\nhr 6")
        await recorder.until(lambda: recorder.items)
        device.line.pull_out()
        await recorder.until(lambda: len(recorder.items) == 2)

    assert [type(item) for item in recorder.items] == [Measurement, Refusal]


async def test_a_port_that_is_away_and_a_device_that_cannot_be_asked_say_so(path: Path, recorder: Recorder) -> None:
    assert await port_at(path, recorder).order(Measure()) == Outcome("unreachable", "the port is starting")
    assert (await port_at(path, recorder, LINES).order(Measure())).result == "unsupported"


async def test_what_a_driver_cannot_do_is_answered(device: Device, path: Path, recorder: Recorder) -> None:
    port = port_at(path, recorder)

    async with running(port.run()):
        await is_open(port)
        assert (await port.order(Pair())).result == "unsupported"
        assert await port.order(Measure()) == Outcome("failed", "nobody sits at it")


# --- a bug in a driver is its own affair ---


async def test_a_conversation_that_fails_is_begun_anew(device: Device, path: Path, recorder: Recorder) -> None:
    faults = DriverFaults()
    port = port_at(path, recorder, ASKED, faults)

    with capture_logs() as logs:
        async with running(port.run()):
            await device.hears(b"hello")
            device.heard = b""
            device.line.write(b"bug\n")
            await device.hears(b"hello")
            device.line.write(b"hr 60\n")
            await recorder.until(lambda: recorder.items)

    assert heart_rates(recorder.items) == [60]
    assert faults.counts == {"cuff": 1}
    assert [line["why"] for line in logs if line["event"] == "driver failed"] != []


async def test_a_conversation_that_ends_by_itself_is_begun_anew(device: Device, path: Path, recorder: Recorder) -> None:
    begun: list[Context] = []
    faults = DriverFaults()

    def leaves(context: Context) -> Conversation:
        begun.append(context)
        yield Wait(0.01)

    port = port_at(path, recorder, msgspec.structs.replace(ASKED, converse=leaves), faults)

    async with running(port.run()):
        await eventually(lambda: len(begun) > 2)

    assert not faults.counts


# --- a device that speaks by itself ---


async def test_half_a_frame_is_given_up_when_nothing_comes_for_a_while(
    device: Device, path: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial_port, "PAUSE_S", 0.05)

    async with running(port_at(path, recorder, LINES).run()):
        device.line.write(b"hr 6")
        await recorder.until(lambda: recorder.items)
        device.line.write(b"hr 61\n")
        await recorder.until(lambda: len(recorder.items) == 2)

    assert [item.reason for item in recorder.items if isinstance(item, Refusal)] == ["length"]
    assert heart_rates(recorder.items) == [61]


@pytest.mark.parametrize(("parity", "odd"), [("none", False), ("odd", True)])
async def test_a_line_has_the_parity_that_is_asked_for(parity: Parity, odd: bool, device: Device, path: Path) -> None:
    with opened(str(path), 19_200, parity) as descriptor:
        assert bool(termios.tcgetattr(descriptor)[2] & termios.PARODD) is odd


# --- real drivers on fake devices ---


async def test_a_booth_measures_when_its_key_is_pressed(path: Path, recorder: Recorder) -> None:
    async with FakeCuff(path) as cuff, running(port_at(path, recorder, serial("raycome-rbp")).run()):
        cuff.sits_down(128, 82, 71)
        cuff.key_pressed()
        await recorder.until(lambda: measured(recorder))

    (measurement,) = measured(recorder)
    assert measurement.value == BloodPressure(128, 82, pulse=71)
    assert measurement.device_time == "2026-11-23T08:15:30"
    assert START not in cuff.asked


async def test_a_booth_is_started_when_it_is_asked_to_measure(path: Path, recorder: Recorder) -> None:
    port = port_at(path, recorder, serial("raycome-rbp"))

    async with FakeCuff(path) as cuff, running(port.run()):
        await is_open(port)
        cuff.sits_down(141, 90, 66)
        outcome = await port.order(Measure("blood_pressure"))

    assert outcome == Outcome("done")
    assert [measurement.value for measurement in measured(recorder)] == [BloodPressure(141, 90, pulse=66)]
    assert STOP not in cuff.asked


async def test_a_booth_whose_measurement_fails_says_why(path: Path, recorder: Recorder) -> None:
    port = port_at(path, recorder, serial("raycome-rbp"))

    async with FakeCuff(path) as cuff, running(port.run()):
        await is_open(port)
        cuff.sits_badly(0x07)
        outcome = await port.order(Measure())

    assert outcome == Outcome("failed", "battery low")
    assert measured(recorder) == []


async def test_a_hub_that_wants_its_heartbeat_answered_forwards_what_it_hears(path: Path, recorder: Recorder) -> None:
    port = port_at(path, recorder, serial("omg-serial"))

    async with OmgHub(path, heartbeat_every_s=0.1) as hub, running(port.run()):
        await hub.ready()
        hub.logs("N: BT Device detected")
        hub.advertises(BAND, name="band", service_data=("fcd2", BTHOME))
        await recorder.until(lambda: any(isinstance(item, Refusal) for item in recorder.items))
        await recorder.until(lambda: advertised(recorder))

    assert advertised(recorder) == [(BAND, bytes.fromhex("050962616e64" + "0816d2fc4400073a01"))]


@pytest.mark.fault("process", "it ends while a slow disk lets an asked line wait", promise="all that waits in it is taken")
async def test_what_waits_in_the_line_of_a_hub_that_wants_answers_is_taken_before_it_is_closed(
    path: Path, recorder: Recorder
) -> None:
    port = port_at(path, recorder, serial("omg-serial"))

    async with OmgHub(path) as hub, asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(port.run())
        await hub.ready()
        await eventually(lambda: recorder.handed_over)
        recorder.open.clear()
        hub.advertises(BAND, service_data=("fcd2", BTHOME))
        await recorder.until(lambda: advertised(recorder))
        hub.advertises(OTHER_BAND, service_data=("fcd2", BTHOME))
        await eventually(lambda: hub.line.unread())
        listening.cancel()

    assert [address for address, _ in advertised(recorder)] == [BAND, OTHER_BAND]


async def test_a_hub_of_ingics_forwards_what_it_hears(path: Path, recorder: Recorder) -> None:
    async with GprpHub(path) as hub, running(port_at(path, recorder, serial("ble-hub-gprp")).run()):
        hub.heartbeat()
        hub.advertises(BAND, bytes.fromhex("0816d2fc4400073a01"), -49, time="1795400000.895")
        await recorder.until(lambda: advertised(recorder))

    assert advertised(recorder) == [(BAND, bytes.fromhex("0816d2fc4400073a01"))]
    assert [item.fields for item in recorder.items if isinstance(item, Status)] == [
        {"hub": "F0:08:D1:79:8C:60", "heartbeat": True}
    ]


def measured(recorder: Recorder) -> list[Measurement]:
    return [item for item in recorder.items if isinstance(item, Measurement)]


def advertised(recorder: Recorder) -> list[tuple[str, bytes]]:
    return [(item.address, item.data) for item in recorder.items if isinstance(item, Advertisement)]
