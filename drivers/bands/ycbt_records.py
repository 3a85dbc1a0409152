"""The stored records of ycbt: which tables there are, and how their records are read; `ycbt.py` has the sheet."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from drivers.bands import vital_signs
from drivers.bands.ycbt_frames import seconds_2000, temperature
from drivers.driver import Decoded, Refused
from drivers.measurement import Kind, Measurement


class RecordTable(Struct, frozen=True):
    """One kind of records: the key that asks for it, that of its data; a record without its time, and how it is read."""

    query: int
    data: int
    layout: str
    read: Callable[..., list[Measurement]]


def _heart_rate(_mode: int, bpm: int) -> list[Measurement]:
    return vital_signs.heart_rate(bpm)


def _blood_pressure(_inflated: int, systolic: int, diastolic: int, bpm: int) -> list[Measurement]:
    return vital_signs.optical_pressure(systolic, diastolic) + vital_signs.heart_rate(bpm)


def _vitals(systolic: int, diastolic: int, percent: int, breaths: int, whole: int, fraction: int) -> list[Measurement]:
    return [
        *vital_signs.optical_pressure(systolic, diastolic),
        *vital_signs.oxygen(percent),
        *vital_signs.respiratory_rate(breaths),
        *temperature(whole, fraction),
    ]


def _oxygen(_type: int, percent: int) -> list[Measurement]:
    return vital_signs.oxygen(percent)


def _temperature(_type: int, whole: int, fraction: int) -> list[Measurement]:
    return temperature(whole, fraction)


TABLES: dict[Kind, RecordTable] = {
    "heart_rate": RecordTable(0x06, 0x15, "BB", _heart_rate),
    "blood_pressure": RecordTable(0x08, 0x17, "BBBB", _blood_pressure),
    "respiratory_rate": RecordTable(0x09, 0x18, "3x4B2x2B5x", _vitals),  # skips steps, the pulse of table 06, HRV, sugar
    "oxygen_saturation": RecordTable(0x1A, 0x22, "BB", _oxygen),
    "body_temperature": RecordTable(0x1E, 0x26, "BBB", _temperature),
}


def decode(table: RecordTable, records: bytes, since: datetime | None = None) -> Decoded:
    """The records in a buffer, from a time on; one that cannot be is left out and counted, a remainder is dropped."""
    decoded = Decoded()
    layout = struct.Struct("<4s" + table.layout)
    for time, *numbers in layout.iter_unpack(records[: len(records) - len(records) % layout.size]):
        at = seconds_2000(time)
        if since is not None and at < since:
            continue
        try:
            decoded.measurements += vital_signs.stamped(table.read(*numbers), at)
        except Refused as why:
            decoded.refusals.append(why.refusal)
    return decoded
