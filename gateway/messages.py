"""The messages of the MQTT contract, version 1, as types: what is encoded here is what is stored and what is sent.

Pure. JSON in UTF-8; times are RFC 3339 in UTC with milliseconds and `Z`. The JSON Schemas in `config/schemas/` are made
from these types (`./dev schemas`), and a test holds them together.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from drivers.measurement import Kind
from gateway.alert import (
    Alert,
    AlertEvent,
    AlertKind,
    AlertOutcome,
    Condition,
    EventName,
    LastPosition,
    Priority,
    RuleRef,
    Workflow,
)
from gateway.clock import ClockState
from gateway.readings import Reading
from gateway.snapshot import Counts, DiskState, Fault, LinkState, Queued, Snapshot, Tallies

VERSION: Literal[1] = 1
BATCH_BYTES = 60_000  # CONTRACT 3: a batch is at most 60 KB; several clouds refuse 64 KB

Time = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$")]
_encode = msgspec.json.Encoder().encode


def rfc3339(ms: int) -> str:
    """Milliseconds since 1970 as `2026-11-23T03:21:09.120Z`."""
    seconds, rest = divmod(ms, 1000)
    return f"{_second(seconds)}{rest:03}Z"


@lru_cache(maxsize=64)  # formatting a date costs ten times what remembering it does
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19] + "."


def from_rfc3339(text: str) -> int:
    """Milliseconds since 1970 of an RFC 3339 time with a zone. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no zone; it should end in Z")
    return round(at.timestamp() * 1000)


# --- readings -------------------------------------------------------------------------------------------------------


class ReadingMessage(Struct, kw_only=True):
    """READING: one measurement of one wearer. The form of `value` depends on the kind, as does `unit` (UCUM)."""

    id: str
    wearer: str
    device: str
    driver: str
    kind: Kind
    value: Any  # a `Value`; msgspec decodes no union of two structs
    unit: str | None
    at: Time
    received_at: Time
    clock: ClockState
    quality: tuple[str, ...]
    history: bool


class ReadingsMessage(Struct, kw_only=True):
    """`up/readings`: a batch."""

    v: Literal[1]
    gateway: str
    boot: str
    readings: list[ReadingMessage]


def reading_message(reading: Reading, origin: str) -> ReadingMessage:
    """The wire form. `origin` is `<gateway>/<epoch>`."""
    return ReadingMessage(
        id=f"{origin}/{reading.seq}",
        wearer=reading.wearer,
        device=reading.device,
        driver=reading.driver,
        kind=reading.kind,
        value=reading.value,
        unit=reading.unit,
        at=rfc3339(reading.at_ms),
        received_at=rfc3339(reading.received_ms),
        clock=reading.clock,
        quality=reading.quality,
        history=reading.history,
    )


def encode_reading(reading: Reading, origin: str) -> bytes:
    """One element of a batch, encoded once: these bytes are stored, and sent."""
    return _encode(reading_message(reading, origin))


def batch(gateway: str, boot: str, bodies: Sequence[bytes]) -> bytes:
    """A `up/readings` message of readings that are encoded already (each body one reading, or several joined by commas)."""
    head = b'{"v":1,"gateway":%s,"boot":%s,"readings":[' % (_encode(gateway), _encode(boot))
    return head + b",".join(bodies) + b"]}"


class _Named(Struct):
    id: str


_named = msgspec.json.Decoder(list[_Named]).decode


def reading_ids(body: bytes) -> list[str]:
    """The ids in a body of readings joined by commas."""
    return [reading.id for reading in _named(b"[%s]" % body)]


# --- alerts ---------------------------------------------------------------------------------------------------------


class PositionMessage(Struct, kw_only=True):
    """Where the wearer was, and how long ago that was when the alert was raised."""

    latitude: float
    longitude: float
    accuracy_m: float | UnsetType = UNSET
    age_s: int


class AlertMessage(Struct, kw_only=True):
    """ALERT: one event in the life of an alert. What there is none of is null."""

    v: Literal[1]
    gateway: str
    id: str
    event: EventName
    seq: int
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
    late_s: int
    rule: RuleRef
    level: int
    actor: str | None
    outcome: AlertOutcome | None
    detail: str | None
    reminder: bool
    readings: list[ReadingMessage]
    position: PositionMessage | None
    text: str
    band: dict[str, str] | UnsetType = UNSET


def alert_id(gateway: str, alert: Alert) -> str:
    """`<gateway>/<epoch>/A<number>`."""
    return f"{gateway}/{alert.epoch}/A{alert.number}"


def alert_message(event: AlertEvent, late_s: int, gateway: str) -> bytes:
    """The message of one event: the same bytes each time, so no id has two contents.

    A raised alert says `sent`: by the time anybody reads it, it was.
    """
    alert = event.alert
    return _encode(
        AlertMessage(
            v=VERSION,
            gateway=gateway,
            id=alert_id(gateway, alert),
            event=event.event,
            seq=event.seq,
            kind=alert.kind,
            priority=alert.priority,
            condition=alert.condition,
            workflow="sent" if alert.workflow == "raised" else alert.workflow,
            unconfirmed=alert.unconfirmed,
            test=alert.test,
            wearer=alert.wearer or None,
            room=alert.room or None,
            device=alert.device or None,
            at=rfc3339(event.at_ms),
            raised_at=rfc3339(alert.raised_ms),
            late_s=late_s,
            rule=alert.rule,
            level=alert.level,
            actor=alert.actor or None,
            outcome=alert.outcome,
            detail=alert.detail or None,
            reminder=False,
            readings=[reading_message(reading, f"{gateway}/{reading.epoch}") for reading in alert.readings],
            position=_position(alert.position, alert.raised_ms),
            text=event.text,
            band=alert.band or UNSET,
        )
    )


def _position(last: LastPosition | None, raised_ms: int) -> PositionMessage | None:
    if last is None:
        return None
    age_s = max(0, (raised_ms - last.at_ms) // 1000)
    return PositionMessage(
        latitude=last.place.latitude, longitude=last.place.longitude, accuracy_m=last.place.accuracy_m, age_s=age_s
    )


# --- status, heartbeat, replies -------------------------------------------------------------------------------------


class StatusMessage(Struct, kw_only=True):
    """`up/status`, retained, also the will."""

    v: Literal[1] = VERSION
    gateway: str
    state: Literal["online", "offline", "stopping"]
    boot: str
    at: Time
    version: str


class Wristbands(Struct, kw_only=True):
    """How many bands are enrolled, and how many of them were heard in the last hour."""

    known: int
    heard: int


class LinkMessage(Struct, kw_only=True):
    """A way to people: what it is doing, and since when."""

    state: str
    since: Time


class FaultMessage(Struct, kw_only=True):
    """What is wrong now: the fault in a fixed word, since when, and of which port, adapter or topic."""

    fault: str
    since: Time
    device: str | UnsetType = UNSET


class HeartbeatMessage(Struct, kw_only=True):
    """`up/heartbeat`, every 60 s. `adapters`, `ports`: name -> state; `faults`: what is wrong now."""

    v: Literal[1] = VERSION
    gateway: str
    boot: str
    at: Time
    seq: int
    uptime_s: int
    clock: ClockState
    queued: Queued
    counts: Counts
    adapters: dict[str, str]
    ports: dict[str, str]
    disk: DiskState
    open_alerts: int
    wristbands: Wristbands
    links: dict[str, LinkMessage]
    faults: list[FaultMessage]
    tallies: Tallies


def heartbeat_message(snapshot: Snapshot, seq: int) -> HeartbeatMessage:
    """The snapshot as a heartbeat, the `seq`th of this start."""
    return HeartbeatMessage(
        gateway=snapshot.gateway,
        boot=snapshot.boot,
        at=rfc3339(snapshot.at_ms),
        seq=seq,
        uptime_s=snapshot.uptime_s,
        clock=snapshot.clock,
        queued=snapshot.queued,
        counts=snapshot.counts,
        adapters=dict(snapshot.adapters),
        ports=dict(snapshot.ports),
        disk=snapshot.disk,
        open_alerts=len(snapshot.open_alerts),
        wristbands=Wristbands(known=len(snapshot.bands), heard=snapshot.heard),
        links={name: link_message(link) for name, link in snapshot.links.items()},
        faults=[fault_message(fault) for fault in snapshot.faults],
        tallies=snapshot.tallies,
    )


def link_message(link: LinkState) -> LinkMessage:
    """The wire form."""
    return LinkMessage(state=link.state, since=rfc3339(link.since_ms))


def fault_message(fault: Fault) -> FaultMessage:
    """The wire form."""
    return FaultMessage(fault=fault.fault, since=rfc3339(fault.since_ms), device=fault.device or UNSET)


class ReplyMessage(Struct, kw_only=True):
    """`up/replies`: the answer to a command."""

    v: Literal[1] = VERSION
    id: str
    verb: str
    status: Literal["accepted", "done", "rejected", "failed"]
    reason: str | UnsetType = UNSET
    result: dict[str, Any] | UnsetType = UNSET


def encode(message: Struct) -> bytes:
    """Any message of this file as JSON."""
    return _encode(message)


# --- from above -----------------------------------------------------------------------------------------------------

Id = Annotated[str, Meta(min_length=1, max_length=128)]


class ReceiptsMessage(Struct, kw_only=True):
    """`down/receipts`: the platform has it, by id (`gateway/epoch/17`, `gateway/epoch/A4`, `gateway/epoch/A4#2071`)."""

    ids: Annotated[list[Id], Meta(max_length=5_000)]
    status: Literal["ok", "hold", "rejected"]
    reason: Annotated[str, Meta(max_length=500)] = ""


Verb = Literal[
    "acknowledge",
    "dispatch",
    "on_scene",
    "resolve",
    "cancel",
    "shelve",
    "unshelve",
    "notify",
    "measure",
    "locate",
    "snapshot",
]


class CommandMessage(Struct, kw_only=True):
    """`down/commands`. `args` depends on the verb; those about an alert name it: `{"alert": "gateway/epoch/A4"}`."""

    id: Id
    verb: str
    args: dict[str, Any] = msgspec.field(default_factory=dict)
    actor: Annotated[str, Meta(max_length=128)] = ""
    issued_at: str = ""
    expires_at: str = ""
