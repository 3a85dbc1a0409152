"""In which parts of the gateway a reading's processor time goes, in a flood and at 200/s: shares, not times."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from tests.benchmarks.bed import Bed, Effort, bed
from tests.benchmarks.figures import Figure
from tests.benchmarks.progress import says
from tests.benchmarks.sampled import shares

SHOWN = 9  # parts; the others together
MORE = "all others"


async def profile(effort: Effort, when: str, per_s: float = 0) -> list[Figure]:
    """A figure for each of the parts that take most, in percent. `per_s`: evenly; 0: as fast as they are taken."""
    says(f"where the time goes, {when}")
    with tempfile.TemporaryDirectory(prefix="lifering-bench-") as folder:
        counts = Path(folder) / "counts"
        async with bed(effort, program=("tests.benchmarks.sampled", str(counts))) as place:
            before = _read(counts)
            await _readings(place, effort, per_s)
            found = shares(before, _read(counts))
    if not found:
        return []
    parts = list(found.items())[:SHOWN]
    rest = 100 - sum(share for _, share in parts)
    return [Figure(f"share of {when}, {part}", share, "%") for part, share in [*parts, (MORE, rest)] if share > 0]


async def _readings(place: Bed, effort: Effort, per_s: float) -> None:
    if per_s:
        await place.flow(per_s, 2 * effort.steady_s)
    else:
        await place.flood(place.calm(effort.flood))
    await place.watching.came(place.sent)


def _read(counts: Path) -> dict[str, int]:
    """What the sampler has written last; nothing where it has not written yet, or does so at this moment."""
    try:
        found: dict[str, int] = json.loads(counts.read_text())
    except (OSError, ValueError):
        return {}
    return found
