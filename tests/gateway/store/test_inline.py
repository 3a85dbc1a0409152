"""The stores do the same where SQLite is run in the loop's own thread, as a simulation on a virtual clock needs it."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gateway.store.keeping import Transaction
from gateway.store.opening import open_stores
from gateway.store.stores import Stores
from tests.gateway.store.given import GATEWAY, StillClock, alert, event, stores_in, take
from tests.gateway.store.inline import connect_inline


@asynccontextmanager
async def inline(folder: Path) -> AsyncIterator[Stores]:
    stores = await open_stores(folder, GATEWAY, StillClock(), connect=connect_inline)
    try:
        yield stores
    finally:
        await stores.close()


OTHERS = ("MainThread", "asyncio", "tail")


def sqlite_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if not thread.name.startswith(OTHERS)]


async def test_no_thread_is_started_for_a_database(tmp_path: Path) -> None:
    before = sqlite_threads()

    async with inline(tmp_path):
        assert sqlite_threads() == before


async def test_what_was_stored_is_there_after_a_restart_whoever_runs_sqlite(tmp_path: Path) -> None:
    async with inline(tmp_path) as stores:
        await take(stores, 3)
        await stores.alerts.save(Transaction(alerts=[alert(1)], events=[event(1, 1)]))

    async with stores_in(tmp_path) as stores:
        assert stores.readings.counts().stored == 3
        assert await stores.alerts.open_alerts() == [alert(1)]


async def test_a_damaged_file_is_repaired_there_too(tmp_path: Path) -> None:
    (tmp_path / "readings.db").write_bytes(b"no database at all" * 100)

    async with inline(tmp_path) as stores:
        assert stores.incidents == ["readings.db"]
        await take(stores, 2)
        assert await stores.readings.audit() == []
