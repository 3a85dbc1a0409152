"""The stored records of one day of veepoo: two parts joined, tag-length-value, minutes counted on; see `veepoo.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from drivers.bands import vital_signs
from drivers.driver import Decoded, Refused
from drivers.measurement import Measurement

PARTS_AT_MOST = 600  # 288 records a day, two parts each

_TIME, _PULSES, _PRESSURE, _OXYGENS = 0xB1, 0xB4, 0xB8, 0xB9
_LEAST = {_TIME: 4, _PULSES: 5, _PRESSURE: 2, _OXYGENS: 5}


class Records:
    """Takes the frames of a day as they come. `now` is the local time, which decides the year."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._parts: dict[tuple[int, int], bytes] = {}

    def take(self, frame: bytes) -> Decoded:
        """What became whole with this frame: a record, or nothing. Raises Refused, for the record that it belongs to."""
        number, part = int.from_bytes(frame[1:3]), frame[3:4]
        if number == 0xFFFF:  # the end of the day
            return Decoded()
        if part not in (b"\1", b"\2"):
            raise Refused("length" if not part else "unsupported", f"record {number}: part {part.hex() or 'missing'}")
        self._parts[number, part[0]] = frame[4:]
        if len(self._parts) > PARTS_AT_MOST:
            self._parts.pop(next(iter(self._parts)))
        if (number, 1) not in self._parts or (number, 2) not in self._parts:
            return Decoded()
        return Decoded(decode(self._parts.pop((number, 1)) + self._parts.pop((number, 2)), self._now))


def decode(record: bytes, now: datetime) -> list[Measurement]:
    """The measurements of a whole record. Raises Refused."""
    fields = dict(_fields(record))
    if _TIME not in fields:
        raise Refused("length", "a record without a time")
    at = _time(fields[_TIME], now)
    return [
        *_each_minute(fields.get(_PULSES, b""), at, vital_signs.heart_rate),
        *_each_minute(fields.get(_OXYGENS, b""), at, vital_signs.oxygen),
        *(vital_signs.stamped(vital_signs.optical_pressure(*fields[_PRESSURE]), at) if _PRESSURE in fields else ()),
    ]


def _fields(record: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and value of each field that is used, without what may follow the value."""
    at = 0
    while at < len(record) and (tag := record[at]):
        size = record[at + 1] if at + 1 < len(record) else 0
        value = record[at + 2 : at + 2 + size]
        least = _LEAST.get(tag, 0)
        if at + 1 == len(record) or len(value) < size or size < least:
            raise Refused("length", f"field {tag:02x}: {len(value)} bytes, needs {max(size, least)}")
        if least:
            yield tag, value[:least]
        at += 2 + size


def _time(value: bytes, now: datetime) -> datetime:
    """The band tells no year: it is the last in which this time is not in the future."""
    month, day, hour, minute = value
    if (month, day, hour, minute) > (now.month, now.day, now.hour, now.minute):
        return vital_signs.wall_time(now.year - 1, month, day, hour, minute)
    return vital_signs.wall_time(now.year, month, day, hour, minute)


def _each_minute(values: bytes, at: datetime, read: Callable[[int], list[Measurement]]) -> Iterator[Measurement]:
    for minute, value in enumerate(values):
        yield from vital_signs.stamped(read(value), at + timedelta(minutes=minute))
