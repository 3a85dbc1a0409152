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
    for measure in (flood, steady, drain, latency, start, kills, wear, back, hole, beside, refused, strangers, decode)
}
NEED_NO_DISK = {decode.__name__}
LIMIT_S = 420  # of one of them: what hangs must not keep the figures of the others
AT_ONCE = {
    kills.__name__,
    wear.__name__,
    back.__name__,
    hole.__name__,
}  # they count, or wait for seconds: none is in another's way


async def run(names: Sequence[str], effort: Effort, *, repeat: int, quick: bool) -> Report:
    """One after the other, some at once; what goes wrong in one is told in the report and ends no other."""
    facts = machine.facts()
    found: dict[str, Found] = {}
    broken: dict[str, str] = {}

    async def measure(name: str) -> None:
        try:
            async with asyncio.timeout(LIMIT_S * repeat):
                found[name] = combined([await MEASUREMENTS[name](effort) for _ in range(repeat)])
        except Exception as error:  # it is told, and the others still count
            broken[name] = repr(error)

    async with PROGRESS.shown():
        for together in PROGRESS.through(_groups(names)):
            async with asyncio.TaskGroup() as tasks:
                for name in together:
                    tasks.create_task(measure(name))
    ordered = {name: found[name] for name in names if name in found}
    return report(facts, ordered, broken, repeat=repeat, quick=quick)


def _groups(names: Sequence[str]) -> list[list[str]]:
    """Those that run at once stand where the first of them does."""
    at_once = [name for name in names if name in AT_ONCE]
    return [at_once if [name] == at_once[:1] else [name] for name in names if name not in at_once[1:]]
