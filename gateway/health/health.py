"""How the gateway is: what is wrong now and since when, and the faults that last become technical alerts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from gateway.alert import Alert, Clearing, Finding
from gateway.clock import Clock
from gateway.errors import StoreBroken
from gateway.health.machine import Machine
from gateway.health.ports_and_radio import PortsAndRadio, WatchedSource
from gateway.health.ways_to_people import WaysToPeople
from gateway.snapshot import Counts, Fault
from gateway.supervision.fault_watch import FaultWatch, SeenFault, What

LOOK_EVERY_S = 3.0  # and when a fault has lasted long enough: a lost port is told within 10 s


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

    @property
    def in_memory(self) -> bool:
        """Whether it works without a file."""
        ...


class WatchedBonds(Protocol):
    """The bands that are connected to."""

    def unpaired(self) -> Iterable[SeenFault]:
        """Those that a person has to pair."""
        ...

    def undecided(self, address: str) -> bool:
        """Whether nobody can say yet whether this one is paired."""
        ...


class WatchedReadings(Protocol):
    """The store of readings."""

    def counts(self) -> Counts:
        """What was counted."""
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


@dataclass(kw_only=True)
class Health:
    """Looks at the parts of the running gateway; they know nothing of it. `evicted_by_reason`: counted at the last look.

    `put_off`: the bands that are left alone for long, since connecting to them took Bluetooth down. `bonds`: which of them a
    person has to pair. `stuck_contacts`: those whose sensor never says that it is worn; `imitated`: those in whose name
    somebody else may send; both are shown, and are no alerts. `reviews`: what is owed of limits. `sources_lost`: is told which
    ports and radios hear nothing now, so that nobody calls their bands silent.
    """

    clock: Clock
    readings: WatchedReadings
    desk: AlertSink
    hearing: PortsAndRadio
    ways: WaysToPeople
    machine: Machine
    unregistered: WatchedCalls
    put_off: Callable[[], Iterable[str]]
    bonds: WatchedBonds
    store: WatchedStore
    stuck_contacts: Callable[[], Iterable[str]] = tuple
    imitated: Callable[[], Iterable[str]] = tuple
    reviews: Callable[[], Iterable[SeenFault]] = tuple
    sources_lost: Callable[[Iterable[str], Mapping[str, str]], None] = lambda _lost, _through: None
    evicted_by_reason: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._watch = FaultWatch()
        self._evicted = 0

    @property
    def sources(self) -> list[WatchedSource]:
        """All that hears."""
        return self.hearing.all

    @property
    def disk_fault(self) -> str:
        """Why the disk refuses; "": it does not."""
        return self.store.fault

    def faults(self) -> tuple[Fault, ...]:
        """What is wrong now, and since when."""
        now_s = self.clock.monotonic_s()
        self._watch.see(self._seen(), now_s, self.clock.wall_ms(), self._undecided)
        return self._watch.faults(now_s)

    def _undecided(self, what: What) -> bool:
        if what.fault == "band_unpaired":
            return self.bonds.undecided(what.device)
        return any(part.undecided(what) for part in (self.hearing, self.ways, self.machine))

    def _seen(self) -> Iterable[SeenFault]:
        yield from self.hearing.seen()
        yield from self.ways.seen()
        yield from self.machine.seen()
        yield from self.reviews()
        yield from (SeenFault(fault="band_put_off", device=address) for address in self.put_off())
        yield from self.bonds.unpaired()
        yield from (SeenFault(fault="contact_stuck", device=address) for address in self.stuck_contacts())
        yield from (SeenFault(fault="band_imitated", device=address) for address in self.imitated())
        if self.disk_fault:
            yield SeenFault(fault="working_in_memory" if self.store.in_memory else "disk", device=self.disk_fault)
        if self.unregistered.going_on:
            yield SeenFault(fault="unregistered_device")

    async def watch(self) -> None:
        """Turn a fault that lasts into a technical alert, and its end into that alert's clearing; for ever."""
        while True:
            await self.look()
            await asyncio.sleep(self.next_look_s())

    def next_look_s(self) -> float:
        """In how many seconds: when a fault may have lasted long enough to be told, else now and again."""
        due_s = self._watch.next_s()
        in_s = LOOK_EVERY_S if due_s is None else due_s - self.clock.monotonic_s()
        return in_s if 0 < in_s < LOOK_EVERY_S else LOOK_EVERY_S  # what is due and not told waits for something else

    async def look(self) -> None:
        """Once."""
        await self.machine.read_certificates()
        self.sources_lost(self.hearing.lost, self.hearing.heard_through)
        now_s, now_ms = self.clock.monotonic_s(), self.clock.wall_ms()
        for verdict in self._watch.look(self._seen(), self.desk.open_alerts, now_s, now_ms, self._undecided):
            await (self.desk.find(verdict) if isinstance(verdict, Finding) else self.desk.clear(verdict))
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
