"""A reading as JSON, encoded once: these bytes are stored, and in the native format they are what is sent.

So a reading costs one encoding in its life. That is why the stored form is the contract's READING, and why a format that says
it in another way decodes it first. A body is one reading, or several joined by commas. Pure.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from drivers.measurement import Kind
from gateway.clock import ClockState
from gateway.formats.times import rfc3339
from gateway.readings import Reading

BATCH_BYTES = 60_000  # a batch is at most 60 KB: several clouds refuse 64 KB

Time = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$")]


class ReadingMessage(Struct, kw_only=True):
    """READING: one measurement of one wearer. The form of `value` depends on the kind, as does `unit` (UCUM).

    `monotonic_ms` is there only where `clock` is `unsynced` and `at` is the gateway's word: when it was measured, in ms of the
    gateway's `boot`, by a clock that never steps; below 0: before that.
    """

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
    rr_ms: tuple[int, ...] | UnsetType = UNSET
    monotonic_ms: int | UnsetType = UNSET


def reading_message(reading: Reading, origin: str) -> ReadingMessage:
    """The contract's form. `origin` is `<gateway>/<epoch>`."""
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
        rr_ms=reading.rr_ms or UNSET,
        monotonic_ms=UNSET if reading.monotonic_ms is None else reading.monotonic_ms,
    )


_encode = msgspec.json.Encoder().encode


def encode_reading(reading: Reading, origin: str) -> bytes:
    """A body of one reading."""
    return _encode(reading_message(reading, origin))


_several = msgspec.json.Decoder(list[msgspec.Raw]).decode


def single_readings(body: bytes) -> list[bytes]:
    """The bodies of one reading that a body has. Raises msgspec.DecodeError."""
    return [bytes(reading) for reading in _several(b"[%s]" % body)]


class _Named(Struct):
    id: str


_named = msgspec.json.Decoder(list[_Named]).decode


def reading_ids(body: bytes) -> list[str]:
    """The ids in a body. Raises msgspec.DecodeError."""
    return [reading.id for reading in _named(b"[%s]" % body)]


def named_readings(body: bytes) -> list[tuple[str, bytes]]:
    """The bodies of one reading that a body has, with their ids. Raises msgspec.DecodeError."""
    return list(zip(reading_ids(body), single_readings(body), strict=True))
