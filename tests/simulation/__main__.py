"""`./dev simulate`: many seeds, each in a process of its own; what they came to as a table; or one seed again, with its story.

./dev simulate [--seeds N] [--first N] [--days D] [--week real|dense] [--jobs J] [--minutes M] [--json]
./dev simulate --seed N [--days D] [--week real|dense] [--trace]
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial

from tests.progress import Progress
from tests.reliability import figures
from tests.reliability.stamp import stamp
from tests.simulation.pace import WEEKS
from tests.simulation.run import run_seeds
from tests.simulation.table import figures_of, table
from tests.simulation.world import Outcome

SEEDS, DAYS = 100, 7.0  # so many or more are a whole run
HASH_SEED = "0"  # the order of sets of texts follows from it


def main(arguments: Sequence[str] | None = None) -> int:
    """1: something was found."""
    parser = argparse.ArgumentParser(prog="./dev simulate", description="The whole daemon on a virtual clock.")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many (%(default)s)")
    parser.add_argument("--first", type=int, default=1, help="the first of them (%(default)s)")
    parser.add_argument("--days", type=float, default=DAYS, help="virtual days of each (%(default)s)")
    parser.add_argument("--week", choices=WEEKS, default="real", help="dense: hard from end to end (%(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="at a time (%(default)s)")
    parser.add_argument("--minutes", type=float, default=math.inf, help="at most, then what is left is not tried")
    parser.add_argument("--until-found", action="store_true", help="no more seeds once one has found something")
    parser.add_argument("--seed", type=int, help="only this one: its digest, and what it found")
    parser.add_argument("--json", action="store_true", help="write docs/reliability/simulate.json, as whole runs do")
    parser.add_argument("--trace", action="store_true", help="with --seed: its story, in words")
    options = parser.parse_args(arguments)
    if options.trace and options.seed is None:
        parser.error("--trace wants --seed: the story of one")
    if options.seed is not None:
        (outcome,) = run_seeds([options.seed], options.days, 1, week=options.week, kept=options.trace)
        _say_one(outcome)
        return bool(outcome.faults)
    seeds = range(options.first, options.first + options.seeds)
    made, began_s, outcomes = stamp(), time.monotonic(), list[Outcome]()
    for outcome in _tried(seeds, options, began_s):
        outcomes.append(outcome)
        whole = len(outcomes) >= SEEDS and options.days >= DAYS
        if options.json or whole:  # a long run that is cut short has left what it had
            command = f"./dev simulate --first {options.first} --seeds {len(outcomes)} --days {options.days:g}"
            command += "" if options.week == "real" else f" --week {options.week}"
            figures.write("simulate", figures_of(command, made, outcomes, time.monotonic() - began_s))
    sys.stdout.write(f"{table(outcomes)}\n")
    return any(outcome.faults for outcome in outcomes)


def _tried(seeds: Sequence[int], options: argparse.Namespace, began_s: float) -> Iterator[Outcome]:
    """What each came to, as they end; it is told what is done, and at once what was found."""
    progress, outcomes = Progress(), list[Outcome]()
    told = partial(_shows, progress, outcomes, len(seeds))
    running = run_seeds(seeds, options.days, options.jobs, told, week=options.week)
    for outcome in running:
        outcomes.append(outcome)
        progress.clear()
        if outcome.faults:
            sys.stdout.write(f"seed {outcome.seed}: {'; '.join(outcome.faults[:3])}\n")
            sys.stdout.flush()
        yield outcome
        if (outcome.faults and options.until_found) or time.monotonic() - began_s > options.minutes * 60:
            running.close()


def _shows(progress: Progress, outcomes: Sequence[Outcome], of: int, days: float) -> None:
    found = sum(bool(outcome.faults) for outcome in outcomes)
    days += sum(outcome.days for outcome in outcomes)
    progress.counts(len(outcomes), of, f"seeds, {days:.1f} virtual days, {found} found something")


def _say_one(outcome: Outcome) -> None:
    lines = [
        *outcome.lines,
        f"seed {outcome.seed}: {outcome.days:.2f} virtual days, {outcome.steps} steps, {outcome.kills} kills",
    ]
    lines += [f"digest {outcome.digest}", *(f"FOUND {fault}" for fault in outcome.faults)]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != HASH_SEED:
        again = [sys.executable, "-m", "tests.simulation", *sys.argv[1:]]
        os.execve(sys.executable, again, os.environ | {"PYTHONHASHSEED": HASH_SEED})
    sys.exit(main())
