"""`./dev simulate`: many seeds, each in a process of its own; what they came to as a table; or one seed again, with its story.

./dev simulate [--seeds N] [--first N] [--days D] [--jobs J] [--minutes M]
./dev simulate --seed N [--days D] [--trace]
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Sequence

from tests.reliability import figures
from tests.simulation.run import run_seeds
from tests.simulation.table import figures_of, table
from tests.simulation.world import Outcome

HASH_SEED = "0"  # the order of sets of texts follows from it


def main(arguments: Sequence[str] | None = None) -> int:
    """1: something was found."""
    parser = argparse.ArgumentParser(prog="./dev simulate", description="The whole daemon on a virtual clock.")
    parser.add_argument("--seeds", type=int, default=100, help="how many (%(default)s)")
    parser.add_argument("--first", type=int, default=1, help="the first of them (%(default)s)")
    parser.add_argument("--days", type=float, default=7.0, help="virtual days of each (%(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="at a time (%(default)s)")
    parser.add_argument("--minutes", type=float, default=math.inf, help="at most, then what is left is not tried")
    parser.add_argument("--until-found", action="store_true", help="no more seeds once one has found something")
    parser.add_argument("--seed", type=int, help="only this one: its digest, and what it found")
    parser.add_argument("--json", action="store_true", help="write docs/reliability/simulate.json")
    parser.add_argument("--trace", action="store_true", help="with --seed: its story, in words")
    options = parser.parse_args(arguments)
    if options.trace and options.seed is None:
        parser.error("--trace wants --seed: the story of one")
    if options.seed is not None:
        (outcome,) = run_seeds([options.seed], options.days, 1, kept=options.trace)
        _say_one(outcome)
        return bool(outcome.faults)
    seeds = range(options.first, options.first + options.seeds)
    began_s, outcomes = time.monotonic(), []
    for outcome in run_seeds(seeds, options.days, options.jobs):
        outcomes.append(outcome)
        _progress(len(outcomes), len(seeds), outcomes, time.monotonic() - began_s)
        if outcome.faults:
            _clear_line()
            sys.stdout.write(f"seed {outcome.seed}: {'; '.join(outcome.faults[:3])}\n")
            sys.stdout.flush()
            if options.until_found:
                break
        if time.monotonic() - began_s > options.minutes * 60:
            break
    _clear_line()
    sys.stdout.write(f"{table(outcomes)}\n")
    if options.json:
        command = f"./dev simulate --first {options.first} --seeds {options.seeds} --days {options.days:g}"
        figures.write("simulate", figures_of(command, outcomes, time.monotonic() - began_s))
    return any(outcome.faults for outcome in outcomes)


def _say_one(outcome: Outcome) -> None:
    lines = [
        *outcome.lines,
        f"seed {outcome.seed}: {outcome.days:.2f} virtual days, {outcome.steps} steps, {outcome.kills} kills",
    ]
    lines += [f"digest {outcome.digest}", *(f"FOUND {fault}" for fault in outcome.faults)]
    sys.stdout.write("\n".join(lines) + "\n")


def _progress(done: int, of: int, outcomes: Sequence[Outcome], took_s: float) -> None:
    if sys.stdout.isatty():
        full = 30 * done // of
        found, days = sum(bool(outcome.faults) for outcome in outcomes), sum(outcome.days for outcome in outcomes)
        left_s = took_s / done * (of - done)
        bar = f"{'#' * full}{'.' * (30 - full)}"
        _clear_line()
        sys.stdout.write(f"[{bar}] {done}/{of} seeds, {days:.0f} days, {found} found, {left_s / 60:.0f} min left")
        sys.stdout.flush()


def _clear_line() -> None:
    if sys.stdout.isatty():
        sys.stdout.write("\r\x1b[K")


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != HASH_SEED:
        again = [sys.executable, "-m", "tests.simulation", *sys.argv[1:]]
        os.execve(sys.executable, again, os.environ | {"PYTHONHASHSEED": HASH_SEED})
    sys.exit(main())
