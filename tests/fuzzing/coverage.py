"""Looks for inputs that reach more code or break a promise: each target under atheris for some minutes, on every processor.

What was found stays between runs in a folder of its own: LIFERING_FUZZ, or lifering-fuzz where caches are. An input that breaks
something is put into `crashes/` there. `--keep` writes the corpus of the repository anew: as few inputs as reach the same.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct

from tests.fuzzing import kept
from tests.fuzzing.target import Target
from tests.fuzzing.targets import KINDS, targets
from tests.progress import Progress
from tests.reliability import figures
from tests.reliability.figures import Figures, Input
from tests.reliability.stamp import Stamp, stamp

MEMORY = Path("/dev/shm")
PROJECT = Path(__file__).parents[2]
MOST_CRASHES = 5  # of one target; then it is left
LONGEST_INPUT_S, MOST_MB = 10, 1_024
STATUS = re.compile(r"^#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+)", re.MULTILINE)
ERROR = re.compile(r"^ === Uncaught Python exception: ===\n(.*?)(?:^==|\Z)", re.MULTILINE | re.DOTALL)
A_LINE_EVERY_S = 30  # where no terminal shows how far it is


class Found(Struct, kw_only=True):
    """What came of one target."""

    name: str
    module: str
    runs: int = 0
    edges: int = 0
    features: int = 0
    inputs: int = 0  # that reach something else than the others
    seconds: float = 0
    crashes: int = 0


def folder() -> Path:
    """Where the inputs of earlier runs are."""
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("LIFERING_FUZZ") or Path(caches) / "lifering-fuzz")


def main() -> int:
    """Fuzzes the targets that are named, or all; prints a table. Gives 1 where one crashed."""
    known = {target.name: (module, target) for module in KINDS for target in targets(module)}
    parser = argparse.ArgumentParser(prog="./dev fuzz --coverage", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="for each target (default: 30)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="targets at once (default: one a processor)")
    parser.add_argument("--keep", action="store_true", help="write the corpus of the repository anew")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/reliability/, and the page anew")
    parser.add_argument("targets", nargs="*", metavar="target", help=f"default: all of {', '.join(known)}")
    args = parser.parse_args()
    if strange := set(args.targets) - set(known):
        parser.error(f"no such target: {', '.join(sorted(strange))}")
    searches = [Search(*known[name], args.minutes * 60) for name in args.targets or known]
    made, began_s = stamp(), time.monotonic()
    print(
        f"{len(searches)} targets, {args.minutes:g} minutes each, {args.jobs} at once; what is found stays in {folder()}",
        flush=True,
    )
    found = search_all(searches, args.jobs, keep=args.keep)
    print(table(found))
    if args.write:
        _write(found, args.minutes, made, time.monotonic() - began_s)
    return 1 if any(one.crashes for one in found) else 0


def search_all(searches: Sequence[Search], jobs: int, *, keep: bool) -> list[Found]:
    """So many at once, with a line of how far they are."""
    began_s = time.monotonic()
    with ThreadPoolExecutor(jobs) as pool:
        ends = [pool.submit(search.run) for search in searches]
        _progress(searches, began_s)
        for end in ends:
            end.result()
        if keep:
            list(pool.map(Search.keep, searches))
    return [search.found for search in searches]


def _write(found: Sequence[Found], minutes: float, made: Stamp, took_s: float) -> None:
    """For docs/reliability.md."""
    inputs = [
        Input(
            kind=KINDS[one.module],
            parser=one.name,
            tried=one.runs,
            handled=one.runs - one.crashes,
            said=f"{minutes:g} minutes, {one.edges} edges, {one.inputs} inputs",
        )
        for one in found
    ]
    figures.write("fuzz", Figures(command="./dev fuzz --coverage", made=made, took_s=round(took_s), inputs=inputs))
    subprocess.run([sys.executable, "-m", "tests.make_reliability"], cwd=PROJECT, check=True)


def table(found: Sequence[Found]) -> str:
    """For people."""
    rows = [f"{'target':24} {'runs':>12} {'edges':>7} {'features':>8} {'corpus':>7} {'crashes':>7}"]
    rows += [
        f"{one.name:24} {one.runs:>12,} {one.edges:>7} {one.features:>8} {one.inputs:>7} {one.crashes:>7}" for one in found
    ]
    runs, inputs, crashes = (sum(getattr(one, name) for one in found) for name in ("runs", "inputs", "crashes"))
    return "\n".join([*rows, f"{'all':24} {runs:>12,} {'':7} {'':8} {inputs:>7} {crashes:>7}"])


def _progress(searches: Sequence[Search], began_s: float) -> None:
    """Until all are over."""
    progress = Progress(every_s=A_LINE_EVERY_S)
    while not all(search.over for search in searches):
        time.sleep(1)
        progress.shows(_line(searches, time.monotonic() - began_s))
    progress.clear()


def _line(searches: Sequence[Search], now_s: float) -> str:
    done, under_way = (
        sum(search.over for search in searches),
        [search for search in searches if search.begun and not search.over],
    )
    now = "; ".join(f"{one.found.name} {one.look().runs:,} runs, {one.found.edges} edges" for one in under_way[:3])
    crashes = sum(search.found.crashes for search in searches)
    return f"{now_s:5.0f} s: {done} of {len(searches)} targets, {crashes} crashes; {now}"


class Search:
    """One target, as long as it is searched."""

    def __init__(self, module: str, target: Target, seconds: float) -> None:
        self.found = Found(name=target.name, module=module)
        self.begun = self.over = False
        self._target, self._seconds = target, seconds
        self._home = folder() / target.name
        self._grown, self._seeds, self._crashes = self._home / "grown", self._home / "seeds", self._home / "crashes"
        self._log, self._runs_before = self._home / "log", 0

    def run(self) -> None:
        """From what is known, for so long; begun again behind a crash."""
        self.begun = True
        try:
            kept.unpack([*self._target.seeds(), *kept.inputs(self._target.name)], self._seeds)
            for place in (self._grown, self._crashes):
                place.mkdir(parents=True, exist_ok=True)
            self._search()
            self.found.inputs = len(kept.packed(self._grown))
        finally:
            self.over = True

    def look(self) -> Found:
        """How far it is, by the last line of its log that says so."""
        with self._log.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 4_000))
            said = STATUS.findall(log.read().decode("utf-8", "replace"))
        if said:
            runs, edges, features = map(int, said[-1])
            self.found.runs = self._runs_before + runs
            self.found.edges, self.found.features = max(self.found.edges, edges), max(self.found.features, features)
        return self.found

    def _search(self) -> None:
        began_s = time.monotonic()
        while (left_s := self._seconds - (time.monotonic() - began_s)) > 0 and self.found.crashes < MOST_CRASHES:
            if self._fuzz(f"-max_total_time={max(1, round(left_s))}", str(self._grown), str(self._seeds)):
                self.found.crashes += 1
                print(f"\n{self._target.name} CRASHED\n{self._why()}", flush=True)
            self.look()
            self._runs_before = self.found.runs
        self.found.seconds = round(time.monotonic() - began_s, 1)

    def _fuzz(self, *arguments: str) -> int:
        """What libFuzzer exits with."""
        options = (
            f"-timeout={LONGEST_INPUT_S}",
            f"-rss_limit_mb={MOST_MB}",
            f"-max_len={self._target.longest}",
            f"-artifact_prefix={self._crashes}/",
            *self._dictionary(),
        )
        command = [sys.executable, "-m", "tests.fuzzing.one", self.found.module, self.found.name, *arguments, *options]
        memory = MEMORY if MEMORY.is_dir() else None  # what a target writes is gone with it, and waits for no disk
        with self._log.open("wb") as log, tempfile.TemporaryDirectory(prefix="lifering-fuzz-", dir=memory) as scratch:
            environment = {**os.environ, "TMPDIR": scratch}
            return subprocess.run(command, stdout=log, stderr=log, cwd=PROJECT, env=environment, check=False).returncode

    def _dictionary(self) -> Sequence[str]:
        if not self._target.words:
            return ()
        path = self._home / "words"
        quoted = ("".join(f"\\x{octet:02x}" for octet in word.encode()) for word in self._target.words)
        path.write_text("".join(f'"{word}"\n' for word in quoted), encoding="ascii")
        return (f"-dict={path}",)

    def _why(self) -> str:
        said = self._log.read_text(encoding="utf-8", errors="replace")
        error = ERROR.search(said)
        return error[1].strip() if error else said[-2_000:]

    def keep(self) -> None:
        """As few inputs as reach what all of them reach, into the repository."""
        fewest = self._home / "fewest"
        kept.unpack((), fewest)
        for path in fewest.iterdir():
            path.unlink()
        if self._fuzz("-merge=1", str(fewest), str(self._seeds), str(self._grown)):
            raise RuntimeError(f"{self._target.name}: cannot be merged, see {self._log}")
        kept.keep(self._target.name, kept.packed(fewest))
