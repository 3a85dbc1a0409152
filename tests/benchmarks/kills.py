"""What a kill -9 takes along, of all that was read, and of that which was read a tenth of a second before."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterable, Mapping, Sequence

from fake_devices.platform import Platform
from tests.benchmarks.bed import Bed, Effort, bed
from tests.benchmarks.figures import Figure, Found
from tests.benchmarks.latency import SEED
from tests.benchmarks.progress import says
from tests.benchmarks.told import Arrived, Told

TELLING = 200  # bands: as many readings as are sent differ in band or value
PER_S = 200
LIVES_S = (0.7, 2.2)
BEFORE_S = 0.1


async def kills(effort: Effort) -> Found:
    """At random moments of 200 readings/s, the broker away in every other round. What had not been read is written again."""
    chance, starts = random.Random(SEED), []
    read: dict[Told, float] = {}  # at the latest (monotonic)
    killed: list[float] = []
    async with bed(effort, telling=TELLING) as place:
        arrived = Arrived(place.platform.consumer)
        for number in range(effort.kills):
            says(f"{number + 1} of {effort.kills} kills")
            if away := number % 2 == 1:
                place.broker.stop()
            await _life(place, read, chance.uniform(*LIVES_S))
            killed.append(time.monotonic())
            await place.daemon.kill()
            place.hub.line.hold()
            if away:
                place.broker.start()
            starts.append(await place.daemon.start())
            place.hub.line.resume()
            await place.hub.line.sent()
        await until_it_ends(place.platform)
        arrived.look()
        lost = arrived.missing(place.told(number) for number in range(place.sent))
    note = f"{effort.kills} kills in {place.sent:,} readings"
    return [
        Figure("readings lost by kill -9", len(lost), "", note),
        Figure("readings lost that were read 0.1 s before a kill -9", len(early(lost, read, killed)), "", note),
        Figure("start after a kill -9, worst", max(starts), "s", note),
    ]


def early(lost: Iterable[Told], read: Mapping[Told, float], killed: Sequence[float]) -> set[Told]:
    """Those of the lost that had been read a tenth of a second before the kill that took them along."""
    return {one for one in lost if one in read and min(at_s for at_s in killed if at_s >= read[one]) - read[one] >= BEFORE_S}


async def until_it_ends(platform: Platform, quiet_s: float = 5.0) -> None:
    """Returns when no reading has come for so long."""
    before = -1
    while before < (before := len(platform.consumer)):  # noqa: ASYNC110 (that nothing comes, only time can show)
        await asyncio.sleep(quiet_s)


async def _life(place: Bed, read: dict[Told, float], seconds: float) -> None:
    """Readings one by one, until the kill; `read` has each that the daemon has taken from the line, and by when it had."""
    loop = asyncio.get_running_loop()
    begun, waiting = loop.time(), list[Told]()
    for number in range(int(PER_S * seconds)):
        await asyncio.sleep(begun + number / PER_S - loop.time())
        if not place.hub.line.unread():
            read.update(dict.fromkeys(waiting, time.monotonic()))
            waiting.clear()
        waiting.append(place.told(place.sent))
        place.hub.line.write(*place.calm(1))
