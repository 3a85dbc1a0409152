"""The gateway with a sampler in it: in which part of it the processor's time goes, looked at each millisecond of that time.

    python -m tests.benchmarks.sampled FILE ARGUMENTS OF gateway...

What a library does is counted for the part that called it; a loop that only waits and wakes up, for the event loop. Of the
threads of the databases it is only known that it is theirs. FILE has the counts so far, as JSON.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from gateway import cli

EVERY_S = 0.001
WRITE_EVERY = 10  # samples; the kernel gives one each 4 ms or so
CHECKOUT = f"{Path(__file__).parents[2]}/"
OURS = ("gateway/", "drivers/")
ENTRANCE = {"gateway/cli", "gateway/__main__.py", "gateway/daemon.py"}  # on every stack
LOOP, THREADS = "event loop", "threads of the databases"


def area(frame: FrameType | None) -> str:
    """The innermost part of the gateway on this stack: a folder of it, or a file that stands alone."""
    while frame:
        file = frame.f_code.co_filename.removeprefix(CHECKOUT)
        if file.startswith(OURS):
            part = "/".join(file.split("/")[:2]) if file.startswith("gateway/") else "drivers"
            return LOOP if part in ENTRANCE else part
        frame = frame.f_back
    return LOOP


class Sampler:
    """Counts by area."""

    def __init__(self, file: Path) -> None:
        self._file, self._counts = file, Counter[str]()
        self._main_s, self._all_s = time.thread_time(), time.process_time()

    def sample(self, _number: int, frame: FrameType | None) -> None:
        """The signal comes to the main thread, whichever thread has used the time."""
        main_s, all_s = time.thread_time(), time.process_time()
        mostly_main = 2 * (main_s - self._main_s) >= all_s - self._all_s
        self._main_s, self._all_s = main_s, all_s
        self._counts[area(frame) if mostly_main else THREADS] += 1
        if self._counts.total() % WRITE_EVERY == 0:
            self._file.write_text(json.dumps(self._counts))


def shares(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, float]:
    """Percent of the samples between two looks, the greatest first."""
    between = Counter(dict(after))
    between.subtract(before)
    total = sum(between.values()) or 1
    return {name: 100 * count / total for name, count in between.most_common() if count > 0}


if __name__ == "__main__":
    signal.signal(signal.SIGPROF, Sampler(Path(sys.argv[1])).sample)
    signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)
    sys.exit(cli.main(sys.argv[2:]))
