"""Measures the gateway on this machine, as a process, on a real disk and against a real broker.

./dev bench [NAME ...] [--quick] [--repeat N] [--json FILE] [--write]
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from pathlib import Path

from tests.benchmarks import machine
from tests.benchmarks.bed import QUICK, Effort
from tests.benchmarks.page import files
from tests.benchmarks.report import told, unmeasured
from tests.benchmarks.run import MEASUREMENTS, NEED_NO_DISK, run
from tests.json_file import encoded


def main() -> int:
    """Prints the table; 1 where this machine cannot measure, or something could not be measured."""
    parser = argparse.ArgumentParser(prog="./dev bench", description="Measures the gateway on this machine.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all when left out: {', '.join(MEASUREMENTS)}")
    parser.add_argument("--quick", action="store_true", help="two minutes, to see that it works; not for figures")
    parser.add_argument(
        "--repeat", type=int, default=1, metavar="N", help="each so many times: median, and from where to where"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--write", action="store_true", help="write docs/performance.json, the page and its pictures anew")
    options = parser.parse_args()
    if unknown := set(options.names) - MEASUREMENTS.keys():
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}")
    names = options.names or list(MEASUREMENTS)
    if set(names) - NEED_NO_DISK and (reason := machine.unfit()):
        print(reason, file=sys.stderr)
        return 1
    logging.getLogger("mqtt").setLevel(logging.CRITICAL)  # the library of the platform tells of each lost link
    effort = QUICK if options.quick else Effort()
    report = asyncio.run(run(names, effort, repeat=options.repeat, quick=options.quick))
    print(told(report))
    if options.json:
        options.json.write_bytes(encoded(report))
    if options.write:
        files.write(report)
    return 1 if report.broken or (unmeasured(report) and not report.quick) else 0


if __name__ == "__main__":
    sys.exit(main())
