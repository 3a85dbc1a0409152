"""What a reading costs the SD card at the pace of life, where commits hold few readings each."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import NamedTuple

from tests.benchmarks import usage
from tests.benchmarks.bed import Effort, bed
from tests.benchmarks.figures import Figure, Found
from tests.benchmarks.progress import says

PER_S = 5  # 50 bands, one reading each 10 s
A_DAY = 86_400 * PER_S
LATER_S = 5


class Written(NamedTuple):
    """How much was written for a reading, and of how many."""

    bytes_each: float
    sent: int


async def wear(effort: Effort) -> Found:
    """Five readings a second for some minutes, so that the write-ahead log comes to be copied back; that counts too.

    Beside it the same with a commit each five seconds in place of one.
    """
    shipped, later = await asyncio.gather(
        _written(effort, ("gateway",)), _written(effort, ("tests.benchmarks.slow_commit", str(LATER_S)))
    )
    note = f"{shipped.sent:,} readings in {effort.trickle_s:.0f} s"
    a_day = shipped.bytes_each * A_DAY / 1e9
    return [
        Figure("written per reading at 5/s, loss bound 1 s", shipped.bytes_each, "bytes", note),
        Figure("written per reading at 5/s, loss bound 5 s", later.bytes_each, "bytes", f"{note}; no setting does this"),
        Figure("written a day, 50 bands, one reading each 10 s", a_day, "GB", f"{note}, times {A_DAY:,} readings"),
    ]


async def _written(effort: Effort, program: tuple[str, ...]) -> Written:
    async with bed(replace(effort, presses=0), program=program) as place:  # of a band that is never heard its silence is stored
        written = usage.written_bytes(place.daemon.pid)
        flow = asyncio.create_task(place.flow(PER_S, effort.trickle_s))
        while not flow.done():
            says(f"{place.watching.count:,} readings of {PER_S * effort.trickle_s:,.0f}")
            await asyncio.wait({flow}, timeout=1)
        sent = await flow
        await place.watching.came(place.sent)
        await place.released()
        return Written((usage.written_bytes(place.daemon.pid) - written) / sent, sent)
