"""The memory of Omron monitors: where each model keeps its records, and how a record is read; `omron_bp.py` has the sheet."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Literal

from msgspec import UNSET, Struct

from drivers.bands.vital_signs import NONE, stamped, wall_time
from drivers.driver import Decoded, Refused
from drivers.measurement import BloodPressure, Measurement

Bits = tuple[int, int]  # the first and the last, counted from the left of the whole record


class Layout(Struct, frozen=True, kw_only=True):
    """A kind of records: its size in bytes, how it becomes one number, and where in this its fields are."""

    size: int
    order: Literal["big", "little"]
    diastolic: Bits
    systolic: Bits
    year: Bits
    pulse: Bits
    moved: Bits
    irregular: Bits
    month: Bits
    day: Bits
    hour: Bits
    minute: Bits
    second: Bits


def _big(year: Bits, moved: int, irregular: int) -> Layout:
    return Layout(
        size=14,
        order="big",
        diastolic=(0, 7),
        systolic=(8, 15),
        year=year,
        pulse=(24, 31),
        moved=(moved, moved),
        irregular=(irregular, irregular),
        month=(34, 37),
        day=(38, 42),
        hour=(43, 47),
        minute=(52, 57),
        second=(58, 63),
    )


_LITTLE = Layout(
    size=16,
    order="little",
    minute=(68, 73),
    second=(74, 79),
    moved=(80, 80),
    irregular=(81, 81),
    month=(82, 85),
    day=(86, 90),
    hour=(91, 95),
    year=(98, 103),
    pulse=(104, 111),
    diastolic=(112, 119),
    systolic=(120, 127),
)
_BIG = _big(year=(16, 23), moved=32, irregular=33)
_BIG_SHORT_YEAR = _big(year=(18, 23), moved=32, irregular=33)
_BIG_SWAPPED = _big(year=(18, 23), moved=33, irregular=32)


class RecordCounters(Struct, frozen=True):
    """Where a model says how far it has come: for each user the slot that is written next, u16 each."""

    address: int
    size: int


_AT_0010 = RecordCounters(0x0010, 16)
_AT_0260 = RecordCounters(0x0260, 8)


class Model(Struct, frozen=True):
    """Where the records of each user begin, how many slots each has, and how much is read at once."""

    layout: Layout
    starts: tuple[int, ...]
    slots: int
    block: int
    counters: RecordCounters | None = None


MODELS = {
    "HEM-6161T": Model(_BIG_SHORT_YEAR, (0x02E8,), 30, 0x10),
    "HEM-6232T": Model(_BIG_SWAPPED, (0x02E8, 0x0860), 100, 0x38, _AT_0260),
    "HEM-7136T": Model(_BIG_SHORT_YEAR, (0x02E8,), 60, 0x10),
    "HEM-7150T": Model(_LITTLE, (0x0098,), 60, 0x10, _AT_0010),
    "HEM-7151T": Model(_LITTLE, (0x0098,), 80, 0x10, _AT_0010),
    "HEM-7155T": Model(_LITTLE, (0x0098, 0x0458), 60, 0x10, _AT_0010),
    "HEM-7157T": Model(_LITTLE, (0x0098,), 100, 0x10, _AT_0010),
    "HEM-7322T": Model(_BIG, (0x02AC, 0x0824), 100, 0x38, _AT_0260),
    "HEM-7342T": Model(_LITTLE, (0x0098, 0x06D8), 100, 0x10, _AT_0010),
    "HEM-7361T": Model(_LITTLE, (0x0098, 0x06D8), 100, 0x10, _AT_0010),
    "HEM-7530T": Model(_BIG_SHORT_YEAR, (0x02E8,), 90, 0x10),
    "HEM-7600T": Model(_BIG, (0x02AC,), 100, 0x38, _AT_0260),
}
KIN = {  # whose memory is that of another
    "HEM-7150T": ("7153T", "7156T"),
    "HEM-7155T": ("7340T", "7341T"),
    "HEM-7157T": ("7158T",),
    "HEM-7322T": ("7280T", "7281T", "7282T", "7321T"),
    "HEM-7342T": ("7159T", "7343T", "7344T", "7346T", "7347T", "7349T"),
}
MODELS |= {f"HEM-{kin}": MODELS[known] for known, many in KIN.items() for kin in many}


def model(name: str | None) -> Model | None:
    """The model of this name, however it is written: `HEM-7155T-EBK`, `hem-7155t`, `7155T`; None where it is not known."""
    digits = re.search(r"\d{4}T", (name or "").upper())
    return MODELS.get(f"HEM-{digits[0]}") if digits else None


def decode(name: str, record: bytes) -> Decoded:
    """One record out of the memory of this model. Raises Refused."""
    known = model(name)
    if known is None:
        raise Refused("unsupported", f"model {name}")
    return Decoded(read(known.layout, record))


def read_all(layout: Layout, records: bytes) -> Decoded:
    """Whole records, one after the other; what cannot be is left out and counted."""
    decoded = Decoded()
    for at in range(0, len(records), layout.size):
        try:
            decoded.measurements += read(layout, records[at : at + layout.size])
        except Refused as why:
            decoded.refusals.append(why.refusal)
    return decoded


def newest(layout: Layout, records: bytes) -> int | None:
    """The place of the record with the latest time among these; None where there is none."""
    times: dict[int, str] = {}
    for place in range(len(records) // layout.size):
        with suppress(Refused):
            for measurement in read(layout, records[place * layout.size : (place + 1) * layout.size]):
                times[place] = measurement.device_time or ""
    return max(reversed(times), key=times.__getitem__, default=None)


def read(layout: Layout, record: bytes) -> list[Measurement]:
    """One measurement; none in an empty slot. Raises Refused."""
    if len(record) != layout.size:
        raise Refused("length", f"record: {len(record)} bytes, has {layout.size}")
    if is_empty(record):
        return []
    number = int.from_bytes(record, layout.order)

    def field(bits: Bits) -> int:
        first, last = bits
        return number >> layout.size * 8 - 1 - last & (1 << last - first + 1) - 1

    date = (2000 + field(layout.year), field(layout.month), field(layout.day))
    at = wall_time(*date, field(layout.hour), field(layout.minute), min(field(layout.second), 59))
    pressure = _pressure(field(layout.systolic), field(layout.diastolic), field(layout.pulse))
    flags = {"questionable:body_movement": layout.moved, "questionable:irregular_pulse": layout.irregular}
    quality = tuple(word for word, bit in flags.items() if field(bit))
    found = [Measurement(kind="blood_pressure", value=pressure, quality=quality)] if pressure else []
    return stamped(found, at)


def is_empty(record: bytes) -> bool:
    """Whether nothing was ever written here."""
    return record.strip(b"\xff") == b""


def _pressure(systolic_less_25: int, diastolic: int, pulse: int) -> BloodPressure | None:
    """None where half of it is missing. Raises Refused."""
    if systolic_less_25 in NONE or diastolic in NONE:
        return None
    systolic = systolic_less_25 + 25
    if diastolic >= systolic:
        raise Refused("implausible", f"blood pressure: {systolic}/{diastolic}")
    return BloodPressure(systolic, diastolic, pulse=UNSET if pulse in NONE else pulse)
