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

from drivers.driver import Item, SerialDriver
from fake_devices import serial_hub_frames as frames
from fake_devices.pseudo_terminal import PseudoTerminal
from fake_devices.serial_hub_frames import RecordValues
from gateway.awake import LOOK_EVERY_S
from gateway.driver_bugs import DriverFaults
from gateway.intake.intake import Intake
from gateway.sources.ports import Parity, opened
from gateway.sources.serial_port import SerialPort
from tests.gateway.sources.recorder import Recorder, eventually, is_open, running
from tests.gateway.standing import Stands
from tests.gateway.upper_half import BAND, TestClock, UpperHalf, hub

PRESS = frames.record(BAND, 7, RecordValues(sos=True))  # and again: a band with a new battery may give the number once more
REPEATS_S = hub().repeats_s


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

    async def tells_the_first(self) -> None:
        """The press is taken, and the card hangs with it."""
        await is_open(self.port)
        self.card.open.clear()
        self.line.write(PRESS)
        await self.card.until(lambda: self.card.items)

    async def tells_it_again(self) -> None:
        """The same bytes lie in the kernel's buffer when this returns."""
        expected = self._waiting() + len(PRESS)
        self.line.write(PRESS)
        await eventually(lambda: self._waiting() == expected)

    async def passes(self, seconds: float) -> None:
        """The process is not awake for so long, then for a moment."""
        self._stands(seconds)
        await asyncio.sleep(0)  # the loop finds what is due
        await asyncio.sleep(0)

    async def presses(self) -> int:
        """How many are told, once the card goes on."""
        expected = 2 + self._waiting() // len(PRESS) - 1
        self.card.open.set()
        await self.card.until(lambda: len(self.card.items) == expected)
        return len([reading for reading in await self._half.kept() if reading.kind == "button"])

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
async def line(tmp_path: Path, half: UpperHalf, stands: Stands) -> AsyncIterator[WaitingLine]:
    line = WaitingLine(tmp_path / "hub", half, stands)
    async with running(line.port.run()):
        yield line
    line.line.pull_out()


@pytest.mark.fault("disk", "it hangs for a minute with a press that the hub repeats", promise="the press is told once")
async def test_a_repeat_that_was_seen_in_time_is_one_however_late_it_is_read(line: WaitingLine) -> None:
    await line.tells_the_first()
    await line.tells_it_again()
    await line.passes(LOOK_EVERY_S)

    await line.passes(REPEATS_S)

    assert await line.presses() == 1


@pytest.mark.fault("process", "it is stopped again and again while a hub repeats a press", promise="the press is told once")
async def test_a_process_that_stands_for_less_than_that_each_time_knows_a_repeat(line: WaitingLine) -> None:
    await line.tells_the_first()

    for _ in range(2):
        await line.tells_it_again()
        await line.passes(REPEATS_S / 3)
    await line.passes(REPEATS_S)

    assert await line.presses() == 1


@pytest.mark.fault("process", "it stands for a minute, and a press with a known number came meanwhile", promise="it is told")
async def test_what_may_be_a_new_press_is_one(line: WaitingLine) -> None:
    await line.tells_the_first()

    await line.tells_it_again()
    await line.passes(REPEATS_S)

    assert await line.presses() == 2


async def test_a_new_press_behind_a_repeat_that_waited_is_told(line: WaitingLine) -> None:
    await line.tells_the_first()
    await line.tells_it_again()
    await line.passes(LOOK_EVERY_S)
    await line.passes(REPEATS_S)

    await line.tells_it_again()
    await line.passes(LOOK_EVERY_S)

    assert await line.presses() == 2
