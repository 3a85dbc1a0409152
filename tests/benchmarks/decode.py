"""How long each driver takes for a frame, over its vectors, and how that compares with the heart-rate driver."""

from __future__ import annotations

import asyncio
import math
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import drivers
from drivers.bluetooth_uuid import parse_uuid
from drivers.driver import Advertisement, AdvertisementDriver, Driver, Refused, SerialDriver
from tests.benchmarks.bed import Effort
from tests.benchmarks.figures import Figure, Found
from tests.benchmarks.progress import says
from tests.drivers import vectors
from tests.drivers.running import at, told
from tests.drivers.vectors import Frame

YARDSTICK = "ble-heart-rate"
RUN_S = 0.02  # of CPU: a run goes over the vectors again and again until it has taken so long
REASONS = {  # driver -> why it is more than ten times as dear
    "contec-cms50": "a packet has two values, two states and seven bytes whose eighth bit is put back, one by one",
    "omg-serial": "a line of JSON, taken apart and made into an advertisement",
}
# Of streams a vector may hold many frames: lines, or so many bytes each.
IN_LINES = {"ble-hub-gprp", "masimo-ascii", "nmea-position", "omg-serial"}
FRAME_BYTES = {"nonin-df2": 5, "nonin-df7": 5, "oximeter-bci": 5}

Question = Callable[[], object]


class Vectors(NamedTuple):
    """What a driver is asked, and how many frames of how many bytes that is."""

    questions: Sequence[Question]
    frames: int
    mean_bytes: float


class Cost(NamedTuple):
    """Of a frame: how long it takes, and how many times as long as a frame of the yardstick."""

    us: float
    ratio: float


async def decode(effort: Effort) -> Found:
    """A figure for each driver, the median of several runs; and the dearest of those that have no reason to be dear."""
    yardstick = _vectors(drivers.driver(YARDSTICK))
    costs = {}
    for driver in drivers.DRIVERS:
        says(driver.name)
        await asyncio.sleep(0)  # the line of progress has its turn
        costs[driver.name] = _measured(driver, yardstick, effort.decode_runs)
    dearest = max(costs.keys() - REASONS, key=lambda name: costs[name].cost.ratio)
    return [
        Figure("the dearest driver without a reason", costs[dearest].cost.ratio, "x", f"{dearest}, beside {YARDSTICK}"),
        *(Figure(f"decode, {name}", one.cost.us, "us", one.note(name)) for name, one in costs.items()),
    ]


class Measured(NamedTuple):
    """A driver's cost, over what."""

    asked: Vectors
    cost: Cost

    def note(self, name: str) -> str:
        """As the table has it."""
        frames = f"{self.cost.ratio:.1f} x {YARDSTICK}; {self.asked.frames} frames of {self.asked.mean_bytes:.0f} bytes"
        return f"{frames}; {REASONS[name]}" if name in REASONS else frames


def _measured(driver: Driver, yardstick: Vectors, runs: int) -> Measured:
    asked = _vectors(driver)
    return Measured(asked, _cost(asked, yardstick, runs))


def _cost(asked: Vectors, yardstick: Vectors, runs: int) -> Cost:
    """Each run beside one of the yardstick, so that both have the same processor."""
    pairs = [(_run_us(asked), _run_us(yardstick)) for _ in range(runs)]
    return Cost(statistics.median(mine for mine, _ in pairs), statistics.median(mine / other for mine, other in pairs))


def _run_us(asked: Vectors) -> float:
    """How long a frame takes, on average over one run."""
    rounds = max(1, math.ceil(RUN_S / _round_s(asked.questions)))
    begun = time.process_time()
    for _ in range(rounds):
        _round_s(asked.questions)
    return 1e6 * (time.process_time() - begun) / rounds / asked.frames


def _round_s(questions: Sequence[Question]) -> float:
    """How long it takes to go over the vectors once."""
    begun = time.process_time()
    for ask in questions:
        try:  # noqa: SIM105 (suppress() would cost as much as a frame)
            ask()
        except Refused:
            pass
    return time.process_time() - begun


# --- what is asked ------------------------------------------------------------------------------------------------------


def _vectors(driver: Driver) -> Vectors:
    inputs = vectors.BY_DRIVER[driver.name].frame
    frames = sum(max(1, _frames_in(driver, one.data)) for one in inputs)
    return Vectors([_question(driver, one) for one in inputs], frames, sum(len(one.data) for one in inputs) / frames)


def _frames_in(driver: Driver, data: bytes) -> int:
    if driver.name in IN_LINES:
        return len(data.splitlines())
    return len(data) // FRAME_BYTES[driver.name] if driver.name in FRAME_BYTES else 1


def _question(driver: Driver, frame: Frame) -> Question:
    if isinstance(driver, SerialDriver):
        return partial(_stream, driver, frame.data)
    if isinstance(driver, AdvertisementDriver):
        return partial(driver.decode, Advertisement(frame.data, frame.address), bytes.fromhex(frame.key) or None)
    if not frame.characteristic:
        return partial(told, driver, frame, at(frame))  # a record out of the band's memory
    return partial(driver.decode, parse_uuid(frame.characteristic), frame.data, at(frame))


def _stream(driver: SerialDriver, data: bytes) -> None:
    decoder = driver.decoder()
    decoder.feed(data)
    decoder.close()
