"""The measurements there are, and a run of some of them, whose results are a report."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from tests.benchmarks import machine
from tests.benchmarks.back import back
from tests.benchmarks.bed import Effort
from tests.benchmarks.beside import beside
from tests.benchmarks.decode import decode
from tests.benchmarks.drain import drain
from tests.benchmarks.figures import Found, combined
from tests.benchmarks.hole import hole
from tests.benchmarks.kills import kills
from tests.benchmarks.latency import latency
from tests.benchmarks.progress import PROGRESS
from tests.benchmarks.refused import refused
from tests.benchmarks.report import Report, report
from tests.benchmarks.speed import flood, steady
from tests.benchmarks.start import start
from tests.benchmarks.strangers import strangers
from tests.benchmarks.wear import wear

Measure = Callable[[Effort], Awaitable[Found]]

MEASUREMENTS: dict[str, Measure] = {
    measure.__name__: measure
    for measure in (flood, steady, kills, wear, drain, back, latency, start, hole, beside, refused, strangers, decode)
}
NEED_NO_DISK = {decode.__name__}


async def run(names: Sequence[str], effort: Effort, *, repeat: int, quick: bool) -> Report:
    """One after the other; what goes wrong in one is told in the report and ends no other."""
    facts = machine.facts()
    found: dict[str, Found] = {}
    broken: dict[str, str] = {}
    async with PROGRESS.shown():
        for name in PROGRESS.through(names):
            try:
                found[name] = combined([await MEASUREMENTS[name](effort) for _ in range(repeat)])
            except (Exception, asyncio.CancelledError) as error:  # a measurement must not take the others along
                if isinstance(error, asyncio.CancelledError):
                    raise
                broken[name] = repr(error)
    return report(facts, found, broken, repeat=repeat, quick=quick)
