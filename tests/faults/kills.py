"""Lives that end at any moment, one after another in the same folder: kill -9, power cuts, a disk that errs once."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.faults.bad_disk import BadDisk, Fault, What
from tests.faults.case import Case, Task, clear
from tests.faults.life import Say, live, lived
from tests.faults.written import Written, compare, found, go_on_from, opened

LIVES = 12  # in one folder
STEPS = 40
OPERATIONS = 300  # a life has some hundreds of changes of its disk
LIFE_S = 0.12  # about as long as one takes

AtRandom = Callable[[random.Random], Fault]


def tasks(kills: int, power: int, seed: int) -> Iterator[Task]:
    """So many lives each."""
    yield from _in_folders("kill -9 at random moments", kills, None, seed)
    yield from _in_folders("power cuts, what was not synced is gone", power * 2 // 5, partial(_power, What.POWER), seed + 1)
    yield from _in_folders("power cuts, page by page", power * 2 // 5, partial(_power, What.POWER_PAGES), seed + 2)
    yield from _in_folders("power cuts, a torn write", power - 2 * (power * 2 // 5), partial(_power, What.POWER_TORN), seed + 3)


def _in_folders(group: str, n: int, fault: AtRandom | None, seed: int) -> Iterator[Task]:
    for start in range(0, n, LIVES):
        yield partial(run, group, fault, min(LIVES, n - start), seed * 100_000 + start)


def _power(how: What, chance: random.Random) -> Fault:
    return Fault(how, nth=chance.randrange(1, OPERATIONS), seed=chance.randrange(1 << 31))


def run(group: str, fault: AtRandom | None, lives: int, seed: int, folder: Path) -> Iterator[Case]:
    """None: a kill at a moment, whatever is being done in it."""
    chance, before = random.Random(seed), Written()
    clear(folder)
    for life in range(lives):
        one = fault(chance) if fault else Fault(What.NOTHING)
        kill_after_s = None if fault else chance.uniform(0, LIFE_S)
        ended = lived(partial(_live, folder, one, seed + life), before, kill_after_s)
        left = found(folder, before)
        left.breaches += ended.breaches
        compare(left, before, ended.delivering)
        yield Case(group, f"{one.words}, seed {seed}, life {life}", left)
        go_on_from(left, before)


async def _live(folder: Path, fault: Fault, seed: int, say: Say) -> None:
    BadDisk().below(folder, fault)
    stores = await opened(folder)
    say("epoch", stores.epoch)
    await live(stores, random.Random(seed), STEPS, say)
    await stores.close()
