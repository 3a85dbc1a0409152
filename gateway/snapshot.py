"""What the gateway knows of itself, as one value. Heartbeat, `status`, demo, page and metrics are renderers of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

from gateway.alert import Alert
from gateway.clock import ClockState
from gateway.readings import Reading

Count = Annotated[int, Meta(ge=0)]

HEARD_S = 3600.0  # a band that was heard within this counts as heard


class Queued(Struct, frozen=True, kw_only=True):
    """What waits to be sent; `oldest_s` is the age of the oldest waiting reading."""

    alerts: Count
    readings: Count
    oldest_s: Count


class Counts(Struct, frozen=True, kw_only=True):
    """received = stored + all of rejected; stored = delivered + pending + evicted."""

    received: Count = 0
    stored: Count = 0
    rejected: Mapping[str, Count] = {}
    delivered: Count = 0
    pending: Count = 0
    evicted: Count = 0


class BandCounts(Struct, frozen=True, kw_only=True):
    """Of one band, since the gateway was started: received = stored + all of rejected. What came last is stored in a second."""

    received: Count = 0
    stored: Count = 0
    rejected: Mapping[str, Count] = {}


class DiskState(Struct, frozen=True, kw_only=True):
    """`state`: "ok", or why the disk refuses, in a short fixed word."""

    state: str
    free_mb: Count
    total_mb: Count


class BandState(Struct, frozen=True, kw_only=True):
    """One enrolled band: when it was heard (seconds ago; None: not since the start), and the last reading of each kind.

    `rssi`: how loud then (dBm); None: over a connection, or by what tells no strength.
    """

    address: str
    driver: str
    wearer: str
    room: str
    heard_s: float | None
    battery: float | None
    last: tuple[Reading, ...] = ()
    counts: BandCounts = BandCounts()
    rssi: int | None = None


class LinkState(Struct, frozen=True, kw_only=True):
    """A way to people: its state in a fixed word, and since when (wall clock, UTC); None: of a modem, which has a signal.

    `signal`: 0 to 31 (-113 + 2n dBm); None: not known.
    """

    state: str
    since_ms: int | None = None
    signal: int | None = None


class Fault(Struct, frozen=True, kw_only=True):
    """What is wrong now: the fault in a fixed word, since when (wall clock, UTC), and of which device ("": of none)."""

    fault: str
    since_ms: int
    device: str = ""


class RunningDrill(Struct, frozen=True, kw_only=True):
    """A drill that somebody has opened: the next press of this wearer is a test, for so many seconds more."""

    wearer: str
    left_s: int


class Tallies(Struct, frozen=True, kw_only=True):
    """What was counted since the start and is no reading: each by what it was counted of.

    `dropped_frames`: of enrolled bands, by adapter. `refused_frames`: what no radio can have heard, by relay. `deaf_s`: for how
    long nothing was heard through an adapter, in all gaps that are over. `driver_faults`: by port or driver.
    `refused_messages`: by topic.
    `evicted_by_reason`: readings, as the gap records tell.
    """

    dropped_frames: Mapping[str, Count] = {}
    refused_frames: Mapping[str, Count] = {}
    deaf_s: Mapping[str, Count] = {}
    driver_faults: Mapping[str, Count] = {}
    refused_messages: Mapping[str, Count] = {}
    evicted_by_reason: Mapping[str, Count] = {}


class Snapshot(Struct, frozen=True, kw_only=True):
    """The gateway at one moment. `adapters` and `ports`: name -> state; `heard`: bands heard in the last
    hour; `time_zone`: of the place, by its IANA name."""

    gateway: str
    epoch: int
    boot: str
    version: str
    at_ms: int
    uptime_s: int
    clock: ClockState
    time_zone: str
    queued: Queued
    counts: Counts
    adapters: Mapping[str, str]
    ports: Mapping[str, str]
    disk: DiskState
    open_alerts: tuple[Alert, ...]
    bands: tuple[BandState, ...]
    heard: int
    links: Mapping[str, LinkState]
    faults: tuple[Fault, ...]
    tallies: Tallies
    drills: tuple[RunningDrill, ...] = ()
