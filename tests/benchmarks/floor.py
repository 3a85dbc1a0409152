"""What no gateway can do without: a sync of this disk and a message through this broker. An SOS takes one after the other."""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time

import aiomqtt

from tests.benchmarks.bed import Bed
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.progress import says

TIMES = 50
PAUSE_S = (0.01, 0.06)
PAGE = bytes(4096)
SEED = 7


async def floor(place: Bed) -> list[Figure]:
    """With nothing else to do."""
    says("a bare sync, a bare message")
    chance = random.Random(SEED)
    return [
        *_figures("a bare sync of the disk", await _syncs(chance)),
        *_figures("a bare message", await _messages(place, chance)),
    ]


async def _syncs(chance: random.Random) -> list[float]:
    """Milliseconds of a page written and synced, at the end of a file that grows."""
    taken = []
    with tempfile.TemporaryFile() as file:
        for _ in range(TIMES):
            await asyncio.sleep(chance.uniform(*PAUSE_S))
            begun = time.monotonic()
            os.write(file.fileno(), PAGE)
            os.fsync(file.fileno())
            taken.append(1000 * (time.monotonic() - begun))
    return taken


async def _messages(place: Bed, chance: random.Random) -> list[float]:
    """Milliseconds until the eye at the broker has what a client in Python publishes."""
    taken = []
    async with aiomqtt.Client(
        "127.0.0.1", place.broker.port, identifier="floor", protocol=aiomqtt.ProtocolVersion.V5
    ) as client:
        for number in range(TIMES):
            await asyncio.sleep(chance.uniform(*PAUSE_S))
            begun = time.monotonic()
            await client.publish("bench/alerts", f'{{"device":"floor-{number}","event":"raised"}}', qos=1)
            taken.append(1000 * (await place.watching.alert(f"floor-{number}") - begun))
    return taken


def _figures(name: str, taken: list[float]) -> list[Figure]:
    return [Figure(f"{name}, p{percent}", percentile(taken, percent), "ms", f"{len(taken)} times") for percent in (50, 99)]
