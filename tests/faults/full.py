"""A disk that gets full at any byte: it goes on hearing. It has room again, and all is there and adds up; or the power goes."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

from gateway.alert import AlertEvent
from tests.faults.bad_disk import FOR_EVER, BadDisk, Fault, Operation, What
from tests.faults.case import Case, Task, clear
from tests.faults.life import Say, keeping, live, lived, measure, taken_up
from tests.faults.written import Written, compare, found, opened
from tests.gateway.store.small_disk import mount, small_disk

STEPS = 60
A_LIFE_WRITES = 250_000
READINGS_WRITE_LESS = 3
SMALL_MB = 2
QUOTA, SMALL = "full at a byte, and freed", "filled by others, and freed"
CUT = "full at a byte, then a power cut"


def tasks(places: int, seed: int, folder: Path) -> Iterator[Task]:
    """A life may write so many bytes; or so many are left on a small disk that is really mounted, where that is allowed."""
    chance = random.Random(seed)
    for run in (run_quota, run_cut, run_small) if can_mount(folder) else (run_quota, run_cut):
        for _ in range(places):
            yield partial(run, chance.randrange(A_LIFE_WRITES), chance.randrange(1 << 31))


def can_mount(folder: Path) -> bool:
    """Whether a disk can be mounted here."""
    folder.mkdir(exist_ok=True)
    try:
        mount("-t", "tmpfs", "tmpfs", str(folder))
    except (OSError, subprocess.CalledProcessError):
        return False
    subprocess.run(["umount", str(folder)], check=True)
    return True


def run_quota(room: int, seed: int, folder: Path) -> Iterator[Case]:
    """The files may grow by so many bytes."""
    clear(folder)
    disk = BadDisk()

    async def story(say: Say) -> None:
        disk.below(folder, Fault(What.FULL, Operation.WRITE, times=FOR_EVER, room=room))
        await _live_on(folder, seed, disk.mended, say)

    yield _case(QUOTA, f"{room} bytes, seed {seed}", folder, story)


def run_cut(room: int, seed: int, folder: Path) -> Iterator[Case]:
    """The same of readings alone, which leave out of memory until the power goes."""
    clear(folder)
    disk = BadDisk()

    async def story(say: Say) -> None:
        disk.below(folder, Fault(What.FULL, Operation.WRITE, times=FOR_EVER, room=room // READINGS_WRITE_LESS))
        stores, chance = await opened(folder), random.Random(seed)
        for _ in range(STEPS):
            await measure(stores, chance, say)
        disk.power_fails(What.POWER, seed)

    yield _case(CUT, f"{room} bytes, seed {seed}", folder, story)


def run_small(room: int, seed: int, folder: Path) -> Iterator[Case]:
    """All but so many bytes are somebody else's."""
    clear(folder)
    with small_disk(folder, SMALL_MB) as disk:
        disk.fill(leave_bytes=room)
        yield _case(SMALL, f"{room} bytes, seed {seed}", folder, partial(_live_on, folder, seed, disk.empty))


async def _live_on(folder: Path, seed: int, free: Callable[[], None], say: Say) -> None:
    tried = list[AlertEvent]()
    hear = keeping(tried, say)
    stores = await opened(folder)
    await live(stores, random.Random(seed), STEPS, hear)
    free()
    stores = await taken_up(stores, folder, tried, hear)
    await live(stores, random.Random(seed + 1), STEPS // 4, hear)


def _case(group: str, words: str, folder: Path, story: Callable[[Say], Awaitable[None]]) -> Case:
    before = Written()
    ended = lived(story, before)
    left = found(folder, before)
    left.breaches += ended.breaches
    compare(left, before, ended.delivering, had_no_disk=True)
    return Case(group, words, left)
