"""Values out of stored bytes: readings out of their wire form, alerts and their events out of their JSON. Pure."""

from __future__ import annotations

from types import GenericAlias
from typing import Any

import msgspec
from msgspec import UNSET, Struct, structs

from drivers.measurement import BloodPressure, Position, Value
from gateway.alert import Alert, AlertEvent, AuditEntry, Finding
from gateway.formats.reading_json import ReadingMessage, reading_ids
from gateway.formats.times import from_rfc3339
from gateway.readings import Reading

Plain = dict[str, int | float] | bool | int | float | str


def _with_types(struct: type[Struct], **types: object) -> type[Any]:
    """The same fields, some of another type: msgspec cannot decode a union of two structs, and `Value` is one."""
    fields = [(field.name, types.get(field.name, field.type), _default(field)) for field in structs.fields(struct)]
    return msgspec.defstruct(struct.__name__, fields, kw_only=True)


def _default(field: structs.FieldInfo) -> object:
    if field.default_factory is not msgspec.NODEFAULT:
        return msgspec.field(default_factory=field.default_factory)
    return msgspec.field(default=field.default)


_StoredReading = _with_types(Reading, value=Plain)
_StoredAlert = _with_types(Alert, readings=GenericAlias(tuple, (_StoredReading, ...)))
_StoredEvent = _with_types(AlertEvent, alert=_StoredAlert)
_StoredFinding = _with_types(Finding, readings=GenericAlias(tuple, (_StoredReading, ...)))

_messages = msgspec.json.Decoder(list[ReadingMessage])
_pieces = msgspec.json.Decoder(list[msgspec.Raw])
_alert = msgspec.json.Decoder(_StoredAlert)
_event = msgspec.json.Decoder(_StoredEvent)
_finding = msgspec.json.Decoder(_StoredFinding)
_deed = msgspec.json.Decoder(AuditEntry)

A_DEED = b'{"deed":'  # so it begins; an event does not


def encode_alert(alert: Alert) -> bytes:
    """For the database."""
    return msgspec.json.encode(alert)


def decode_alert(body: bytes) -> Alert:
    """What `encode_alert` was given. Raises msgspec.DecodeError."""
    return _of_stored(_alert.decode(body))


def encode_event(event: AlertEvent) -> bytes:
    """For the database: the same bytes each time, which the chain holds together."""
    return msgspec.json.encode(event)


def decode_event(body: bytes) -> AlertEvent:
    """What `encode_event` was given. Raises msgspec.DecodeError."""
    stored = _event.decode(body)
    return AlertEvent(**{**structs.asdict(stored), "alert": _of_stored(stored.alert)})


def encode_deed(deed: AuditEntry) -> bytes:
    """For the chain, too."""
    return msgspec.json.encode(deed)


def decode_entry(body: bytes) -> AlertEvent | AuditEntry:
    """An entry of the chain. Raises msgspec.DecodeError."""
    return _deed.decode(body) if body.startswith(A_DEED) else decode_event(body)


def encode_finding(finding: Finding) -> bytes:
    """For a memory."""
    return msgspec.json.encode(finding)


def decode_finding(body: bytes) -> Finding:
    """What `encode_finding` was given. Raises msgspec.DecodeError."""
    fields = structs.asdict(_finding.decode(body))
    return Finding(**{**fields, "readings": tuple(_reading(reading) for reading in fields["readings"])})


def _of_stored(alert: Any) -> Alert:
    fields = structs.asdict(alert)
    return Alert(**{**fields, "readings": tuple(_reading(reading) for reading in fields["readings"])})


def decode_readings(body: bytes) -> list[Reading]:
    """The readings of a batch, READING objects of the message contract joined by commas. Raises msgspec.DecodeError."""
    return [_from_message(message) for message in _messages.decode(b"[" + body + b"]")]


def pieces(body: bytes) -> list[bytes]:
    """The same, each as its own bytes. Raises msgspec.DecodeError."""
    return [bytes(piece) for piece in _pieces.decode(b"[" + body + b"]")]


def _reading(stored: Any) -> Reading:
    fields = structs.asdict(stored)
    return Reading(**{**fields, "value": _value(stored.kind, stored.value)})


def _from_message(message: ReadingMessage) -> Reading:
    _, epoch, seq = message.id.rsplit("/", 2)
    return Reading(
        wearer=message.wearer,
        device=message.device,
        driver=message.driver,
        kind=message.kind,
        value=_value(message.kind, message.value),
        at_ms=from_rfc3339(message.at),
        received_ms=from_rfc3339(message.received_at),
        clock=message.clock,
        quality=message.quality,
        history=message.history,
        seq=int(seq),
        epoch=int(epoch),
        monotonic_ms=None if message.monotonic_ms is UNSET else message.monotonic_ms,
        rr_ms=() if message.rr_ms is UNSET else message.rr_ms,
    )


def _value(kind: str, plain: Plain) -> Value:
    if not isinstance(plain, dict):
        return plain
    return Position(**plain) if kind == "position" else BloodPressure(**plain)


def seqs(body: bytes) -> list[int]:
    """The numbers of the readings of a batch. Raises msgspec.DecodeError, ValueError."""
    return [int(name.rpartition("/")[2]) for name in reading_ids(body)]
