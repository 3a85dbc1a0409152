"""A hub's repeats that lay in the kernel's buffer while nobody read: one press is told once, and no press is swallowed."""

from __future__ import annotations

import asyncio
import fcntl
import struct
import termios
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers.driver import Advertisement, Item, SerialDriver
from fake_devices import serial_hub_frames as frames
from fake_devices.bands.pendant import BUTTON, ON_EVENT, Pendant
from fake_devices.ble_link.air import Air
from fake_devices.pseudo_terminal import PseudoTerminal
from fake_devices.serial_hub_frames import RecordValues
from gateway.awake import LOOK_EVERY_S
from gateway.driver_bugs import DriverFaults
from gateway.intake.intake import Intake
from gateway.sources.ports import Parity, opened
from gateway.sources.serial_port import SerialPort
from tests.gateway.sources.recorder import Recorder, eventually, is_open, running
from tests.gateway.standing import Stands
from tests.gateway.upper_half import BAND, PENDANT, TestClock, UpperHalf, hub, upper_half

PRESS = frames.record(BAND, 7, RecordValues(sos=True))  # and again: a band with a new battery may give the number once more
REPEATS_S = hub().repeats_s

KEY = bytes(16)
PASSED_OVER_S = 31.0  # a counter that comes so long after the next one is a replay


class OnACardThatHangs(Recorder):
    """Hands on what it is given to the intake, and then waits until the card goes on (`open`)."""

    def __init__(self, intake: Intake) -> None:
        super().__init__()
        self._intake = intake

    async def on_serial_items(  # type: ignore[explicit-override]  # from 3.12 on
        self, port: str, driver: SerialDriver, items: list[Item], waited_s: float = 0.0
    ) -> None:
        await self._intake.on_serial_items(port, driver, items, waited_s)
        await super().on_serial_items(port, driver, items, waited_s)


class ClockOfTheLoop(TestClock):
    """The intake's time is the loop's, as in a gateway."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()  # threads ask too

    def monotonic_s(self) -> float:  # type: ignore[explicit-override]  # from 3.12 on
        return self._loop.time()

    def wall_ms(self) -> int:  # type: ignore[explicit-override]  # from 3.12 on
        return 1_795_500_000_000 + int(self.monotonic_s() * 1000)


class WaitingLine:
    """A hub's line, whose bytes wait with the kernel while the card hangs."""

    def __init__(self, path: Path, half: UpperHalf, stands: Stands) -> None:
        self.line = PseudoTerminal(path, lambda _: None)
        self.line.plug_in()
        self.card = OnACardThatHangs(half.intake)
        self.port = SerialPort("hall-hub", str(path), hub(), 115_200, self.card, DriverFaults(), open_port=self._opened)
        self._half, self._stands, self._descriptor = half, stands, -1
        self._told = 1

    async def tells_the_first(self) -> None:
        """The press is taken, and the card hangs with it."""
        await is_open(self.port)
        self.card.open.clear()
        self.line.write(PRESS)
        await self.card.until(lambda: self.card.items)

    async def tells(self, frame: bytes = PRESS) -> None:
        """The frame (the same press again) lies in the kernel's buffer when this returns."""
        self._told += 1
        expected = self._waiting() + len(frame)
        self.line.write(frame)
        await eventually(lambda: self._waiting() == expected)

    async def passes(self, seconds: float) -> None:
        """The process is not awake for so long, then for a moment."""
        self._stands(seconds)
        await asyncio.sleep(0)  # the loop finds what is due
        await asyncio.sleep(0)

    async def presses(self, device: str = BAND) -> int:
        """How many are told, once the card goes on."""
        self.card.open.set()
        await self.card.until(lambda: len(self.card.items) == self._told)
        return len([reading for reading in await self._half.kept() if (reading.device, reading.kind) == (device, "button")])

    def _waiting(self) -> int:
        count: int = struct.unpack("i", fcntl.ioctl(self._descriptor, termios.FIONREAD, bytes(4)))[0]
        return count

    @contextmanager
    def _opened(self, path: str, baud: int, parity: Parity) -> Iterator[int]:
        with opened(path, baud, parity) as self._descriptor:
            yield self._descriptor


@pytest.fixture
async def clock(stands: Stands) -> TestClock:
    """Time that is the loop's: `stands` moves it."""
    return ClockOfTheLoop()


@pytest.fixture
async def half(tmp_path: Path, clock: TestClock) -> AsyncIterator[UpperHalf]:
    """With a pendant that has a key."""
    async with upper_half(tmp_path, clock, key=KEY) as half:
        yield half


@pytest.fixture
async def line(tmp_path: Path, half: UpperHalf, stands: Stands) -> AsyncIterator[WaitingLine]:
    line = WaitingLine(tmp_path / "hub", half, stands)
    async with running(line.port.run()):
        yield line
    line.line.pull_out()


@pytest.mark.fault("disk", "it hangs for a minute with a press that the hub repeats", promise="the press is told once")
async def test_a_repeat_that_was_seen_in_time_is_one_however_late_it_is_read(line: WaitingLine) -> None:
    await line.tells_the_first()
    await line.tells()
    await line.passes(LOOK_EVERY_S)

    await line.passes(REPEATS_S)

    assert await line.presses() == 1


@pytest.mark.fault("process", "it is stopped again and again while a hub repeats a press", promise="the press is told once")
async def test_a_process_that_stands_for_less_than_that_each_time_knows_a_repeat(line: WaitingLine) -> None:
    await line.tells_the_first()

    for _ in range(2):
        await line.tells()
        await line.passes(REPEATS_S / 3)
    await line.passes(REPEATS_S)

    assert await line.presses() == 1


@pytest.mark.fault("process", "it stands for a minute, and a press with a known number came meanwhile", promise="it is told")
async def test_what_may_be_a_new_press_is_one(line: WaitingLine) -> None:
    await line.tells_the_first()

    await line.tells()
    await line.passes(REPEATS_S)

    assert await line.presses() == 2


async def test_a_new_press_behind_a_repeat_that_waited_is_told(line: WaitingLine) -> None:
    await line.tells_the_first()
    await line.tells()
    await line.passes(LOOK_EVERY_S)
    await line.passes(REPEATS_S)

    await line.tells()
    await line.passes(LOOK_EVERY_S)

    assert await line.presses() == 2


@pytest.mark.fault(
    "disk", "it hangs while a hub tells of a press that the radio did not hear", promise="the press is no replay"
)
async def test_a_press_that_the_radio_missed_is_told_however_late_the_line_is_read(line: WaitingLine, half: UpperHalf) -> None:
    pendant = Pendant(Air(), PENDANT, key=KEY)
    pendant.counter = 498
    before, press, after = (pendant._frame(event, key) for event, key in ((0, b""), (ON_EVENT, bytes((BUTTON, 1))), (0, b"")))
    await line.tells_the_first()
    await half.intake.on_advertisement(Advertisement(before, PENDANT))

    await line.tells(frames.advertisement(PENDANT, press))
    await half.intake.on_advertisement(Advertisement(after, PENDANT))
    await line.passes(LOOK_EVERY_S)
    await line.passes(PASSED_OVER_S)

    assert await line.presses(PENDANT) == 1
