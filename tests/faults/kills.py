"""Lives that end at any moment, one after another in the same folder: kill -9 and power cuts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.faults.bad_disk import BadDisk, Fault, What
from tests.faults.case import Case, Task, clear
from tests.faults.life import Say, live, lived
from tests.faults.written import Written, compare, found, go_on_from, opened

LIVES = 12  # in one folder
STEPS = 40
LIFE_S = 0.04  # of the processor, and about as much as a life takes
OPERATIONS = 300  # a life has some hundreds of changes of its disk
GROUPS = {
    What.NOTHING: "kill -9 at random moments",
    What.POWER: "power cuts, what was not synced is gone",
    What.POWER_PAGES: "power cuts, page by page",
    What.POWER_TORN: "power cuts, a torn write",
}


def tasks(kills: int, power: int, seed: int) -> Iterator[Task]:
    """So many lives each; the power cuts in three ways."""
    torn = power - 2 * (power // 3)
    for way, (how, n) in enumerate(zip(GROUPS, (kills, power // 3, power // 3, torn), strict=True)):
        for start in range(0, n, LIVES):
            yield partial(run, how, min(LIVES, n - start), seed + 1_000_000 * (way + 1) + start)


def run(how: What, lives: int, seed: int, folder: Path) -> Iterator[Case]:
    """So many that did not come to their end. NOTHING: the disk is well, and kill -9 comes in whatever is being done."""
    clear(folder)
    chance, before, life = random.Random(seed), Written(), 0
    while lives:
        life += 1
        fault = Fault(how, nth=chance.randrange(1, OPERATIONS), seed=chance.randrange(1 << 31))
        kill_after_s = chance.uniform(0, LIFE_S) if how is What.NOTHING else 0.0
        ended = lived(partial(_live, folder, fault, kill_after_s, seed + life), before)
        left = found(folder, before)
        left.breaches += ended.breaches
        compare(left, before, ended.delivering, by_kill=how is What.NOTHING)
        if ended.was_killed or left.breaches:
            lives -= 1
            yield Case(GROUPS[how], f"{fault.words}, seed {seed}, life {life}", left)
        go_on_from(left, before)


async def _live(folder: Path, fault: Fault, kill_after_s: float, seed: int, say: Say) -> None:
    disk = BadDisk()
    disk.below(folder, fault)
    if kill_after_s:
        disk.kill_after(kill_after_s)
    stores = await opened(folder)
    say("epoch", stores.epoch)
    await live(stores, random.Random(seed), STEPS, say)
    await stores.close()
