"""Whoever hears waits while too much waits for the disk, whatever that does: memory is bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.errors import StoreBroken
from gateway.store import alerts as alerts_file
from gateway.store import readings as readings_file
from gateway.store.connection import Connection, T, Work
from gateway.store.keeping import Transaction
from gateway.store.opening import open_stores
from gateway.store.stores import Stores
from tests.gateway.store.given import GATEWAY, StillClock, added, numbered, reading, sos
from tests.gateway.store.inline import InlineConnection
from tests.simulation.disk import refused, writes


class DyingDisk:
    """It refuses what is written, and hangs while `answers` is not set."""

    def __init__(self) -> None:
        self.refuses = False
        self.answers = asyncio.Event()
        self.answers.set()

    async def connect(self, path: str) -> Connection:
        return _OnIt(self, path)


class _OnIt:
    def __init__(self, disk: DyingDisk, path: str) -> None:
        self._disk, self._connection = disk, InlineConnection(path)

    async def run(self, work: Work[T]) -> T:
        await self._disk.answers.wait()
        if self._disk.refuses and writes(work):
            raise refused("dead")
        return await self._connection.run(work)

    async def close(self) -> None:
        await self._connection.close()


@pytest.fixture
async def disk() -> DyingDisk:
    return DyingDisk()


@pytest.fixture
async def stores(tmp_path: Path, disk: DyingDisk) -> AsyncIterator[Stores]:
    stores = await open_stores(tmp_path, GATEWAY, StillClock(), connect=disk.connect)
    yield stores
    disk.refuses = False
    disk.answers.set()
    await stores.close()


async def refuse_all(stores: Stores, disk: DyingDisk) -> None:
    disk.refuses = True
    await stores.alerts.save(Transaction(memories={"C0:FF:EE:00:00:01": b"{}"}))
    added(stores, reading())
    with pytest.raises(StoreBroken):
        await stores.readings.commit()
    assert stores.alerts.fault
    assert stores.readings.fault


@asynccontextmanager
async def waits(room: Callable[[], Coroutine[None, None, None]]) -> AsyncIterator[None]:
    """A source does, until what follows within has happened."""
    waiting = asyncio.ensure_future(room())
    for _ in range(20):
        await asyncio.sleep(0)
    assert not waiting.done()
    yield
    async with asyncio.timeout(5):
        await waiting


@pytest.mark.fault("disk", "it refuses readings and then hangs", promise="memory is bounded")
async def test_a_source_waits_while_a_disk_that_has_refused_readings_hangs(stores: Stores, disk: DyingDisk) -> None:
    await refuse_all(stores, disk)
    disk.answers.clear()
    trying = asyncio.ensure_future(stores.readings.change(lambda _, counters: (counters, 1)))
    await asyncio.sleep(0)
    for number in range(readings_file.ROOM_FOR):
        added(stores, reading(number))

    async with waits(stores.readings.room):
        disk.answers.set()
        await trying


@pytest.mark.fault("disk", "it refuses alerts and then hangs", promise="memory is bounded")
async def test_a_source_waits_while_a_disk_that_has_refused_alerts_hangs(stores: Stores, disk: DyingDisk) -> None:
    await refuse_all(stores, disk)
    disk.answers.clear()
    stores.alerts.hold(Transaction(memories={f"device {number}": b"{}" for number in range(alerts_file.ROOM_FOR)}))
    trying = asyncio.ensure_future(stores.alerts.stored())
    await asyncio.sleep(0)

    async with waits(stores.alerts.room):
        disk.answers.set()
        await trying


@pytest.mark.fault("disk", "it refuses, and hangs with a call for help", promise="memory is bounded")
async def test_a_source_waits_while_a_call_for_help_waits_for_a_disk_that_has_refused(stores: Stores, disk: DyingDisk) -> None:
    await refuse_all(stores, disk)
    in_hand = numbered(stores, sos())
    for number in range(readings_file.ROOM_FOR):
        added(stores, reading(number))

    async with waits(stores.readings.room):
        stores.readings.add(in_hand)
