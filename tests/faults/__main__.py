"""Does to the stores what a disk can do, thousands of times: `./dev faults [--kills N] [--bits N] [--cuts N] [--seed S]`.

Prints a line a group, and every promise that was broken with the case that repeats it. Exit 1 on any.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from multiprocessing.pool import IMapIterator
from pathlib import Path
from shutil import which
from typing import TypeVar

import structlog

from tests.faults import damage, kills
from tests.faults.written import Left

LIBRARY = "LIFERING_DISK_DIES"
MEMORY = Path("/dev/shm")
PROCESSES = 2
KILLS_A_TASK = AT_ONCE = 24
HANGS_S = 120.0

T = TypeVar("T")

Result = tuple[str, str, Left]  # the group, the case in words, what was left


def main() -> int:
    """All of it."""
    parser = argparse.ArgumentParser(prog="./dev faults")
    parser.add_argument("--kills", type=int, default=2000)
    parser.add_argument("--bits", type=int, default=2000)
    parser.add_argument("--cuts", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--headers", type=float, default=1.0, help="share of the headers' bits")
    parser.add_argument("--files", type=float, default=1.0, help="share of the other files")
    parser.add_argument("--seconds", type=float, default=86_400, help="no case begins later; what was done by then is told")
    parser.add_argument("--show", type=int, default=20, help="breaches that are printed")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        if LIBRARY not in os.environ and args.kills and which("gcc"):
            return _with_the_library(Path(folder))
        return _campaign(args, Path(folder))


def _with_the_library(folder: Path) -> int:
    """The same again, in a process whose writes can be its last."""
    library = folder / "disk_dies.so"
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-O1", "-o", library, Path(__file__).with_name("disk_dies.c"), "-ldl"], check=True
    )
    environment = {**os.environ, LIBRARY: "yes", "LD_PRELOAD": str(library)}
    return subprocess.run([sys.executable, "-m", "tests.faults", *sys.argv[1:]], env=environment, check=False).returncode


def _campaign(args: argparse.Namespace, folder: Path) -> int:
    began_s = time.monotonic()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    made = damage.templates(folder)
    cases = list(damage.cases(made, args.bits, args.cuts, args.seed, args.headers, args.files))
    with_library = LIBRARY in os.environ
    tasks = [(number, KILLS_A_TASK) for number in range(-(-args.kills // KILLS_A_TASK))] if with_library else []
    results = list[Result]()
    pieces = [cases[start : start + AT_ONCE] for start in range(0, len(cases), AT_ONCE)]
    until_s = began_s + args.seconds
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        for some in _in_time(pool.imap_unordered(partial(_kills, folder, args.seed, until_s), tasks)):
            results += some
        for some in _in_time(pool.imap_unordered(partial(_damage, folder, made, until_s), pieces)):
            results += some
    broken = [(group, case, left.breaches) for group, case, left in results if left.breaches]
    for group, case, breaches in broken[: args.show]:
        print(f"{group}: {case}: {'; '.join(breaches)}")
    _table(results)
    if args.kills and not with_library:
        print("no kills: there is no C compiler")
    print(f"{len(results)} cases, {len(broken)} breaches, {time.monotonic() - began_s:.0f} s, seed {args.seed}")
    return int(bool(broken))


def _in_time(results: IMapIterator[T]) -> Iterator[T]:
    """As they come. Raises multiprocessing.TimeoutError where one hangs."""
    with suppress(StopIteration):
        while True:
            yield results.next(HANGS_S)


def _kills(folder: Path, seed: int, until_s: float, task: tuple[int, int]) -> list[Result]:
    number, n = task
    if time.monotonic() > until_s:
        return []
    found = kills.run(folder / f"kills-{number}", n, seed * 1000 + number)
    return [("kills and power cuts", f"{how} ({number}, {life})", left) for life, (how, left) in enumerate(found)]


def _damage(folder: Path, made: damage.Templates, until_s: float, cases: list[damage.Case]) -> list[Result]:
    here = folder / f"damage-{os.getpid()}"
    return [(case.group, str(tuple(case)), damage.run(case, made, here)) for case in cases if time.monotonic() < until_s]


COUNTED = ("start refused", "lost", "false damage", "silent", "deaf")


def _table(results: Iterable[Result]) -> None:
    groups = defaultdict[str, Counter[str]](Counter)
    for group, _, left in results:
        groups[group].update(cases=1, said=bool(left.said), other=0)
        for breach in left.breaches:
            groups[group][next((name for name in COUNTED if breach.startswith(name)), "other")] += 1
    columns = ("cases", "said", *COUNTED, "other")
    print(f"{'':24}" + "".join(f"{name:>15}" for name in columns))
    for group, counts in groups.items():
        print(f"{group:24}" + "".join(f"{counts[name]:>15}" for name in columns))


if __name__ == "__main__":
    sys.exit(main())
