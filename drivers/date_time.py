"""Date Time (2A08), Current Time (2A2B) and Local Time Information (2A0F) of the GATT Specification Supplement.

    yyyy mm dd hh mi ss                 Date Time, 7 bytes: year u16 little endian, month, day, hour, minute, second
    yyyy mm dd hh mi ss  ww ff rr       Current Time, 10 bytes: the same, weekday, fraction of 1/256 s, adjust reason
    zz ss                               Local Time Information, 2 bytes: zone s8, summer time

It is the wall clock of the device, without a zone. Year, month or day 0: unknown. Weekday: Monday 1 ... Sunday 7, 0
unknown. Reason: bit 0 set by hand, 1 by an external reference, 2 time zone changed, 3 summer time changed.
Zone: quarters of an hour from UTC, -48..56, -128 unknown. Summer time on top of it: 0 none, 2 half an hour, 4 one hour, 8 two
hours, 255 unknown.
"""

from __future__ import annotations

from datetime import datetime, timedelta

DATE_TIME_BYTES = 7
CURRENT_TIME_BYTES = 10


def decode_date_time(data: bytes) -> datetime | None:
    """The time in the first seven bytes, without a zone; None where it is unknown, cut, or cannot be (month 13)."""
    if len(data) < DATE_TIME_BYTES:
        return None
    year = int.from_bytes(data[:2], "little")
    try:
        return datetime(year, *data[2:DATE_TIME_BYTES])  # noqa: DTZ001 (a device's clock has no zone)
    except ValueError:
        return None


def encode_date_time(local: datetime) -> bytes:
    """Seven bytes."""
    return local.year.to_bytes(2, "little") + bytes((local.month, local.day, local.hour, local.minute, local.second))


def encode_current_time(local: datetime, reason: int = 0) -> bytes:
    """Ten bytes; the fraction is cut off, not rounded."""
    return encode_date_time(local) + bytes((local.isoweekday(), local.microsecond * 256 // 1_000_000, reason))


_QUARTER = timedelta(minutes=15)


def encode_local_time_information(zone: timedelta, summer_time: timedelta = timedelta(0)) -> bytes:
    """Two bytes; a part of a quarter of an hour is cut off."""
    return bytes((zone // _QUARTER % 256, summer_time // _QUARTER))
