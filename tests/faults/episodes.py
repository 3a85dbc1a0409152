"""What a store does in one go, from a folder that is the same each time: any operation of it may be the one that fails."""

from __future__ import annotations

import random
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import StoreBroken
from gateway.store.space import Space
from gateway.store.stores import Stores
from tests.faults.damage import Templates, put
from tests.faults.life import Say, call_for_help, commit, live
from tests.faults.written import Written, opened
from tests.gateway.store.given import NOW_MS, numbered, reading

DAY_MS = 86_400_000


@dataclass(frozen=True)
class Episode:
    """`before` was promised in `folder` (empty: there is none yet). `what` happens to the open stores; None: they are opened.

    `is_damaged`: the files are; what is told of it is true. `disk_is_well`: it dies there, and the disk never errs.
    """

    name: str
    folder: Path | None
    before: Written
    what: Callable[[Stores, Say], Awaitable[None]] | None
    is_damaged: bool = False
    disk_is_well: bool = False


async def one_alert(stores: Stores, say: Say) -> None:
    """Its commit."""
    await call_for_help(stores, random.Random(1), say)


async def one_batch(stores: Stores, say: Say) -> None:
    """Its commit, with a delivery and a rejection."""
    taken = [numbered(stores, reading(number, value=number)) for number in range(30)]
    for one in taken:
        stores.readings.add(one)
    stores.readings.reject("implausible", 3)
    stores.readings.delivered(1)
    await commit(stores, taken, say)


async def checkpoint(stores: Stores, _: Say) -> None:
    """Both journals worked in and emptied."""
    with suppress(StoreBroken):  # told by the next commit
        await stores.alerts._checkpoint()
        await stores.alerts.clean()
        await stores.readings.checkpoint()


async def retention(stores: Stores, _: Say) -> None:
    """All that is old goes, and since it is still too much, what is pending is thinned out and evicted."""
    stores.retention.space = Space(stores.retention.space.folder, 12_000)
    await stores.retain(NOW_MS + 200 * DAY_MS)


async def made(folder: Path, damaged: Templates) -> list[Episode]:
    """All of them; `folder` is for what they begin with."""
    began = Written()
    stores = await opened(folder / "began")
    began.epoch = stores.epoch
    await live(stores, random.Random(5), 60, began.hear)
    began.waiting = {(told.alert.epoch, told.seq) for told, _ in await stores.alerts.undelivered()}
    shutil.copytree(folder / "began", folder / "killed", ignore=shutil.ignore_patterns("*.reserve"))
    await stores.close()
    killed, forgetful = folder / "killed", Written(**{name: getattr(began, name) for name in began.__struct_fields__})
    forgetful.may_forget = True
    header, exchanged, with_journals = folder / "header", folder / "exchanged", folder / "with-journals"
    for there in (header, exchanged):
        shutil.copytree(damaged.closed, there)
    shutil.copytree(damaged.crashed, with_journals)
    put(header / "alerts.db", "bit", 8 * 16)
    for there in (exchanged, with_journals):
        put(there / "alerts.db", "exchanged")
    return [
        Episode("one alert's commit", killed, began, one_alert),
        Episode("one batch's commit", killed, began, one_batch),
        Episode("a checkpoint", killed, began, checkpoint),
        Episode("a retention pass", killed, forgetful, retention),
        Episode("a first start", None, Written(), None),
        Episode("a start after a kill", killed, began, None),
        Episode("a rescue", header, damaged.written, None, is_damaged=True),
        Episode("files that were exchanged", exchanged, damaged.written, None, is_damaged=True, disk_is_well=True),
        Episode("and their journals", with_journals, damaged.written, None, is_damaged=True, disk_is_well=True),
    ]
