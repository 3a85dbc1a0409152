"""The wearers: each presses the key now and then, by the seed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from random import Random

from tests.fleet.band import FleetBand

RESTS_S = 45.0  # longer than any press is told, and than a silence after which the same frames are another press
LOOKS_S = 1.0


async def press(bands: Iterable[FleetBand], seed: int, every_s: float, until_s: float) -> None:
    """Each of these presses about so often, until this moment of the loop's clock."""
    async with asyncio.TaskGroup() as tasks:
        for band in bands:
            if band.has_a_key:
                tasks.create_task(_presses(band, Random(f"{seed}/{band.address}"), every_s, until_s), name=band.address)


async def _presses(band: FleetBand, chance: Random, every_s: float, until_s: float) -> None:
    loop = asyncio.get_running_loop()
    wait_s = chance.uniform(0, every_s)
    while loop.time() + wait_s < until_s:
        await asyncio.sleep(wait_s)
        while not band.can_press:
            if loop.time() > until_s:
                return
            await asyncio.sleep(LOOKS_S)
        band.presses_key()
        wait_s = RESTS_S + chance.expovariate(1 / every_s)


def press_once_more(bands: Iterable[FleetBand]) -> None:
    """Whoever can, and has rested."""
    now_s = asyncio.get_running_loop().time()
    for band in bands:
        if band.can_press and (not band.presses or band.presses[-1].at_s + RESTS_S < now_s):
            band.presses_key()
