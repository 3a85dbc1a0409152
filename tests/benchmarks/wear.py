"""What a reading costs the SD card at the pace of life, where commits hold few readings each."""

from __future__ import annotations

import asyncio

from tests.benchmarks import usage
from tests.benchmarks.bed import Effort, bed
from tests.benchmarks.figures import Figure, Found
from tests.benchmarks.progress import says

PER_S = 5  # 50 bands, one reading each 10 s
A_DAY = 86_400 * PER_S


async def wear(effort: Effort) -> Found:
    """Five readings a second for some minutes, so that the write-ahead log comes to be copied back; that counts too."""
    async with bed(effort) as place:
        written = usage.written_bytes(place.daemon.pid)
        flow = asyncio.create_task(place.flow(PER_S, effort.trickle_s))
        while not flow.done():
            says(f"{place.watching.count:,} readings of {PER_S * effort.trickle_s:,.0f}")
            await asyncio.wait({flow}, timeout=1)
        sent = await flow
        await place.delivered()
        await place.released()
        each = (usage.written_bytes(place.daemon.pid) - written) / sent
    note = f"{sent:,} readings in {effort.trickle_s:.0f} s"
    return [
        Figure("written per reading at 5/s, loss bound 1 s", each, "bytes", note),
        Figure("written a day, 50 bands, one reading each 10 s", each * A_DAY / 1e9, "GB", f"{note}, times {A_DAY:,} readings"),
    ]
