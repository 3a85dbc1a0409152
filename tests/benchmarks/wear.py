"""What a reading costs the SD card at a slow pace, where commits hold few readings each."""

from __future__ import annotations

from tests.benchmarks import usage
from tests.benchmarks.bed import Effort, bed
from tests.benchmarks.figures import Figure

TRICKLE_PER_S = 5


async def trickle(effort: Effort) -> list[Figure]:
    """Five readings a second; what is written after the acknowledgement counts too."""
    async with bed(effort) as place:
        written = usage.written_bytes(place.daemon.pid)
        sent = await place.flow(TRICKLE_PER_S, effort.trickle_s)
        await place.delivered()
        await place.released()
        written = usage.written_bytes(place.daemon.pid) - written
        return [Figure("written to the block device per reading, 5/s", written / sent, "bytes", f"{sent} readings")]
