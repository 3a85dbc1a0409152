"""`./dev fleet`: a hundred bands of every kind around the daemon as a process, with faults by a seed, and what came of it.

./dev fleet [--minutes N] [--seed N] [--part P] [--often N] [--keep FOLDER] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.fleet.run import Plan, run
from tests.fleet.table import figures_of, table
from tests.progress import Progress
from tests.reliability import figures
from tests.reliability.stamp import stamp

MINUTES = 30.0


def main(arguments: Sequence[str] | None = None) -> int:
    """1: something must not be as it was."""
    parser = argparse.ArgumentParser(prog="./dev fleet", description="The whole daemon, a hundred bands, and random faults.")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="how long there are faults (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the faults, and of who presses when (%(default)s)")
    parser.add_argument("--part", type=float, default=1.0, help="of each kind of band (%(default)s: all)")
    parser.add_argument("--often", type=float, default=1.0, help="things break so many times as often (%(default)s)")
    parser.add_argument("--keep", type=Path, help="an empty folder for the daemon's data and log, which are kept there")
    parser.add_argument("--json", action="store_true", help="write the figures to docs/reliability/fleet.json")
    options = parser.parse_args(arguments)
    logging.getLogger("bumble").setLevel(logging.ERROR)  # it warns of each packet behind a link that has ended
    made, began_s, progress = stamp(), time.monotonic(), Progress()
    plan = Plan(60 * options.minutes, options.seed, options.part, often=options.often)

    def told(what: str, left_s: float) -> None:
        done_s = plan.seconds - left_s
        if what:
            progress.says(f"{done_s:6.0f} s: {what}")
        progress.counts(round(done_s), round(plan.seconds), "s")

    with tempfile.TemporaryDirectory(prefix="lifering-fleet-") as temporary:
        outcome = asyncio.run(run(plan, options.keep or Path(temporary), told))
    progress.clear()
    sys.stdout.write(f"{table(outcome)}\n")
    if options.json:
        command = f"./dev fleet --minutes {options.minutes:g} --seed {options.seed}"
        command += "" if options.part == 1 else f" --part {options.part:g}"
        command += "" if options.often == 1 else f" --often {options.often:g}"
        figures.write("fleet", figures_of(command, made, outcome, round(time.monotonic() - began_s)))
    return bool(outcome.verdict.faults)


if __name__ == "__main__":
    sys.exit(main())
