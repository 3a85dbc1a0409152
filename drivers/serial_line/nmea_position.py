"""NMEA 0183: the position that a GNSS receiver (GPS, BeiDou, ...) tells on a UART or over USB.

9600 8N1 for most modules (u-blox, AT6558), 4800 for old ones, 115200 for some; USB: any.

    $ttSSS,f,f,...*hh CR LF        t talker: GP GN GL GA GB BD QZ; S sentence; h XOR of all between $ and *, hexadecimal

    GGA  1 time hhmmss.ss UTC, 2 latitude ddmm.mmmm, 3 N/S, 4 longitude dddmm.mmmm, 5 E/W, 6 quality, 7 satellites, 8 HDOP ...
         quality 0 or empty: none; 1 GPS, 2 differential, 3 PPS, 4 RTK, 5 float; 6 questionable:estimated; 7 manual and
         8 simulator: no position
    RMC  1 time, 2 A valid / V void, 3 to 6 as 2 to 5 of GGA, 7 knots, 8 course, 9 date ddmmyy, 12 mode (since NMEA 2.3)
         mode A, D, R, F, P, or none: fine; E questionable:estimated; N, M, S: no position. Years 80 to 99 are 19YY

Degrees are dd + mm.mmmm / 60, WGS 84; map services in China want GCJ-02, which is their affair. A GGA has no date, so only an
RMC has a device time, in UTC. HDOP is no metre, so no accuracy is told. Receivers with a GPS week error can be 1024 weeks in
the past: the gateway does not believe a time before 2020.

Looked at in this order: no line end, broken by a $, above 120 characters (`length`); without or with a wrong *hh (`checksum`),
whatever the sentence; other sentences and talkers (silent); fewer than 10 fields with the first (`length`); no fix, or empty
coordinates (nothing); a field not of its form (`length`); minutes of 60 or more, above 90 or 180 degrees (`implausible`).
What stands before a $ is `not_mine`.

Sources: NMEA 0183 as in pynmea2 and the documentation of gpsd; vectors checked with pynmea2. Confidence: high.

Sensor: no pressure, at no known place, not worn.
"""

from __future__ import annotations

import re
from functools import partial
from typing import NamedTuple

from drivers.device_clock import device_time
from drivers.driver import Item, Refused, SensorTraits, SerialDriver
from drivers.framing import xor
from drivers.measurement import Measurement, Position
from drivers.serial_line.text_lines import TextLines

_TALKERS = (b"GP", b"GN", b"GL", b"GA", b"GB", b"BD", b"QZ")
_LONGEST = 120  # the standard says 82; some receivers write more digits
_FEWEST_FIELDS = 10

_CHECKSUM = re.compile(rb"[0-9A-Fa-f]{2}")
_LATITUDE = re.compile(rb"(\d{2})(\d{2}(?:\.\d*)?)")
_LONGITUDE = re.compile(rb"(\d{3})(\d{2}(?:\.\d*)?)")
_TIME = re.compile(rb"(\d\d)(\d\d)(\d\d)(?:\.\d*)?")
_DATE = re.compile(rb"(\d\d)(\d\d)(\d\d)")
_FIRST_YEAR_OF_1900 = 80

_QUALITIES = frozenset(b"12345")
_MODES = frozenset(b"ADRFP")
_ESTIMATED = ("questionable:estimated",)


class _Fix(NamedTuple):
    """Where it says that it is: four fields; how sure it is; when."""

    place: list[bytes]
    quality: tuple[str, ...]
    time: str | None = None


def _read(sentence: bytes) -> list[Item]:
    body, star, told = sentence.rpartition(b"*")
    if not star or not _CHECKSUM.fullmatch(told) or int(told, 16) != xor(body):
        raise Refused("checksum", "a sentence without or with a wrong checksum")
    fields = body.split(b",")
    find = _SENTENCES.get(fields[0][2:]) if fields[0][:2] in _TALKERS else None
    if find is None:
        return []
    if len(fields) < _FEWEST_FIELDS:
        raise Refused("length", f"{len(fields)} fields, needs {_FEWEST_FIELDS}")
    fix = find(fields)
    if fix is None or not any(fix.place):
        return []
    return [Measurement(kind="position", value=_position(*fix.place), quality=fix.quality, device_time=fix.time)]


def _gga(fields: list[bytes]) -> _Fix | None:
    quality = _one_character(fields[6])
    if quality in _QUALITIES or quality == ord("6"):
        return _Fix(fields[2:6], () if quality in _QUALITIES else _ESTIMATED)
    return None


def _rmc(fields: list[bytes]) -> _Fix | None:
    mode = _one_character(fields[12]) if len(fields) > 12 else None
    if fields[2] != b"A" or not (mode is None or mode in _MODES or mode == ord("E")):
        return None
    return _Fix(fields[3:7], _ESTIMATED if mode == ord("E") else (), _utc(fields[9], fields[1]))


_SENTENCES = {b"GGA": _gga, b"RMC": _rmc}


def _one_character(field: bytes) -> int | None:
    if len(field) > 1:
        raise Refused("length", "a field of one character has more")
    return field[0] if field else None


def _utc(date: bytes, time: bytes) -> str | None:
    if not date or not time:
        return None
    day, month, year = (int(part) for part in _form(_DATE, date).groups())
    hour, minute, second = (int(part) for part in _form(_TIME, time).groups())
    at = device_time(year + (1900 if year >= _FIRST_YEAR_OF_1900 else 2000), month, day, hour, minute, second)
    return f"{at}Z" if at else None


def _position(latitude: bytes, north: bytes, longitude: bytes, east: bytes) -> Position:
    if north not in (b"N", b"S") or east not in (b"E", b"W"):
        raise Refused("length", "a hemisphere that there is not")
    return Position(
        _degrees(_form(_LATITUDE, latitude), 90, negative=north == b"S"),
        _degrees(_form(_LONGITUDE, longitude), 180, negative=east == b"W"),
    )


def _form(form: re.Pattern[bytes], field: bytes) -> re.Match[bytes]:
    found = form.fullmatch(field)
    if found is None:
        raise Refused("length", "a field that is not of its form")
    return found


def _degrees(parts: re.Match[bytes], most: int, *, negative: bool) -> float:
    minutes = float(parts[2])
    degrees = int(parts[1]) + minutes / 60
    if minutes >= 60 or degrees > most:
        raise Refused("implausible", "a place off the globe")
    return round(-degrees if negative else degrees, 7)


DRIVER = SerialDriver(
    name="nmea-position",
    title="GNSS receivers that speak NMEA 0183",
    title_zh="使用 NMEA 0183 的卫星定位接收机（GNSS）",
    measures=("position",),
    decoder=partial(TextLines, _read, longest=_LONGEST, start=b"$"),
    baud=9600,
    many_a_second=True,
    sensor=SensorTraits(),
)
