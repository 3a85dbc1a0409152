"""What calm readings cost on their way in, counted and not timed: steps of Python, looks at the clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest

from fake_devices import serial_hub_frames as frames
from gateway.clock import ClockState
from gateway.driver_bugs import DriverFaults, validate_items
from gateway.readings import Enrolment
from tests.gateway.upper_half import TestClock, UpperHalf, hub, upper_half
from tests.steps import steps

BANDS = [f"C0:FF:EE:00:01:{number:02X}" for number in range(50)]
DECODING, TAKING = 121, 256  # steps a reading, its encoding among them; lines of Python differ a little between its versions


class CountingClock(TestClock):
    """Knows how often it was asked for the date."""

    __test__ = False
    looks = 0

    def wall_ms(self) -> int:  # type: ignore[explicit-override]  # from 3.12 on
        self.looks += 1
        return super().wall_ms()

    def state(self) -> ClockState:  # type: ignore[explicit-override]  # from 3.12 on
        self.looks += 1
        return super().state()


@pytest.fixture
def clock() -> CountingClock:
    return CountingClock()


@pytest.fixture
async def half(tmp_path: Path, clock: CountingClock) -> AsyncIterator[UpperHalf]:
    more = [Enrolment(address=address, driver="serial-hub", wearer=f"W-1{number}") for number, address in enumerate(BANDS)]
    async with upper_half(tmp_path, clock, more=more) as half:
        yield half


class Line:
    """The hub's line, at which each band tells its pulse each ten seconds."""

    def __init__(self, half: UpperHalf) -> None:
        self._half, self._numbers = half, count()
        self._driver, self._faults = hub(), DriverFaults()
        self._decoder = self._driver.decoder()

    def brings(self, readings: int) -> tuple[int, int]:
        """So many at once: the steps that decoding and taking them took."""
        self._half.clock.now_s += 10
        number = next(self._numbers)
        data = b"".join(frames.record(address, number, {"heart_rate": 70 + number % 9}) for address in BANDS[:readings])
        decoded, decoding = steps(lambda: self._decoder.feed(data))
        items, validating = steps(lambda: validate_items("serial-hub", decoded, self._faults, "hall-hub"))
        _, taking = steps(lambda: self._half.intake.on_serial_items("hall-hub", self._driver, items))
        return decoding + validating, taking


async def test_a_reading_takes_so_many_steps(half: UpperHalf) -> None:
    line = Line(half)
    line.brings(len(BANDS))  # of whom nothing is known yet
    line.brings(len(BANDS))

    decoding, taking = line.brings(len(BANDS))

    assert decoding <= DECODING * len(BANDS)
    assert taking <= TAKING * len(BANDS)


async def test_the_clock_is_asked_once_for_all_that_came_at_once(half: UpperHalf, clock: CountingClock) -> None:
    line, looks = Line(half), []
    for readings in (1, len(BANDS)):
        before = clock.looks
        line.brings(readings)
        looks.append(clock.looks - before)

    assert looks[0] == looks[1] > 0
