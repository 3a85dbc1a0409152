"""What the sources hear can be recorded, raw, and played back through the whole gateway: the same readings come of it."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from drivers import DRIVERS
from drivers.driver import Advertisement, Driver, Refusal
from drivers.measurement import Measurement
from fake_devices import serial_hub_frames
from fake_devices.bands.strap import HeartRateStrap
from fake_devices.ble_link.adapter import opened_adapter
from fake_devices.ble_link.air import Air
from fake_devices.ble_link.backends import backends
from fake_devices.pseudo_terminal import PseudoTerminal
from gateway.clock import SystemClock
from gateway.driver_bugs import DriverFaults
from gateway.errors import FaultySettings
from gateway.readings import Enrolment
from gateway.roster import Roster
from gateway.sources.ble.backends import Backends
from gateway.sources.ble.bluetooth import Bluetooth
from gateway.sources.playback import Playback, Until, as_fast_as_taken, at_their_pace
from gateway.sources.receiver import Receiver
from gateway.sources.recording import Recording, recording_to
from gateway.sources.serial_port import SerialPort
from tests.fake_devices.bands.gateway_side import BAND as STRAP
from tests.fake_devices.bands.gateway_side import noticed_soon
from tests.gateway.sources.recorder import Recorder, eventually, running
from tests.gateway.upper_half import BAND, ENROLMENTS, PENDANT, TestClock, hub, upper_half

PRESS = bytes.fromhex("0201060816d2fc4400073a01")  # BTHome, packet 7
DRIVERS_THERE: dict[str, Driver] = {driver.name: driver for driver in DRIVERS}
ROSTER = Roster(DRIVERS_THERE, ENROLMENTS)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "frames.jsonl"


@pytest.fixture
def recording(file: Path, clock: TestClock) -> Iterator[Recording]:
    with recording_to(file, "xishan-01", clock) as recording:
        yield recording


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines() if line]


async def played(file: Path, receiver: Receiver, until: Until = as_fast_as_taken, roster: Roster = ROSTER) -> Playback:
    playback = Playback(file, receiver, roster, until)
    await playback.run()
    return playback


async def reaches(count: int, file: Path, line: PseudoTerminal, data: bytes) -> None:
    """The line brings these bytes; they are the recording's line number `count`."""
    line.write(data)
    await eventually(lambda: len(lines(file)) == count)


# --- there and back ---


async def test_what_a_hub_and_the_radio_heard_gives_the_same_readings_when_it_is_played_back(
    tmp_path: Path, file: Path, clock: TestClock, recording: Recording
) -> None:
    line = PseudoTerminal(tmp_path / "hub", lambda _: None)
    line.plug_in()
    async with upper_half(tmp_path / "then", clock) as then:
        port = SerialPort("hall-hub", str(tmp_path / "hub"), hub(), 115_200, then.intake, DriverFaults(), recording=recording)
        async with running(port.run()):
            for number, beats in enumerate((71, 72, 73)):
                clock.now_s += 7
                record = serial_hub_frames.record(BAND, number, {"heart_rate": beats})
                await reaches(2 * number + 2, file, line, record[:9])
                await reaches(2 * number + 3, file, line, record[9:])
                await eventually(lambda: [one.value for one in then.pipeline.last_readings.of(BAND)] == [beats])  # noqa: B023
            clock.now_s += 1
            pressed = Advertisement(PRESS, PENDANT, -61, "random")
            recording.advertisement("hci0", pressed)
            await then.hears(pressed)
        heard = await then.kept()
    line.pull_out()
    later = TestClock()

    async def until(at_s: float) -> None:
        later.now_s = 1000.0 + at_s

    async with upper_half(tmp_path / "now", later) as now:
        playback = await played(file, now.intake, until)
        again = await now.kept()

    assert {reading.kind for reading in heard} >= {"heart_rate", "button"}
    assert again == heard
    assert playback.skipped == 0


async def test_the_values_of_a_connected_band_are_read_again(file: Path) -> None:
    air = Air()
    then, now = Recorder(), Recorder()
    strap_of = {STRAP: Enrolment(address=STRAP, driver="ble-heart-rate", wearer="W-001")}
    async with noticed_soon(HeartRateStrap(air, STRAP)) as strap, opened_adapter(air) as adapter:
        with recording_to(file, "a", SystemClock()) as recording:
            bluetooth = Bluetooth(
                [adapter.name],
                Roster(DRIVERS_THERE, strap_of),
                then,
                SystemClock(),
                lambda: "2026-11-23T11:00:00+08:00",
                DriverFaults(),
                backends=Backends(*backends(adapter)),
                recording=recording,
            )
            async with running(bluetooth.run()):
                await then.until(lambda: values(then, "battery"))
                await strap.measures(71)
                await strap.measures(88)
                await then.until(lambda: len(values(then, "heart_rate")) == 2)

    await played(file, now, roster=Roster(DRIVERS_THERE, strap_of))

    assert values(now, "heart_rate") == values(then, "heart_rate") == [71, 88]
    assert values(now, "battery")[:1] == values(then, "battery")[:1]
    assert now.advertisements


def values(recorder: Recorder, kind: str) -> list[object]:
    return [one.value for _, _, decoded in recorder.reports for one in decoded.measurements if one.kind == kind]


# --- how it is played back ---


async def test_frames_are_handed_over_at_the_seconds_at_which_they_were_heard(
    file: Path, clock: TestClock, recording: Recording
) -> None:
    for seconds in (0.0, 0.25, 30.0):
        clock.now_s = 1000 + seconds
        recording.advertisement("hci0", Advertisement(PRESS, PENDANT))
    asked: list[float] = []

    async def until(at_s: float) -> None:
        asked.append(at_s)

    await played(file, Recorder(), until)

    assert [at_s - asked[0] for at_s in asked] == [0.0, 0.25, 30.0]


async def test_at_their_pace_no_frame_comes_early() -> None:
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    until = at_their_pace()

    await until(0.05)

    assert loop.time() >= began_s + 0.05


async def test_what_a_port_began_before_a_pause_is_refused_as_it_was_then(
    file: Path, clock: TestClock, recording: Recording
) -> None:
    record = serial_hub_frames.record(BAND, 1, {"heart_rate": 71})
    recording.line("hall-hub", "serial-hub", record[:9])
    clock.now_s += 2
    recording.line("hall-hub", "serial-hub", record)
    recorder = Recorder()

    await played(file, recorder)

    refused, *measured = recorder.items
    assert isinstance(refused, Refusal)
    assert 71 in [item.value for item in measured if isinstance(item, Measurement)]


async def test_two_ports_are_not_mixed_up(file: Path, recording: Recording) -> None:
    record = serial_hub_frames.record(BAND, 1, {"heart_rate": 71})
    for piece in (record[:9], record[9:]):
        recording.line("hall-hub", "serial-hub", piece)
        recording.line("yard-hub", "serial-hub", piece)
    recorder = Recorder()

    await played(file, recorder)

    assert [item.value for item in recorder.items if isinstance(item, Measurement) and item.kind == "heart_rate"] == [71, 71]


async def test_what_nothing_here_can_read_is_skipped_and_counted(file: Path, recording: Recording) -> None:
    recording.line("hall", "a-driver-of-long-ago", b"1")
    recording.value("C0:00:00:00:00:00", "00002a37-0000-1000-8000-00805f9b34fb", b"1")
    with file.open("a") as torn:
        torn.write('{"s":1.0,"at":"2026-')
    recorder = Recorder()

    playback = await played(file, recorder)

    assert playback.skipped == 3
    assert (recorder.items, recorder.reports, recorder.advertisements) == ([], [], [])


@pytest.mark.parametrize(
    ("content", "code"),
    [(b'[gateway]\nid = "a"\n', "no_recording"), (b'{"recording":2}\n', "no_recording"), (None, "file_unreadable")],
    ids=["something else", "of a newer version", "nothing"],
)
def test_what_is_no_recording_is_a_mistake_with_its_line(file: Path, content: bytes | None, code: str) -> None:
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(FaultySettings) as wrong:
        asyncio.run(played(file, Recorder()))

    assert [(mistake.line, mistake.code) for mistake in wrong.value.mistakes] == [(1, code)]


# --- the file ---


def test_the_file_is_its_owners_alone_and_says_what_it_holds(file: Path, recording: Recording) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (head,) = lines(file)
    assert (head["recording"], head["gateway"]) == (1, "xishan-01")
    assert "health data" in head["notice"]
    assert "健康数据" in head["notice"]


def test_a_frame_is_a_line_with_time_source_and_bytes(file: Path, clock: TestClock, recording: Recording) -> None:
    clock.now_s += 1.5
    recording.line("hall-hub", "serial-hub", b"\xa5\x5a")
    recording.value(STRAP, "00002a37-0000-1000-8000-00805f9b34fb", b"\x06\x47")

    _, line, value = lines(file)
    assert {"s": 1.5, "source": "line", "port": "hall-hub", "driver": "serial-hub", "bytes": "a55a"}.items() <= line.items()
    assert line["at"].endswith("Z")
    assert {"source": "value", "address": STRAP, "bytes": "0647"}.items() <= value.items()


def test_a_file_that_others_could_read_is_closed_to_them(file: Path, clock: TestClock) -> None:
    file.touch(0o644)

    with recording_to(file, "a", clock):
        pass

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_nobody_can_lead_it_to_another_file(file: Path, tmp_path: Path, clock: TestClock) -> None:
    file.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OSError, match="symbolic link"), recording_to(file, "a", clock):
        pass

    assert not (tmp_path / "elsewhere").exists()


async def test_a_recording_is_gone_on_with_behind_what_is_there(file: Path, clock: TestClock) -> None:
    record = serial_hub_frames.record(BAND, 1, {"heart_rate": 71})
    for _ in range(2):
        with recording_to(file, "a", clock) as recording:
            recording.line("hall-hub", "serial-hub", record)
            recording.line("hall-hub", "serial-hub", record[:9])
        with file.open("a") as torn:
            torn.write('{"s":1.0,"at":"2026-')
    recorder = Recorder()

    playback = await played(file, recorder)

    assert [item.value for item in recorder.items if isinstance(item, Measurement) and item.kind == "heart_rate"] == [71, 71]
    assert playback.skipped == 2


def test_it_ends_at_its_size_and_says_so(file: Path, clock: TestClock) -> None:
    with capture_logs() as logged, recording_to(file, "a", clock, most_mb=1) as recording:
        for _ in range(400):
            recording.line("hall-hub", "serial-hub", bytes(2000))

    assert 990_000 < file.stat().st_size <= 1_000_000
    assert [(line["event"], line["why"]) for line in logged] == [("recording ended", "full")]


def test_a_disk_that_takes_nothing_ends_it_and_harms_nothing_else(clock: TestClock) -> None:
    descriptor = os.open("/dev/full", os.O_WRONLY)
    try:
        with capture_logs() as logged:
            recording = Recording(descriptor, "a", clock)
            recording.line("hall-hub", "serial-hub", b"1")
    finally:
        os.close(descriptor)

    assert [(line["event"], line["why"]) for line in logged] == [("recording ended", "No space left on device")]
