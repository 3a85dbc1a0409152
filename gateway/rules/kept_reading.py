"""A reading among what the rules remember, as it goes to the disk: a value whose type the kind tells. Pure."""

from __future__ import annotations

from typing import cast

from msgspec import UNSET, Struct

from drivers.measurement import BloodPressure, Kind
from gateway.clock import ClockState
from gateway.readings import Reading

Number = int | float  # what was whole stays whole


class KeptReading(Struct, frozen=True, array_like=True):
    """As `Reading`, with a pressure as its numbers."""

    wearer: str
    device: str
    driver: str
    kind: Kind
    value: int | float | tuple[Number, Number, Number | None, Number | None]
    at_ms: int
    received_ms: int
    clock: ClockState
    quality: tuple[str, ...]
    history: bool
    seq: int
    epoch: int
    monotonic_ms: int | None
    rr_ms: tuple[int, ...]


def kept(reading: Reading) -> KeptReading:
    """Of a measured kind."""
    value = reading.value
    if isinstance(value, BloodPressure):
        plain: object = (value.systolic, value.diastolic, _or_none(value.mean), _or_none(value.pulse))
    else:
        plain = value
    return KeptReading(
        reading.wearer,
        reading.device,
        reading.driver,
        reading.kind,
        cast("float", plain),
        reading.at_ms,
        reading.received_ms,
        reading.clock,
        reading.quality,
        reading.history,
        reading.seq,
        reading.epoch,
        reading.monotonic_ms,
        reading.rr_ms,
    )


def _or_none(number: object) -> float | None:
    return number if isinstance(number, int | float) else None


def restored(plain: KeptReading) -> Reading:
    """As it was."""
    value: object = plain.value
    if isinstance(plain.value, tuple):
        systolic, diastolic, mean, pulse = plain.value
        value = BloodPressure(systolic, diastolic, UNSET if mean is None else mean, UNSET if pulse is None else pulse)
    fields = {name: getattr(plain, name) for name in KeptReading.__struct_fields__}
    return Reading(**{**fields, "value": value})
