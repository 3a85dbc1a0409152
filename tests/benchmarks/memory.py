"""How much memory it takes: at the start, with a hundred thousand readings waiting for the broker, and when they leave."""

from __future__ import annotations

import time

from tests.benchmarks import usage
from tests.benchmarks.bed import Effort, bed
from tests.benchmarks.figures import Figure


async def memory(effort: Effort) -> list[Figure]:
    """The broker is away while the readings come in, and returns."""
    async with bed(effort) as place:
        pid = place.daemon.pid
        at_start = usage.rss_mb(pid)
        place.broker.stop()
        await place.flood(place.calm(effort.pending))
        await place.released()
        pending = usage.rss_mb(pid)
        place.broker.start()
        await place.platform.wait_for(lambda: len(place.platform.consumer), 120, "the first reading")
        begun, first = time.monotonic(), len(place.platform.consumer)
        await place.delivered()
        drained_per_s = (effort.pending - first) / (time.monotonic() - begun)
        note = f"{effort.pending:,} readings pending"
        return [
            Figure("RSS at start", at_start, "MB", f"{len(place.roster)} bands"),
            Figure("RSS with a backlog", pending, "MB", note),
            Figure("RSS when it has drained", usage.rss_mb(pid), "MB", note),
            Figure("backlog drained", drained_per_s, "1/s", note),
        ]
