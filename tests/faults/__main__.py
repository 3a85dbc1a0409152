"""Does to the stores what a disk can do, thousands of times: `./dev faults`.

Says how far it is, and every promise that was broken with the case that repeats it; ends with a line a group. Exit 1 on any.
`--json` writes the figures to docs/reliability/faults.json, of which docs/reliability.md is made.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from multiprocessing.pool import IMapIterator
from pathlib import Path

import structlog

from gateway.store import space
from tests.faults import bad_disk, daemons, damage, episodes, full, kills, operations
from tests.faults.case import Case, Task, clear
from tests.faults.table import HANGS, Table
from tests.faults.written import Left
from tests.progress import Progress
from tests.reliability import figures
from tests.reliability.figures import Figures
from tests.reliability.stamp import stamp

MEMORY = Path("/dev/shm")
HANGS_S = 300.0


def main() -> int:
    """All of it."""
    parser = argparse.ArgumentParser(
        prog="./dev faults",
        description="Does to the stores what a disk can do. A share of 1 is all, 0 none.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--kills", type=int, default=1000, help="lives that end at a random moment")
    parser.add_argument("--power", type=int, default=500, help="power cuts")
    parser.add_argument(
        "--operations", type=float, default=1.0, help="share of the operations of each episode, each with each fault"
    )
    parser.add_argument("--full", type=int, default=100, help="places at which the disk is full, and as many filled by others")
    parser.add_argument("--daemons", type=int, default=70, help="lives of the whole daemon")
    parser.add_argument("--bits", type=int, default=2000, help="random bits that are flipped")
    parser.add_argument("--cuts", type=int, default=500, help="files that are cut short")
    parser.add_argument("--headers", type=float, default=1.0, help="share of the headers' bits")
    parser.add_argument("--files", type=float, default=1.0, help="share of the other files in the place of ours")
    parser.add_argument("--seed", type=int, default=1, help="the same one makes the same cases")
    parser.add_argument("--seconds", type=float, default=86_400, help="no case begins later; what was done by then is told")
    parser.add_argument("--show", type=int, default=20, help="breaches that are printed")
    parser.add_argument("--json", action="store_true", help="write the figures to docs/reliability/faults.json")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        if not bad_disk.is_preloaded():
            ended = bad_disk.run_preloaded("tests.faults", sys.argv[1:], Path(folder))
            if ended is not None:
                return ended
            print("there is no C compiler: files are damaged, and nothing else", file=sys.stderr)
        return _campaign(args, Path(folder))


def _campaign(args: argparse.Namespace, folder: Path) -> int:
    began_s = time.monotonic()
    space.ALERTS_OWN = 1_000_000  # the reserve: thousands of folders are made
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    tasks = list(_tasks(args, folder))
    random.Random(args.seed).shuffle(tasks)  # so that a run that is cut short has some of everything
    table, told, progress = Table(), 0, Progress()
    progress.counts(0, len(tasks), "tasks")
    run = partial(_run, folder, began_s + args.seconds)
    with multiprocessing.get_context("fork").Pool(len(os.sched_getaffinity(0))) as pool:
        results = pool.imap_unordered(run, tasks)
        for done in range(1, len(tasks) + 1):
            cases = _next(results, done)
            table.take(cases)
            for case in table.broken[told : args.show]:
                progress.says(f"{case.group}: {case.words}: {'; '.join(case.left.breaches)}")
            told = len(table.broken)
            progress.counts(done, len(tasks), f"tasks, {table.cases} cases, {told} with a breach")
            if any(case.group == HANGS for case in cases):
                break
    progress.clear()
    print("\n".join(table.lines()))
    took_s = time.monotonic() - began_s
    if args.json:
        command = " ".join(["./dev faults", *(argument for argument in sys.argv[1:] if argument != "--json")])
        figures.write("faults", Figures(command=command, made=stamp(), took_s=round(took_s), rows=list(table.rows())))
    print(f"{table.cases} cases, {len(table.broken)} with a breach, {took_s:.0f} s, seed {args.seed}")
    return int(bool(table.broken))


def _next(results: IMapIterator[list[Case]], number: int) -> list[Case]:
    try:
        return results.next(HANGS_S)
    except multiprocessing.TimeoutError:
        return [Case(HANGS, f"after {number - 1} tasks", Left(breaches=["other: nothing came for minutes"]))]


def _tasks(args: argparse.Namespace, folder: Path) -> Iterator[Task]:
    made = damage.templates(folder)
    if bad_disk.is_preloaded():
        yield from kills.tasks(args.kills, args.power, args.seed)
        if args.operations:
            yield from operations.tasks(asyncio.run(episodes.made(folder, made)), args.operations, folder / "counted")
        yield from full.tasks(args.full, args.seed, folder / "small")
        yield from daemons.tasks(args.daemons, args.seed)
    yield from damage.tasks(made, args.bits, args.cuts, args.seed, args.headers, args.files)


def _run(folder: Path, until_s: float, task: Task) -> list[Case]:
    if time.monotonic() > until_s:
        return []
    here = folder / f"worker-{os.getpid()}"
    cases = list(task(here))
    clear(here)
    return cases


if __name__ == "__main__":
    sys.exit(main())
