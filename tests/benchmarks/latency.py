"""How long an SOS takes from the first byte of its frame on the line until the platform has it from the broker."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator

from tests.benchmarks.bed import Bed, Effort, bed
from tests.benchmarks.figures import Figure, percentile

PAUSE_S = (0.05, 0.35)  # at random moments, so that every timer inside is met at any phase
SEED = 7


async def latency(effort: Effort) -> list[Figure]:
    """One press at a time, each of another band: idle, and while a backlog drains."""
    async with bed(effort) as place:
        chance = random.Random(SEED)
        idle = [took async for took in presses(place, chance, effort.presses)]
    async with bed(effort) as place:
        draining = await _while_draining(place, chance, effort)
    return [*figures("idle", idle), *figures("while a backlog drains", draining)]


async def presses(place: Bed, chance: random.Random, count: int) -> AsyncIterator[float]:
    """The milliseconds that each press took."""
    for band in place.roster[place.telling : place.telling + count]:
        await asyncio.sleep(chance.uniform(*PAUSE_S))
        written = time.monotonic()
        place.hub.presses(band.address, records=1)
        alert = await place.platform.alert(kind="sos", device=band.address, limit_s=30)
        yield 1000 * (place.platform.comings(alert)[0] - written)


async def _while_draining(place: Bed, chance: random.Random, effort: Effort) -> list[float]:
    """Presses between the first and the last reading of a backlog."""
    consumer = place.platform.consumer
    place.broker.stop()
    await place.flood(place.calm(effort.pending))
    await place.released()
    place.broker.start()
    await place.platform.wait_for(lambda: len(consumer), 120, "the first reading")
    taken: list[float] = []
    async for took in presses(place, chance, effort.presses):
        if len(consumer) >= place.sent:
            break
        taken.append(took)
    return taken


def figures(when: str, taken: list[float]) -> list[Figure]:
    if not taken:
        return []
    note = f"{len(taken)} presses"
    return [Figure(f"SOS {when}, p{percent}", percentile(taken, percent), "ms", note) for percent in (50, 99)]
