"""Takes the snapshot of the parts of the running gateway, which know nothing of it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from gateway.alert import Alert
from gateway.clock import Clock
from gateway.readings import Enrolment, Reading
from gateway.snapshot import (
    HEARD_S,
    BandCounts,
    BandState,
    Counts,
    DiskState,
    Fault,
    LinkState,
    Queued,
    RunningDrill,
    Snapshot,
    Tallies,
)


class ReadingCounts(Protocol):
    """The store of readings."""

    def counts(self) -> Counts:
        """What was counted, on the disk and of what is held."""
        ...

    def of_band(self, address: str) -> BandCounts:
        """What came of this band since the start."""
        ...

    def oldest_pending_ms(self) -> int | None:
        """When the oldest reading came that waits to be sent; None: none waits."""
        ...


class AlertsView(Protocol):
    """The desk."""

    @property
    def open_alerts(self) -> Sequence[Alert]:
        """Those that still need somebody."""
        ...

    @property
    def waiting(self) -> int:
        """How many events are not delivered yet."""
        ...

    @property
    def opened_drills(self) -> Sequence[DrillView]:
        """Those that somebody has opened, and that wait for their press."""
        ...


class DrillView(Protocol):
    """A drill; `until_s`: monotonic."""

    @property
    def wearer(self) -> str:
        """Whose next press is a test."""
        ...

    @property
    def until_s(self) -> float:
        """Until when."""
        ...


class BandsView(Protocol):
    """The live roster."""

    @property
    def bands(self) -> Mapping[str, Enrolment]:
        """Every band that is enrolled, by address."""
        ...


class HeardView(Protocol):
    """What hears the bands."""

    def heard_ago_s(self, address: str) -> float | None:
        """How long ago; None: not since the start."""
        ...


class LoudView(HeardView, Protocol):
    """The same, and how loud."""

    def heard_by(self, address: str) -> tuple[str, int | None]:
        """By what it was heard last, and how loud (dBm)."""
        ...


class LastView(Protocol):
    """What has seen the readings."""

    def of(self, device: str) -> tuple[Reading, ...]:
        """The last of each kind."""
        ...


class PortView(Protocol):
    """A serial port: its state in a short fixed word."""

    state: str


class AdapterView(Protocol):
    """A Bluetooth adapter, or a relay. `refused_frames`: what it told and no radio can have heard."""

    state: str
    deaf_s: float
    refused_frames: int

    @property
    def dropped_frames(self) -> int:
        """How many of enrolled bands there was no room for."""
        ...


class LinkView(Protocol):
    """A way to people."""

    @property
    def state(self) -> str:
        """What it is doing now, in a fixed word."""
        ...

    @property
    def since_ms(self) -> int:
        """Since when (wall clock, UTC)."""
        ...

    @property
    def refused(self) -> Mapping[str, int]:
        """How many messages were refused, by topic."""
        ...


class ModemView(Protocol):
    """The modem of the second path."""

    @property
    def state(self) -> str:
        """How it is now, in a fixed word."""
        ...

    @property
    def signal(self) -> int | None:
        """0 to 31; None: not known."""
        ...


class Observed(Struct, frozen=True, kw_only=True):
    """The parts of the running gateway. `started_s`: monotonic; `links`: by name, such as "mqtt".

    `driver_faults`: bugs of drivers that were survived, by port or driver.
    """

    gateway: str
    epoch: int
    version: str
    started_s: float
    clock: Clock
    time_zone: str
    counters: ReadingCounts
    alerts: AlertsView
    roster: BandsView
    heard: LoudView
    last: LastView
    ports: Mapping[str, PortView]
    adapters: Mapping[str, AdapterView]
    links: Mapping[str, LinkView]
    modems: Mapping[str, ModemView] = {}
    disk: Callable[[], DiskState]
    faults: Callable[[], tuple[Fault, ...]]
    driver_faults: Callable[[], Mapping[str, int]]
    evicted_by_reason: Callable[[], Mapping[str, int]]


def snapshot_of(parts: Observed) -> Snapshot:
    """The gateway as it is now."""
    clock, counts = parts.clock, parts.counters.counts()
    now_ms, bands = clock.wall_ms(), tuple(_band(enrolment, parts) for enrolment in parts.roster.bands.values())
    return Snapshot(
        gateway=parts.gateway,
        epoch=parts.epoch,
        boot=clock.boot,
        version=parts.version,
        at_ms=now_ms,
        uptime_s=int(clock.monotonic_s() - parts.started_s),
        clock=clock.state(),
        time_zone=parts.time_zone,
        queued=Queued(
            alerts=parts.alerts.waiting,
            readings=counts.pending,
            oldest_s=_age_s(parts.counters.oldest_pending_ms(), now_ms),
        ),
        counts=counts,
        adapters={name: adapter.state for name, adapter in parts.adapters.items()},
        ports={name: port.state for name, port in parts.ports.items()},
        disk=parts.disk(),
        open_alerts=tuple(parts.alerts.open_alerts),
        bands=bands,
        heard=sum(band.heard_s is not None and band.heard_s <= HEARD_S for band in bands),
        links=_links(parts),
        faults=parts.faults(),
        tallies=_tallies(parts),
        drills=tuple(
            RunningDrill(wearer=one.wearer, left_s=int(one.until_s - clock.monotonic_s())) for one in parts.alerts.opened_drills
        ),
    )


def _links(parts: Observed) -> dict[str, LinkState]:
    links = {name: LinkState(state=link.state, since_ms=link.since_ms) for name, link in parts.links.items()}
    return links | {name: LinkState(state=modem.state, signal=modem.signal) for name, modem in parts.modems.items()}


def _band(enrolment: Enrolment, parts: Observed) -> BandState:
    last = parts.last.of(enrolment.address)
    return BandState(
        address=enrolment.address,
        driver=enrolment.driver,
        wearer=enrolment.wearer,
        room=enrolment.room,
        heard_s=parts.heard.heard_ago_s(enrolment.address),
        battery=next((r.value for r in last if r.kind == "battery" and isinstance(r.value, int | float)), None),
        last=last,
        counts=parts.counters.of_band(enrolment.address),
        rssi=parts.heard.heard_by(enrolment.address)[1],
    )


def _tallies(parts: Observed) -> Tallies:
    by_topic = [link.refused for link in parts.links.values()]
    return Tallies(
        dropped_frames=_some({name: adapter.dropped_frames for name, adapter in parts.adapters.items()}),
        refused_frames=_some({name: adapter.refused_frames for name, adapter in parts.adapters.items()}),
        deaf_s=_some({name: int(adapter.deaf_s) for name, adapter in parts.adapters.items()}),
        driver_faults=_some(parts.driver_faults()),
        refused_messages=_some({topic: n for refused in by_topic for topic, n in refused.items()}),
        evicted_by_reason=_some(parts.evicted_by_reason()),
    )


def _some(counted: Mapping[str, int]) -> Mapping[str, int]:
    """Those that are not nothing."""
    return {of: n for of, n in counted.items() if n}


def _age_s(since_ms: int | None, now_ms: int) -> int:
    return 0 if since_ms is None else max(0, (now_ms - since_ms) // 1000)
