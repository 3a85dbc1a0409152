"""Freezes a small file of each schema version as this code writes it: later code must still read it, whatever it changes.

python -m tests.gateway.store.freeze        writes what is missing in frozen/; a file that is there is never written again
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

from msgspec.structs import replace

from drivers.measurement import BloodPressure
from gateway.alert import Delivery
from gateway.store.keeping import Transaction
from gateway.store.schemas import Schema
from gateway.store.stores import Stores
from tests.gateway.store.given import added, alert, answer, delivery, event, reading, referenced, sos, stores_in, take

FROZEN = Path(__file__).parent / "frozen"

PRESSURE = replace(reading(1, kind="blood_pressure", value=BloodPressure(181, 121, mean=141.5)), seq=17)
OPEN = replace(alert(1, PRESSURE), room="3-201", seq=1)
CLOSED = replace(alert(2, workflow="resolved"), outcome="helped", seq=2)
WAITING = replace(event(1, 1), alert=OPEN)
DELIVERIES = [Delivery(event=1, channel="mqtt", state="sent", tries=2, late_s=70), delivery(2, "done")]
MEMORIES = {"C0:FF:EE:00:00:01": b"\x01\x02"}


async def fill(stores: Stores) -> None:
    """Something in each table; one batch delivered, one waiting, and one reading that only an alert's transaction has."""
    await take(stores, 5)
    stores.readings.delivered(1, frozenset({1}))
    stores.readings.reject("checksum", 3)
    await take(stores, 4, start=5)
    call = referenced(stores, sos(9))
    await stores.alerts.save(
        Transaction(
            alerts=[OPEN, CLOSED],
            events=[WAITING, replace(event(2, 2), alert=CLOSED, event="resolved")],
            deliveries=DELIVERIES,
            referenced=[call],
            memories=MEMORIES,
            replies=[answer("c-1")],
        )
    )
    added(stores, reading(10))


def frozen(name: str) -> Path:
    """Of the newest version of this schema."""
    return FROZEN / f"{name}-{len(Schema(name).steps())}.db"


async def _write(folder: Path) -> None:
    async with stores_in(folder) as stores:
        await fill(stores)
    for name in ("alerts", "readings"):
        if not frozen(name).exists():
            shutil.copyfile(folder / f"{name}.db", frozen(name))
            print(f"frozen: {frozen(name).name}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_write(Path(folder)))
