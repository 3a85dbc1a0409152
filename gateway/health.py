"""How the gateway is: what is wrong now and since when, and the faults that last become technical alerts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import disk_usage
from typing import NamedTuple, Protocol

from gateway.alert import Alert, Clearing, Finding
from gateway.alerts.technical import over, technical
from gateway.clock import Clock
from gateway.errors import StoreBroken
from gateway.snapshot import BandsView, Counts, DiskState, Fault, HeardView

LOOK_EVERY_S = 5.0
PATIENCE_S = 30.0  # a fault that mends itself sooner is in the log only
LATELY_S = 60.0


class Source(Protocol):
    """A port or an adapter: `state` is a short fixed word; `tried` is set once it is known."""

    tried: asyncio.Event

    @property
    def state(self) -> str:
        """What it is doing now."""
        ...


class WatchedLink(Protocol):
    """The way to the platform: `faults` are what is wrong with it now, in fixed words."""

    @property
    def faults(self) -> list[str]:
        """Nothing when all is well."""
        ...


class WatchedDrivers(Protocol):
    """The drivers: those that are off did not come back."""

    @property
    def off(self) -> Mapping[str, str]:
        """By name, and why."""
        ...


class WatchedCalls(Protocol):
    """The calls of unregistered devices."""

    @property
    def going_on(self) -> bool:
        """Whether there are any."""
        ...


class WatchedStore(Protocol):
    """Both stores: `fault` is empty, or says in a short fixed word why the disk refuses."""

    @property
    def fault(self) -> str:
        """As it is now."""
        ...


class WatchedReadings(Protocol):
    """The store of readings."""

    def counts(self) -> Counts:
        """The account."""
        ...

    async def evicted_by_reason(self) -> dict[str, int]:
        """As the gap records tell. Raises StoreBroken."""
        ...


class AlertSink(Protocol):
    """Where alerts are raised."""

    @property
    def open_alerts(self) -> list[Alert]:
        """Those that still need somebody."""
        ...

    async def find(self, finding: Finding) -> None:
        """Raise it."""
        ...

    async def clear(self, clearing: Clearing) -> None:
        """Its cause is gone."""
        ...


class Since(NamedTuple):
    """When a fault was first seen: monotonic, to measure how long it lasts; by the wall clock (UTC), to tell of it."""

    monotonic_s: float
    wall_ms: int


What = tuple[str, str]  # the fault, the device ("": of none)

WATCHED = frozenset({"port_lost", "adapter_lost", "disk", "driver_fault"})
WELL = frozenset({"open", "scanning", "connected", "starting"})


@dataclass
class Health:
    """Looks at the parts of the running gateway; they know nothing of it. `evicted_by_reason`: counted at the last look.

    `put_off`: the bands that are left alone for long, since connecting to them took Bluetooth down.
    """

    clock: Clock
    readings: WatchedReadings
    desk: AlertSink
    ports: Mapping[str, Source]
    adapters: Mapping[str, Source]
    roster: BandsView
    heard: HeardView
    links: Mapping[str, WatchedLink]
    drivers: WatchedDrivers
    unregistered: WatchedCalls
    put_off: Callable[[], Iterable[str]]
    store: WatchedStore

    def __post_init__(self) -> None:
        self._since: dict[What, Since] = {}
        self._raised: set[What] = set()
        self._evicted = 0
        self.evicted_by_reason: Mapping[str, int] = {}

    @property
    def sources(self) -> list[Source]:
        """All of them."""
        return [*self.ports.values(), *self.adapters.values()]

    @property
    def disk_fault(self) -> str:
        """Why the disk refuses; "": it does not."""
        return self.store.fault

    def faults(self) -> tuple[Fault, ...]:
        """What is wrong now, and since when."""
        self._see()
        return tuple(
            Fault(fault=fault, device=device, since_ms=since.wall_ms) for (fault, device), since in sorted(self._since.items())
        )

    def _see(self) -> None:
        now = Since(self.clock.monotonic_s(), self.clock.wall_ms())
        self._since = {what: self._since.get(what, now) for what in self._found()}

    def _found(self) -> set[What]:
        found = {("port_lost", name) for name, part in self.ports.items() if part.state not in WELL}
        found |= {("adapter_lost", name) for name, part in self.adapters.items() if part.state not in self._well}
        found |= {("band_put_off", address) for address in self.put_off()}
        if self.disk_fault:
            found.add(("disk", self.disk_fault))
        if self.unregistered.going_on:
            found.add(("unregistered_device", ""))
        found |= {("driver_fault", name) for name in self.drivers.off}
        return found | {(fault, "") for link in self.links.values() for fault in link.faults}

    @property
    def _well(self) -> frozenset[str]:
        """An adapter that hears nobody is well as long as bands are heard: those that are connected to do not advertise."""
        ago_s = (self.heard.heard_ago_s(address) for address in self.roster.bands)
        return WELL | {"silent"} if any(ago is not None and ago <= LATELY_S for ago in ago_s) else WELL

    async def watch(self) -> None:
        """Turn a fault that lasts into a technical alert, and its end into that alert's clearing; for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Once."""
        self._see()
        found = {what for what in self._since if what[0] in WATCHED}
        self._raised |= {(alert.detail, alert.device) for alert in self.desk.open_alerts if alert.detail in WATCHED}
        for fault, device in self._raised - found:
            await self.desk.clear(over(fault, self.clock.wall_ms(), device=device))
        self._raised &= found  # told once, even if a person closes the alert before the fault is over
        for fault, device in found - self._raised:
            if self.clock.monotonic_s() - self._since[fault, device].monotonic_s >= PATIENCE_S:
                await self.desk.find(technical(fault, self.clock.wall_ms(), device=device))
                self._raised.add((fault, device))
        await self._count_evicted()

    async def _count_evicted(self) -> None:
        evicted = self.readings.counts().evicted
        if evicted == self._evicted:
            return
        try:
            self.evicted_by_reason = await self.readings.evicted_by_reason()
        except StoreBroken:
            return  # a fault of its own; counted at the next look
        self._evicted = evicted


def disk_state(folder: Path, fault: str) -> DiskState:
    """The disk that this folder is on; `fault`: why it refuses, where it does. A folder that is gone has nothing free."""
    try:
        usage = disk_usage(folder)
    except OSError:
        return DiskState(state=fault or "io error", free_mb=0, total_mb=0)
    return DiskState(state=fault or "ok", free_mb=usage.free // 1_000_000, total_mb=usage.total // 1_000_000)
