"""What the gateway knows of itself, as one value. Heartbeat, `status`, demo, page and metrics are renderers of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from gateway.alert import Alert
from gateway.clock import ClockState
from gateway.readings import Reading


class Queued(Struct, frozen=True, kw_only=True):
    """What waits to be sent; `oldest_s` is the age of the oldest waiting reading."""

    alerts: int
    readings: int
    oldest_s: int


class Counts(Struct, frozen=True, kw_only=True):
    """received = stored + all of rejected; stored = delivered + pending + evicted."""

    received: int = 0
    stored: int = 0
    rejected: Mapping[str, int] = {}
    delivered: int = 0
    pending: int = 0
    evicted: int = 0


class DiskState(Struct, frozen=True, kw_only=True):
    """`state`: "ok", or why the disk refuses, in a short fixed word."""

    state: str
    free_mb: int
    total_mb: int


class BandState(Struct, frozen=True, kw_only=True):
    """One enrolled band: when it was heard (seconds ago; None: not since the start), and the last reading of each kind."""

    address: str
    driver: str
    wearer: str
    room: str
    heard_s: float | None
    battery: float | None
    last: tuple[Reading, ...] = ()


class LinkState(Struct, frozen=True, kw_only=True):
    """A way to people: its state in a fixed word, and since when (wall clock, UTC)."""

    state: str
    since_ms: int


class Fault(Struct, frozen=True, kw_only=True):
    """What is wrong now: the fault in a fixed word, since when (wall clock, UTC), and of which device ("": of none)."""

    fault: str
    since_ms: int
    device: str = ""


class Tallies(Struct, frozen=True, kw_only=True):
    """What was counted since the start and is no reading: each by what it was counted of.

    `dropped_frames`: of enrolled bands, by adapter. `driver_faults`: by port or driver. `refused_messages`: by topic.
    `evicted_by_reason`: readings, as the gap records tell.
    """

    dropped_frames: Mapping[str, int] = {}
    driver_faults: Mapping[str, int] = {}
    refused_messages: Mapping[str, int] = {}
    evicted_by_reason: Mapping[str, int] = {}


class Snapshot(Struct, frozen=True, kw_only=True):
    """The gateway at one moment. `adapters` and `ports`: name -> state; `heard`: bands heard in the last hour."""

    gateway: str
    epoch: int
    boot: str
    version: str
    at_ms: int
    uptime_s: int
    clock: ClockState
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
