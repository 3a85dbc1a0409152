"""A store in which a million readings wait for the broker: written once, by the store's own code, and copied for each use."""

from __future__ import annotations

import asyncio
import tempfile
import time
from functools import cache
from pathlib import Path

from gateway.readings import Reading
from gateway.store.opening import open_stores
from tests.benchmarks.bed import BANDS, LOWEST, VALUES
from tests.benchmarks.progress import says
from tests.benchmarks.store import SetClock
from tests.daemon import GATEWAY, bands

SPAN_MS = 1_700_000  # the readings came within it: less than rules look back
COMMIT = 2_000
SAY_EVERY = 20_000


class EarlierBoot(SetClock):
    """The clock of this machine before it was switched on again."""

    def __init__(self) -> None:
        super().__init__()
        self.boot = "00000000"


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="lifering-bench-pending-")


async def pending(count: int) -> Path:
    """The data folder of a gateway that has so many readings to send; not to be changed."""
    folder = Path(_folder().name) / str(count)
    if not folder.exists():
        await _fill(folder, count)
    return folder


async def _fill(folder: Path, count: int) -> None:
    """Of all bands in turn, evenly over the last half hour."""
    roster = bands(BANDS)
    stores = await open_stores(folder, GATEWAY, EarlierBoot())
    until_ms = int(time.time() * 1000)
    for number in range(count):
        band = roster[number % BANDS]
        at_ms = until_ms - SPAN_MS + SPAN_MS * number // count
        stores.readings.add(
            Reading(
                wearer=band.wearer,
                device=band.address,
                driver="serial-hub",
                kind="heart_rate",
                value=LOWEST + number * 7_919 // 64 % VALUES,
                at_ms=at_ms,
                received_ms=at_ms,
                clock="synced",
                seq=stores.readings.next_seq(),
                epoch=stores.epoch,
            )
        )
        if number % COMMIT == COMMIT - 1:
            await stores.readings.commit()
        if number % SAY_EVERY == 0:
            says(f"writing the readings that will be pending: {number:,} of {count:,}")
            await asyncio.sleep(0)
    await stores.close()
