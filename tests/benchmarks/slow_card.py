"""How long an SOS takes on a card each of whose syncs takes 50 ms."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from tests.benchmarks.bed import Effort, bed
from tests.benchmarks.figures import Figure
from tests.benchmarks.latency import SEED, figures, presses
from tests.slow_disk import SlowDisk

SYNC_S = 0.05


async def slow_card(effort: Effort) -> list[Figure]:
    """One press at a time, each of another band; what is noted of the earlier ones is synced, too."""
    with tempfile.TemporaryDirectory(prefix="lifering-bench-") as folder:
        disk = SlowDisk(Path(folder), SYNC_S)
        async with bed(effort, disk.environment) as place:
            taken = [took async for took in presses(place, random.Random(SEED), effort.presses)]
    return figures(f"while a sync takes {1000 * SYNC_S:.0f} ms", taken)
