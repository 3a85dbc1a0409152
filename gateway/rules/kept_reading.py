"""A reading among what the rules remember, as it goes to the disk: a value whose type the kind tells. Pure."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from drivers.measurement import BloodPressure, Kind, Value
from gateway.clock import ClockState
from gateway.readings import Reading

Number = int | float  # what was whole stays whole
KeptValue = Number | tuple[Number, Number, Number | None, Number | None]


class KeptReading(Struct, frozen=True, array_like=True):
    """As `Reading`, with a pressure as its numbers."""

    wearer: str
    device: str
    driver: str
    kind: Kind
    value: KeptValue
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
    return KeptReading(
        reading.wearer,
        reading.device,
        reading.driver,
        reading.kind,
        kept_value(reading.value),
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


def restored(plain: KeptReading) -> Reading:
    """As it was."""
    fields = {name: getattr(plain, name) for name in KeptReading.__struct_fields__}
    return Reading(**{**fields, "value": restored_value(plain.value)})


def kept_value(value: Value) -> KeptValue:
    """Of a ruled kind: a pressure becomes its numbers."""
    if isinstance(value, BloodPressure):
        return (value.systolic, value.diastolic, _or_none(value.mean), _or_none(value.pulse))
    assert isinstance(value, int | float)  # a ruled kind has no other values
    return value


def restored_value(plain: KeptValue) -> Value:
    """As it was."""
    if not isinstance(plain, tuple):
        return plain
    systolic, diastolic, mean, pulse = plain
    return BloodPressure(systolic, diastolic, UNSET if mean is None else mean, UNSET if pulse is None else pulse)


def _or_none(number: float | UnsetType) -> float | None:
    return None if isinstance(number, UnsetType) else number
