"""Runs seeds, each in a process of its own: nothing that one has left behind is there for the next."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator, Sequence
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.simulation.world import Outcome, simulate

MEMORY = Path("/dev/shm")
LIMIT_S = 7_200  # of the processor, for one seed


def run_seeds(seeds: Sequence[int], days: float, jobs: int, *, kept: bool = False) -> Iterator[Outcome]:
    """What each came to, as they end."""
    waiting, running = list(seeds), dict[Connection, tuple[int, BaseProcess, str]]()
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                _begin(waiting.pop(0), days, running, kept=kept)
            for one in connection.wait(list(running)):
                assert isinstance(one, Connection)
                seed, process, folder = running.pop(one)
                outcome = _outcome(seed, one, process)
                shutil.rmtree(folder, ignore_errors=True)  # before anybody may want no more of them
                yield outcome
    finally:
        for _, process, folder in running.values():
            process.kill()
            process.join()
            shutil.rmtree(folder, ignore_errors=True)


def _begin(seed: int, days: float, running: dict[Connection, tuple[int, BaseProcess, str]], *, kept: bool) -> None:
    folder = tempfile.mkdtemp(prefix="lifering-simulation-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None)
    ours, theirs = get_context("fork").Pipe(duplex=False)
    process = get_context("fork").Process(target=_in_child, args=(seed, days, folder, theirs, kept))
    process.start()
    theirs.close()
    running[ours] = seed, process, folder


def _outcome(seed: int, ours: Connection, process: BaseProcess) -> Outcome:
    try:
        outcome = ours.recv()
        assert isinstance(outcome, Outcome)
    except EOFError:
        outcome = Outcome(seed, faults=["the simulation died"])
    process.join()
    ours.close()
    return outcome


def _in_child(seed: int, days: float, folder: str, to: Connection, kept: bool) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.freeze()
    to.send(simulate(seed, days, Path(folder), kept=kept))
    to.close()
    os._exit(0)  # whoever was killed in there is not cleaned up
