"""What the fields of a serial hub's band records mean (the table is in `serial_hub.py`)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

from msgspec import UNSET

from drivers.driver import Refused
from drivers.measurement import BloodPressure, Kind, Position, Value

UNKNOWN_U16 = 0xFFFF


def _rate(value: bytes) -> int | None:
    return value[0] if 0 < value[0] < 255 else None


def _blood_pressure(value: bytes) -> BloodPressure | None:
    systolic, diastolic = struct.unpack("<HH", value)
    if {systolic, diastolic} & {0, UNKNOWN_U16}:
        return None
    return BloodPressure(systolic, diastolic)


def _temperature(value: bytes) -> float | None:
    hundredths = int.from_bytes(value, "little", signed=True)
    return None if hundredths == 0x7FFF else hundredths / 100


def _oxygen_saturation(value: bytes) -> int | None:
    return None if value[0] in (127, 255) else _percent(value[0])


def _battery(value: bytes) -> int | None:
    return None if value[0] == 255 else _percent(value[0])


def _percent(percent: int) -> int:
    if percent > 100:
        raise Refused("implausible", f"{percent} %")
    return percent


def _position(value: bytes) -> Position | None:
    latitude, longitude, accuracy_m, _ = struct.unpack("<iiHH", value)
    if latitude == longitude == 0:
        return None
    if abs(latitude) > 90e7 or abs(longitude) > 180e7:
        raise Refused("implausible", "a place off the globe")
    return Position(latitude / 1e7, longitude / 1e7, UNSET if accuracy_m == UNKNOWN_U16 else accuracy_m)


def fix_age_s(value: bytes) -> int:
    """How old the fix of a position is."""
    return int.from_bytes(value[10:], "little")


def _steps(value: bytes) -> int:
    return int.from_bytes(value, "little")


class Field(NamedTuple):
    """A field's kind, its length in bytes, and its reading: None where it says that there is no measurement."""

    kind: Kind
    length: int
    read: Callable[[bytes], Value | None]


FIELDS = {
    0x01: Field("heart_rate", 1, _rate),
    0x02: Field("blood_pressure", 4, _blood_pressure),
    0x03: Field("skin_temperature", 2, _temperature),
    0x04: Field("body_temperature", 2, _temperature),
    0x05: Field("oxygen_saturation", 1, _oxygen_saturation),
    0x06: Field("battery", 1, _battery),
    0x07: Field("position", 12, _position),
    0x08: Field("steps", 4, _steps),
    0x09: Field("respiratory_rate", 1, _rate),
}
