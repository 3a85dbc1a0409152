"""Removes all that is held of one wearer: from the stores, from what SQLite leaves of deleted rows, from copies put aside.

Killed in the middle it has done a part of it, and done again it does the rest.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from gateway.store import erase_alerts, erase_readings, traces
from gateway.store.erase_alerts import StillOpen
from gateway.store.rescue import quarantine
from gateway.store.space import MB
from gateway.store.stores import Stores

__all__ = ["Erased", "StillOpen", "erase"]

# A file is written anew while the gateway runs if it is no bigger than this: alerts, and commits of readings, wait for it.
ALERTS_AT_MOST = 4 * MB  # 50 ms on a fast disk, under a second on an SD card
READINGS_AT_MOST = 64 * MB

COPIES = ("*.db.broken-*", "*.db.new", "*.db.new-*")
NOT_SEARCHED = frozenset({"readings.db", "readings.db-wal", "alerts.db", "alerts.db-wal", "alerts.reserve"})


class Erased(Struct, frozen=True, kw_only=True):
    """How much there was. `evicted`: the part of the readings that had not been delivered; `copies`: damaged files put aside.

    `unclean`: databases that may keep traces in the gaps of their pages, because they are too big to be written anew while
    the gateway runs. `locked`: files put aside for want of their key: nobody can tell whose alerts wait in them, so they
    are left. `others`: files in the data folder that are none of the stores' and have the pseudonym in them.
    """

    readings: int
    evicted: int
    gaps: int
    alerts: int
    events: int
    memories: int
    replies: int
    copies: int
    unclean: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


async def erase(stores: Stores, wearer: str, *, running: bool) -> Erased:
    """`running`: other work goes on beside, and should not wait long.

    Raises StillOpen where an alert of theirs is open, and has erased nothing then; StoreBroken where the disk refuses.
    """
    folder = stores.held.path
    await stores.readings.commit()  # what an alert names stands in both files until then
    alerts = await erase_alerts.erase(stores.alerts, wearer)
    readings = await erase_readings.erase(stores.readings, wearer)
    locked = await asyncio.to_thread(quarantine.locked, folder / "alerts.db")
    copies = await asyncio.to_thread(_delete_copies, folder, locked)
    clean = (
        await _clean(folder / "alerts.db", wearer, stores.alerts.clean, stores.alerts.rewrite, running and ALERTS_AT_MOST),
        await _clean(
            folder / "readings.db", wearer, stores.readings.checkpoint, stores.readings.rewrite, running and READINGS_AT_MOST
        ),
    )
    return Erased(
        readings=readings.erased,
        evicted=readings.evicted,
        gaps=readings.gaps,
        alerts=alerts.alerts,
        events=alerts.events,
        memories=alerts.memories,
        replies=alerts.replies,
        copies=copies,
        unclean=tuple(name for name, done in zip(("alerts.db", "readings.db"), clean, strict=True) if not done),
        locked=tuple(path.name for path in locked),
        others=await asyncio.to_thread(lambda: tuple(_others(folder, wearer))),
    )


Step = Callable[[], Awaitable[None]]


async def _clean(path: Path, wearer: str, empty_journal: Step, rewrite: Step, at_most: int) -> bool:
    """Whether no byte of what was deleted is left; `at_most`: so big a file is written anew (0: any)."""
    await empty_journal()
    traced, size = await asyncio.to_thread(lambda: (traces.in_file(path, wearer), path.stat().st_size))
    if not traced:
        return True
    if at_most and size > at_most:
        return False
    await rewrite()
    return True


def _delete_copies(folder: Path, locked: Sequence[Path]) -> int:
    kept = [quarantine.beside(path, part) for path in locked for part in (*quarantine.PARTS, quarantine.LOCKED)]
    copies = [path for pattern in COPIES for path in folder.glob(pattern) if path not in kept]
    for path in copies:
        quarantine.remove(path)
    return len(copies)


def _others(folder: Path, wearer: str) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.name not in NOT_SEARCHED and path.is_file() and traces.in_file(path, wearer):
            yield os.fsencode(path.relative_to(folder)).decode(errors="replace")  # a name need be no text
