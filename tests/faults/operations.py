"""Every operation of an episode is the one at which the process is killed, the power fails, or the disk errs."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from copy import deepcopy
from functools import partial
from pathlib import Path

from gateway.alert import AlertEvent
from tests.faults.bad_disk import DEATHS, FOR_EVER, BadDisk, Fault, Operation, What
from tests.faults.case import Case, Task, clear
from tests.faults.episodes import Episode
from tests.faults.life import Ended, Say, keeping, lived, taken_up
from tests.faults.written import Left, compare, found, opened

AT_ONCE = 20

# What is done at the nth of which operations, and the line of the table.
FAULTS = (
    ("kill -9 at every operation", Fault(What.DIES)),
    ("kill -9 at every operation", Fault(What.DIES_HALFWAY, Operation.WRITE)),
    ("power cut at every operation", Fault(What.POWER)),
    ("power cut at every operation", Fault(What.POWER_PAGES)),
    ("power cut at every operation", Fault(What.POWER_TORN)),
    ("EIO at every operation", Fault(What.FAILS, error=errno.EIO)),
    ("EIO at every read", Fault(What.FAILS, Operation.READ, error=errno.EIO)),
    ("EIO from every operation on", Fault(What.FAILS, times=FOR_EVER, error=errno.EIO)),
    ("ENOSPC at every operation", Fault(What.FAILS, Operation.OPEN | Operation.WRITE | Operation.SYNC, error=errno.ENOSPC)),
    ("ENOSPC from every operation on", Fault(What.FAILS, Operation.OPEN | Operation.WRITE, times=FOR_EVER, error=errno.ENOSPC)),
    ("a short write at every write", Fault(What.SHORT, Operation.WRITE)),
    ("read-only from every operation on", Fault(What.FAILS, times=FOR_EVER, error=errno.EROFS)),
    ("every sync fails once and lies, then a power cut", Fault(What.LIES, Operation.SYNC)),
    ("every operation takes its time", Fault(What.SLOW)),
)


def tasks(episodes: list[Episode], share: float, folder: Path) -> Iterator[Task]:
    """How many operations there are is counted in a run without a fault. `share`: of all cases, evenly spread."""
    every, n = round(1 / share) if share else 0, 0
    for episode in episodes:
        counted = dict[Operation, int]()
        for group, fault in FAULTS:
            if episode.disk_is_well and fault.what not in DEATHS:
                continue
            if fault.operations not in counted:
                nothing = Fault(What.NOTHING, fault.operations, nth=0)
                counted[fault.operations] = _run(episode, nothing, folder)[0].operations
            ours = []
            for nth in range(1, counted[fault.operations] + 1):
                n += 1
                if every and n % every == 0:
                    ours.append(fault._replace(nth=nth, seed=n))
            for start in range(0, len(ours), AT_ONCE):
                yield partial(run, group, episode, ours[start : start + AT_ONCE])


def run(group: str, episode: Episode, faults: list[Fault], folder: Path) -> Iterator[Case]:
    """Each from the beginning."""
    for fault in faults:
        _, left = _run(episode, fault, folder)
        yield Case(group, f"{episode.name}: {fault.words}", left)


def _run(episode: Episode, fault: Fault, folder: Path) -> tuple[Ended, Left]:
    clear(folder)
    if episode.folder:
        shutil.copytree(episode.folder, folder)
    before = deepcopy(episode.before)
    ended = lived(partial(_live, episode, folder, fault), before)
    left = found(folder, before)
    left.breaches += ended.breaches
    errs = fault.what not in (*DEATHS, What.SLOW, What.NOTHING)
    compare(left, before, ended.delivering, is_damaged=episode.is_damaged, had_no_disk=errs)
    if fault.what in DEATHS and not ended.was_killed:
        left.breaches.append("other: it was not reached")
    return ended, left


async def _live(episode: Episode, folder: Path, fault: Fault, say: Say) -> None:
    disk, tried = BadDisk(), list[AlertEvent]()
    hear = keeping(tried, say)
    if episode.what is None:
        disk.below(folder, fault)
    stores = await opened(folder)
    say("epoch", stores.epoch)
    if episode.what is not None:
        disk.below(folder, fault)
        await episode.what(stores, hear)
    say("operations", disk.operations)
    if fault.what not in DEATHS:
        disk.mended()
        await taken_up(stores, folder, tried, hear)
    if fault.what is What.LIES:
        disk.power_fails(What.POWER, fault.seed)
