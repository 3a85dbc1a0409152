"""How soon readings come again after the broker's return: it is killed ten times in a row."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from typing import NamedTuple

from tests.benchmarks.bed import Bed, Effort, bed
from tests.benchmarks.everything import flowing
from tests.benchmarks.figures import Figure, Found, Series
from tests.benchmarks.latency import SEED
from tests.benchmarks.progress import says
from tests.benchmarks.told import Arrived

TELLING = 200
PER_S = 50
LIVES_S, DOWN_S = (2.0, 4.0), (0.2, 1.0)
PATIENCE_S = 30.0  # what has not come for so long is lost with the broker that had taken it
LOOK_S = 0.1


class Return(NamedTuple):
    """Seconds from when the broker listens again until the first reading came, and until all told before had come."""

    first_s: float
    all_s: float
    lost: int


async def back(effort: Effort) -> Found:
    """Each time the next kill comes some seconds after all is told."""
    chance, returns = random.Random(SEED), []
    async with bed(effort, telling=TELLING) as place, flowing(place, PER_S):
        for number in range(effort.kills):
            says(f"{number + 1} of {effort.kills} kills of the broker")
            arrived, since = Arrived(place.platform.consumer), place.sent
            await asyncio.sleep(chance.uniform(*LIVES_S))
            place.broker.stop(signal.SIGKILL)
            await asyncio.sleep(chance.uniform(*DOWN_S))
            place.broker.start()
            returns.append(await _returned(place, arrived, since))
    note = f"{effort.kills} kills in a row, {PER_S} readings/s"
    first, whole = [one.first_s for one in returns], [one.all_s for one in returns]
    return [
        Figure("broker back: first reading, worst", max(first), "s", note, samples=first),
        Figure("broker back: all readings, worst", max(whole), "s", note, samples=whole),
        Figure("broker back: readings that it had taken and lost", sum(one.lost for one in returns), "", note),
        Series("broker back", ("kill", "first_s", "all_s"), [(n + 1, one.first_s, one.all_s) for n, one in enumerate(returns)]),
    ]


async def _returned(place: Bed, arrived: Arrived, since: int) -> Return:
    """The broker listens again. `since`: the first reading that counts, of this life of the broker."""
    back_s = time.monotonic()
    told = [place.told(number) for number in range(since, place.sent)]
    missing, changed_s = set(told), back_s
    while missing and time.monotonic() - changed_s < PATIENCE_S:
        await asyncio.sleep(LOOK_S)
        arrived.look()
        before, missing = missing, arrived.missing(told)
        changed_s = time.monotonic() if missing != before else changed_s
    first_s = min((at_s for at_s in arrived.at_s.values() if at_s >= back_s), default=back_s + PATIENCE_S)
    all_s = max((arrived.at_s[one] for one in told if one in arrived.at_s), default=back_s)
    return Return(first_s - back_s, max(all_s, first_s) - back_s, len(missing))
