"""What a store writes to the card, counted: the pages of a commit, and what starts one."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.readings import Reading
from gateway.store import readings as readings_file
from gateway.store.stores import Stores
from tests.benchmarks.store import readings
from tests.gateway.store.given import added, reading, stores_in, take, until

COMMITS, READINGS = 100, 5
PAGES = 2.3  # of 1 KB, a commit: one for the batch, one for the delivery before it or a new page and those above


def pages_in_journal(connection: sqlite3.Connection) -> int:
    pages: int = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
    return pages


async def stored(stores: Stores, *given: Reading) -> None:
    """As the store does by itself: it waits for nothing more afterwards."""
    waiting = [added(stores, one) for one in given]
    await until(lambda: all(map(stores.readings.is_stored, waiting)))


async def test_a_commit_of_five_readings_touches_few_pages(tmp_path: Path) -> None:
    given = readings(COMMITS * READINGS, READINGS)
    async with stores_in(tmp_path) as stores:
        store = stores.readings
        await store.checkpoint()
        for first in range(0, len(given), READINGS):
            for one in given[first : first + READINGS]:
                store.add(replace(one, seq=store.next_seq(), epoch=store.epoch))
            await store.commit()
            store.delivered(store.last_batch)

        assert await store.look(pages_in_journal) <= PAGES * COMMITS


async def test_a_delivery_goes_with_the_next_readings_and_starts_no_commit_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings_file, "COMMIT_S", 0.05)
    async with stores_in(tmp_path) as stores, asyncio.TaskGroup() as tasks:
        store = stores.readings
        running = tasks.create_task(store.run())
        await stored(stores, reading(0), reading(1))
        pages = await store.look(pages_in_journal)
        store.delivered(store.last_batch)
        for _ in range(4):  # as long as several commits would take
            await asyncio.sleep(readings_file.COMMIT_S)
        assert await store.look(pages_in_journal) == pages

        added(stores, reading(2))
        await until(lambda: store.counts().delivered == 2)
        running.cancel()


async def test_a_delivery_that_no_reading_follows_is_noted_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings_file, "DELIVERIES_S", 0.01)
    async with stores_in(tmp_path) as stores, asyncio.TaskGroup() as tasks:
        await take(stores, 2)
        running = tasks.create_task(stores.readings.run())
        stores.readings.delivered(stores.readings.last_batch)

        await until(lambda: stores.readings.counts().delivered == 2)
        running.cancel()


async def test_a_delivery_that_ends_while_another_is_noted_is_noted_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings_file, "DELIVERIES_S", 0.01)
    async with stores_in(tmp_path) as stores, asyncio.TaskGroup() as tasks:
        for _ in range(3):
            await take(stores, 1)
        store = stores.readings
        running = tasks.create_task(store.run())
        put = store._put

        def meanwhile(*args: Any) -> Any:
            """In the thread of the database: the commit is under way."""
            monkeypatch.setattr(store, "_put", put)
            running.get_loop().call_soon_threadsafe(store.delivered, 2)
            return put(*args)

        monkeypatch.setattr(store, "_put", meanwhile)
        store.delivered(1)

        await until(lambda: store.counts().delivered == 2)
        running.cancel()


async def test_many_deliveries_are_noted_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings_file, "DELIVERIES_S", 60.0)
    monkeypatch.setattr(readings_file, "COMMIT_S", 0.01)
    monkeypatch.setattr(readings_file, "DELIVERIES_AT", 3)
    async with stores_in(tmp_path) as stores, asyncio.TaskGroup() as tasks:
        store = stores.readings
        running = tasks.create_task(store.run())
        for number in range(3):
            await stored(stores, reading(2 * number), reading(2 * number + 1))
        for batch in range(1, 4):
            store.delivered(batch)

        await until(lambda: store.counts().delivered == 6)
        running.cancel()
