"""The gateway's lower half for a test: a real store of readings, a desk in memory, and the uplink between them and a broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fake_devices.patience import HANGS_S
from gateway.channels.mqtt.awaited_receipts import Awaited
from gateway.channels.mqtt.broker import Broker
from gateway.channels.mqtt.connecting import connect as connect_to_broker
from gateway.channels.mqtt.pace import Pace
from gateway.channels.mqtt.uplink import Uplink
from gateway.channels.mqtt.uplink_context import UplinkContext
from gateway.clock import SystemClock
from gateway.readings import Reading
from gateway.snapshot import Counts, DiskState, Fault, LinkState, Queued, Snapshot, Tallies
from gateway.store.opening import open_stores
from gateway.store.readings import ReadingStore
from tests.gateway.channels.mqtt.fake_desk import FakeDesk
from tests.gateway.channels.mqtt.settings import FORMAT, GATEWAY

QUICK = Pace(again_s=0.3, again_at_most_s=1)


@asynccontextmanager
async def lower_half(tmp_path: Path, broker: Broker, **options: Any) -> AsyncIterator[LowerHalf]:
    """One whose uplink has not begun yet, with a data folder of its own."""
    folder = tmp_path / "data"
    folder.mkdir()
    async with LowerHalf(folder, broker, **options) as half:
        yield half


class LowerHalf:
    """Runs inside `async with`; the uplink from `starts` to `stops`. `options` are the uplink's."""

    def __init__(self, folder: Path, broker: Broker, **options: Any) -> None:
        self.clock = SystemClock()
        self.desk = FakeDesk(self.clock)
        self.store: ReadingStore
        self.uplink: Uplink
        self._folder, self._broker, self._options = folder, broker, {"pace": QUICK} | options
        self._tasks = asyncio.TaskGroup()
        self._resources = AsyncExitStack()

    async def __aenter__(self) -> Self:
        stores = await open_stores(self._folder, GATEWAY, self.clock)
        self._resources.push_async_callback(stores.close)
        self.store = stores.readings
        await self._resources.enter_async_context(self._tasks)
        self._committing = self._tasks.create_task(self.store.run())
        self._resources.callback(self._committing.cancel)
        self.uplink = self.another_uplink()
        self.running: asyncio.Task[None] | None = None
        self._resources.push_async_callback(self.stops)
        return self

    def another_uplink(self, **options: Any) -> Uplink:
        """With the same parts, as after a change of the settings."""
        options = self._options | options
        connect = options.pop("connect", connect_to_broker)
        awaited = Awaited(self.store) if options.pop("readings_need", "puback") == "receipt" else None
        context = UplinkContext(
            format=FORMAT,
            alerts=self.desk,
            receipts=self.desk.receipt,
            router=self.desk.router,
            readings=self.store,
            snapshot=self.snapshot,
            clock=self.clock,
            awaited=awaited,
            **options,
        )
        return Uplink(self._broker, context, connect)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._resources.__aexit__(kind, error, trace)

    def starts(self) -> None:
        """The uplink begins."""
        self.running = self._tasks.create_task(self.uplink.run())

    async def stops(self) -> None:
        """The uplink ends, as it does at a SIGTERM."""
        if self.running:
            self.running.cancel()
            await asyncio.wait([self.running])
            self.running = None

    async def measures(self, *rates: int) -> list[Reading]:
        """Heart rates; on the disk when this returns."""
        readings = [self.next_reading(rate) for rate in rates]
        for reading in readings:
            self.store.add(reading)
        await self.store.flush()
        return readings

    def stops_committing(self) -> None:
        """From now on only whoever asks for it commits."""
        self._committing.cancel()

    def next_reading(self, rate: int) -> Reading:
        """Its number is in hand until it is added."""
        now_ms = self.clock.wall_ms()
        return Reading(
            wearer="W-017",
            device="C0:FF:EE:00:00:01",
            driver="serial-hub",
            kind="heart_rate",
            value=rate,
            at_ms=now_ms,
            received_ms=now_ms,
            clock="synced",
            seq=self.store.next_seq(),
            epoch=self.store.epoch,
        )

    async def delivers_all(self, limit_s: float = HANGS_S) -> Counts:
        """The account once nothing is pending; looked at again and again, as nothing tells of it. Raises TimeoutError."""
        async with asyncio.timeout(limit_s):
            while True:
                counts = await self.counts()
                if not counts.pending:
                    return counts
                await asyncio.sleep(0.05)

    async def counts(self) -> Counts:
        """The account, with all that is known of deliveries."""
        await self.store.flush()
        return self.store.counts()

    def snapshot(self) -> Snapshot:
        """What this half knows of itself."""
        counts = self.store.counts()
        return Snapshot(
            gateway=GATEWAY,
            epoch=1,
            boot=self.clock.boot,
            version="0",
            at_ms=self.clock.wall_ms(),
            uptime_s=0,
            clock=self.clock.state(),
            time_zone="Asia/Shanghai",
            queued=Queued(alerts=len(self.desk.outbox), readings=counts.pending, oldest_s=0),
            counts=counts,
            adapters={},
            ports={},
            disk=DiskState(state="ok", free_mb=1, total_mb=1),
            open_alerts=tuple(self.desk.alerts),
            bands=(),
            heard=0,
            links={"mqtt": LinkState(state=self.uplink.state, since_ms=self.uplink.since_ms)},
            faults=tuple(Fault(fault=fault, since_ms=0) for fault in self.uplink.faults),
            tallies=Tallies(refused_messages=self.uplink.refused),
        )
