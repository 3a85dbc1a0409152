"""Measures the gateway on this machine, as a process, on a real disk and against a real broker.

./dev bench [NAME ...] [--quick] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.benchmarks import machine
from tests.benchmarks.bed import QUICK, Effort
from tests.benchmarks.beside import beside
from tests.benchmarks.decode import decode
from tests.benchmarks.figures import Figure, as_json, table
from tests.benchmarks.latency import latency
from tests.benchmarks.memory import memory
from tests.benchmarks.refused import refused
from tests.benchmarks.slow_card import slow_card
from tests.benchmarks.speed import flood, steady
from tests.benchmarks.start import start
from tests.benchmarks.strangers import strangers
from tests.benchmarks.wear import trickle
from tests.benchmarks.whole import whole

MEASUREMENTS: dict[str, Callable[[Effort], Awaitable[list[Figure]]]] = {
    measure.__name__: measure
    for measure in (flood, steady, trickle, memory, start, latency, whole, beside, refused, strangers, slow_card, decode)
}
NEED_NO_DISK = {decode.__name__}


def main() -> int:
    """Prints the table; 1 where this machine cannot measure."""
    parser = argparse.ArgumentParser(prog="./dev bench", description="Measures the gateway on this machine.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all when left out: {', '.join(MEASUREMENTS)}")
    parser.add_argument("--quick", action="store_true", help="a minute's run, to see that it works; not for figures")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    if unknown := set(options.names) - MEASUREMENTS.keys():
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}")
    names = options.names or list(MEASUREMENTS)
    if set(names) - NEED_NO_DISK and (reason := machine.unfit()):
        print(reason, file=sys.stderr)
        return 1
    facts = machine.facts()
    figures = asyncio.run(_measure(names, QUICK if options.quick else Effort()))
    print("; ".join(f"{key} {value}" for key, value in facts.items()), table(figures), sep="\n\n")
    if options.json:
        options.json.write_text(as_json(figures, facts))
    return 0


async def _measure(names: list[str], effort: Effort) -> list[Figure]:
    figures: list[Figure] = []
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        figures += await MEASUREMENTS[name](effort)
    return figures


if __name__ == "__main__":
    sys.exit(main())
