"""How long an SOS takes from the first byte of its frame on the line until the broker has handed it on; everything is on."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import usage
from tests.benchmarks.bed import Bed, Effort
from tests.benchmarks.everything import PER_S, everything, flowing
from tests.benchmarks.figures import Figure, Found, percentile
from tests.benchmarks.floor import floor
from tests.benchmarks.progress import says
from tests.benchmarks.targets import FLOODED, IDLE, SLOW
from tests.slow_disk import SlowDisk

PAUSE_S = (0.05, 0.35)  # at random moments, so that every timer inside is met at any phase
SEED = 7
FLOOD_PER_S = 5_000
SYNC_S = 0.05
ALONE_S = 10.0


async def latency(effort: Effort) -> Found:
    """One press at a time, each of another band: while 200 bands live, in a flood, on a slow card."""
    async with everything(effort) as (place, _), flowing(place, PER_S):
        idle, costs = await _idle(place, effort)
        bare = await floor(place)
    async with everything(effort) as (place, _), flowing(place, FLOOD_PER_S):
        flooded = await taken(place, effort.presses, FLOODED)
    with tempfile.TemporaryDirectory(prefix="lifering-bench-") as folder:
        disk = SlowDisk(Path(folder), SYNC_S)
        async with everything(effort, disk.environment) as (place, _), flowing(place, PER_S):
            slow = await taken(place, effort.presses, SLOW)
    return [*sos(IDLE, idle), *sos(FLOODED, flooded), *sos(SLOW, slow), *costs, *bare]


class Cost(NamedTuple):
    """What a daemon has used since its start, and when that was looked at."""

    at_s: float
    cpu_s: float
    written: int


async def _idle(place: Bed, effort: Effort) -> tuple[list[float], list[Figure]]:
    """The presses, and what an alert costs: what the readings beside it cost is measured alone, and taken off."""
    pid = place.daemon.pid
    first = _cost(pid)
    pressed = await taken(place, effort.presses, IDLE)
    second = _cost(pid)
    says(f"the readings alone, {ALONE_S:.0f} s")
    await asyncio.sleep(ALONE_S)
    third = _cost(pid)
    share = (second.at_s - first.at_s) / (third.at_s - second.at_s)
    cpu_s = second.cpu_s - first.cpu_s - share * (third.cpu_s - second.cpu_s)
    written = second.written - first.written - share * (third.written - second.written)
    note = f"{len(pressed)} presses beside {PER_S} readings/s, whose own cost is taken off"
    return pressed, [
        Figure("CPU per alert", 1e6 * cpu_s / len(pressed), "us", note),
        Figure("written per alert", written / len(pressed), "bytes", note),
    ]


def _cost(pid: int) -> Cost:
    return Cost(time.monotonic(), usage.cpu_s(pid), usage.written_bytes(pid))


async def taken(place: Bed, count: int, when: str) -> list[float]:
    """The milliseconds of so many presses."""
    found = []
    async for took in presses(place, random.Random(SEED), count):
        found.append(took)
        says(f"SOS {when}: {len(found)} of {count}")
    return found


async def presses(
    place: Bed, chance: random.Random, count: int, pause_s: tuple[float, float] = PAUSE_S
) -> AsyncIterator[float]:
    """The milliseconds that each press took."""
    for band in place.roster[place.telling : place.telling + count]:
        await asyncio.sleep(chance.uniform(*pause_s))
        written = time.monotonic()
        place.hub.presses(band.address, records=1)
        yield 1000 * (await place.watching.alert(band.address) - written)


def sos(when: str, milliseconds: list[float]) -> list[Figure]:
    """Median and 99th percentile; the second has the single values for the plot."""
    if not milliseconds:
        return []
    note = f"{len(milliseconds)} presses"
    ordered = tuple(round(one, 2) for one in sorted(milliseconds))
    return [
        Figure(f"SOS to the broker, {when}, p50", percentile(milliseconds, 50), "ms", note),
        Figure(f"SOS to the broker, {when}, p99", percentile(milliseconds, 99), "ms", note, samples=ordered),
    ]
