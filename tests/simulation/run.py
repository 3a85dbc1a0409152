"""Runs seeds, each in a process of its own: nothing that one has left behind is there for the next."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from drivers import all_drivers
from tests.simulation.pace import WeekName
from tests.simulation.world import Outcome, simulate

MEMORY = Path("/dev/shm")
READS_SETTINGS = "gateway.settings.file"  # a second and a half of the processor


@dataclass
class Running:
    """One seed, in its process. `days`: how far it has come."""

    seed: int
    process: BaseProcess
    folder: str
    days: float = 0.0


def run_seeds(
    seeds: Sequence[int],
    days: float,
    jobs: int,
    told: Callable[[float], object] = lambda _: None,
    *,
    week: WeekName = "real",
    kept: bool = False,
) -> Generator[Outcome, None, None]:
    """What each came to, as they end. `told` hears now and again how many virtual days the running ones have come."""
    waiting, running = list(seeds), dict[Connection, Running]()
    import_module(READS_SETTINGS)
    all_drivers()  # what the first life of each would import
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                _begin(waiting.pop(0), days, running, week, kept=kept)
            for one in connection.wait(list(running)):
                assert isinstance(one, Connection)
                said = _said(one, running[one].seed)
                if isinstance(said, Outcome):
                    _end(one, running.pop(one))  # before anybody may want no more of them
                else:
                    running[one].days = said
                told(sum(each.days for each in running.values()))
                if isinstance(said, Outcome):
                    yield said
    finally:
        for one, each in running.items():
            each.process.kill()
            _end(one, each)


def _begin(seed: int, days: float, running: dict[Connection, Running], week: WeekName, *, kept: bool) -> None:
    folder = tempfile.mkdtemp(prefix="lifering-simulation-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None)
    ours, theirs = get_context("fork").Pipe(duplex=False)
    process = get_context("fork").Process(target=_in_child, args=(seed, days, folder, theirs, week, kept))
    process.start()
    theirs.close()
    running[ours] = Running(seed, process, folder)


def _said(by: Connection, seed: int) -> Outcome | float:
    """How many days it has come, or at last what it came to."""
    try:
        said = by.recv()
    except EOFError:
        return Outcome(seed, faults=["the simulation died"])
    assert isinstance(said, Outcome | float)
    return said


def _end(ours: Connection, one: Running) -> None:
    one.process.join()
    ours.close()
    shutil.rmtree(one.folder, ignore_errors=True)


def _in_child(seed: int, days: float, folder: str, to: Connection, week: WeekName, kept: bool) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.freeze()
    to.send(simulate(seed, days, Path(folder), week, kept=kept, told=to.send))
    to.close()
    os._exit(0)  # whoever was killed in there is not cleaned up
