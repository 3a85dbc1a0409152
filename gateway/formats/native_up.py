"""The messages of the format "native", version 1, that go up (docs/platform.md), as types. Pure.

The JSON Schemas in `config/schemas/` are made from these types (`./dev schemas`), and a test holds them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from gateway.alert import AlertKind, AlertOutcome, Condition, EventName, Priority, Responder, RuleRef, Workflow
from gateway.clock import ClockState
from gateway.commands import ReplyStatus
from gateway.formats.format import State
from gateway.formats.reading_json import ReadingMessage, Time
from gateway.gap import GapReason
from gateway.snapshot import Count, Counts, DiskState, Queued, Tallies

VERSION: Literal[1] = 1

Signal = Annotated[int, Meta(ge=0, le=31)]


class StatusMessage(Struct, kw_only=True):
    """`up/status`, retained, also the will."""

    v: Literal[1] = VERSION
    gateway: str
    state: State
    boot: str
    at: Time
    version: str


# --- the heartbeat --------------------------------------------------------------------------------------------------


class Wristbands(Struct, kw_only=True):
    """How many bands are enrolled, and how many of them were heard in the last hour."""

    known: Count
    heard: Count


class LinkMessage(Struct, kw_only=True):
    """A way to people: its state in a fixed word, and since when; of a modem its signal, 0 to 31 (null: not known)."""

    state: str
    since: Time | UnsetType = UNSET
    signal: Signal | UnsetType | None = UNSET


class FaultMessage(Struct, kw_only=True):
    """What is wrong now, in a fixed word, and since when. `device`: the port, adapter or band that it is about."""

    fault: str
    since: Time
    device: str | UnsetType = UNSET


class HeartbeatMessage(Struct, kw_only=True):
    """`up/heartbeat`, every 60 s. `adapters` and `ports`: name -> state. `seq` counts since the gateway was started."""

    v: Literal[1] = VERSION
    gateway: str
    boot: str
    at: Time
    seq: Count
    uptime_s: Count
    clock: ClockState
    queued: Queued
    counts: Counts
    adapters: Mapping[str, str]
    ports: Mapping[str, str]
    disk: DiskState
    open_alerts: Count
    wristbands: Wristbands
    links: dict[str, LinkMessage]
    faults: list[FaultMessage]
    tallies: Tallies


# --- what is open ---------------------------------------------------------------------------------------------------


class OpenAlertMessage(Struct, kw_only=True):
    """An alert that still needs somebody. `seq`: of its last event."""

    id: str
    seq: Count
    kind: AlertKind
    priority: Priority
    condition: Condition
    workflow: Workflow
    wearer: str | None
    room: str | None
    raised_at: Time
    level: Count


class SnapshotMessage(Struct, kw_only=True):
    """`up/snapshot`, after each connection and when asked: all that is open; what is not listed is closed here."""

    v: Literal[1] = VERSION
    gateway: str
    boot: str
    at: Time
    open: list[OpenAlertMessage]


# --- readings and alerts --------------------------------------------------------------------------------------------


class ReadingsMessage(Struct, kw_only=True):
    """`up/readings`: a batch."""

    v: Literal[1]
    gateway: str
    boot: str
    readings: list[ReadingMessage]


class PositionMessage(Struct, kw_only=True):
    """Where the wearer was, and how long ago that was when the alert was raised."""

    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    accuracy_m: Annotated[float, Meta(ge=0)] | UnsetType = UNSET
    age_s: Count


class AskedMessage(Struct, kw_only=True):
    """Somebody on duty who was told by the second path: the name in the duty list, when, and what came of it."""

    phone: str
    at: Time
    result: Literal["sent", "delivered", "failed"]


class AlertMessage(Struct, kw_only=True):
    """ALERT: one event in the life of an alert. `band`: what came of telling the wearer by the band, signal -> result."""

    v: Literal[1] = VERSION
    gateway: str
    id: str
    event: EventName
    seq: Count
    kind: AlertKind
    priority: Priority
    condition: Condition
    workflow: Workflow
    unconfirmed: bool
    test: bool
    wearer: str | None
    room: str | None
    device: str | None
    at: Time
    raised_at: Time
    late_s: Count
    rule: RuleRef
    level: Count
    actor: str | None
    outcome: AlertOutcome | None
    detail: str | None
    reminder: bool
    readings: list[ReadingMessage]
    position: PositionMessage | None
    text: str
    band: dict[str, str] | UnsetType = UNSET
    responders: list[Responder] | UnsetType = UNSET
    second_path: list[AskedMessage] | UnsetType = UNSET


# --- gaps -----------------------------------------------------------------------------------------------------------


class GapMessage(Struct, kw_only=True, rename={"from_": "from"}):
    """`n` readings of this wearer and kind, measured at `from` the first and at `to` the last, were evicted before the platform
    had them. Nobody knows whose what was `damaged` or `erased` was: null.

    `reason`: "thinned out" and "disk full", to make room; "rejected", by the platform's receipt; "damaged"; "erased", on a
    wearer's wish.
    """

    wearer: str | None
    kind: str | None
    from_: Time
    to: Time
    n: Annotated[int, Meta(ge=1)]
    reason: GapReason


class GapsMessage(Struct, kw_only=True):
    """`up/gaps`: what was evicted since the last such message. Over all messages `n` adds up to `evicted` of the heartbeat."""

    v: Literal[1] = VERSION
    gateway: str
    boot: str
    gaps: list[GapMessage]


# --- replies --------------------------------------------------------------------------------------------------------


class ReplyMessage(Struct, kw_only=True):
    """`up/replies`: the answer to a command. `verb` is null where the command's could not be read."""

    v: Literal[1] = VERSION
    id: str
    verb: str | None
    status: ReplyStatus
    reason: str | UnsetType = UNSET
    result: Mapping[str, Any] | UnsetType = UNSET
