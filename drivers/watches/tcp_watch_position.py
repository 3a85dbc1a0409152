"""The position block of `tcp-watch-3g`: when, where, how full, and which alarms. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from drivers.device_clock import device_time
from drivers.driver import Refused
from drivers.measurement import Measurement, Position

# Its fields, by their place; what follows the status is not read.
_DATE, _TIME, _VALID, _LATITUDE, _NORTH, _LONGITUDE, _EAST, _BATTERY, _STATUS = 0, 1, 2, 3, 4, 5, 6, 12, 15

_NUMBER = re.compile(r"-?[0-9]{1,6}(?:\.[0-9]{0,12})?")
_SIX_DIGITS = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})")
_STATUS_HEX = re.compile(r"[0-9A-Fa-f]{4}|[0-9A-Fa-f]{8}")

_SOS, _TAKEN_OFF, _FALL = 1 << 16, 1 << 20, 1 << 21
_TOLD = _SOS | _TAKEN_OFF | _FALL
_ANY_ALARM = 0xFFFF0000
_OLD_CAUSES = 0b111  # of a status of four digits: low battery, fences

WITHOUT_BIT = "questionable:alarm_without_bit"
WRONG_LENGTH = "questionable:length"
WRONG_TIME = "questionable:time"
WRONG_SIDE = "questionable:hemisphere"
EARLIEST = "2020"  # a clock that says less was never set, and may say the same at the next press


def number(text: str) -> float:
    """A field that must be one. Raises Refused (`length`)."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        raise Refused("length", "a field that is no number")
    return float(text) if "." in text else int(text)


def percent(text: str) -> float:
    """A field that must be a part of a hundred. Raises Refused."""
    value = number(text)
    if not 0 <= value <= 100:
        raise Refused("implausible", "a percentage beyond 100")
    return value


def alarm_unread() -> Measurement:
    """What an alarm says of which nothing else can be read."""
    return Measurement(kind="button", value="sos", quality=(WRONG_LENGTH,))


def read(fields: Sequence[str], *, alarm: bool, fits: bool) -> list[Measurement]:
    """What a position says. Raises Refused; of an alarm what cannot be is left out, and the rest stays."""
    status = _status(fields, alarm=alarm)
    if status is None:
        return [alarm_unread()]
    quality = () if fits else (WRONG_LENGTH,)
    try:
        at = _utc(fields[_DATE], fields[_TIME])
    except Refused:
        if not alarm:
            raise
        at, quality = None, (*quality, WRONG_TIME)
    found = [*_alarms(*status, at if alarm else None, alarm=alarm), *_rest(fields, alarm=alarm)]
    return [_with(one, at, quality) for one in found]


def _with(measurement: Measurement, at: str | None, quality: tuple[str, ...]) -> Measurement:
    return Measurement(
        kind=measurement.kind,
        value=measurement.value,
        device_time=at,
        quality=quality + measurement.quality,
        event=measurement.event,
    )


def _status(fields: Sequence[str], *, alarm: bool) -> tuple[int, bool] | None:
    """The bits, and whether it is of the old form; None: an alarm without a status. Raises Refused of any other."""
    text = fields[_STATUS].strip() if len(fields) > _STATUS else ""
    if _STATUS_HEX.fullmatch(text):
        return int(text, 16), len(text) == 4
    if alarm:
        return None
    raise Refused("length", "a position without its status")


def other_alarms(fields: Sequence[str]) -> list[int]:
    """The bits of a good frame that are set and give no reading."""
    status = _status(fields, alarm=True)
    bits, old = status or (0, True)
    return [] if old else [bit for bit in range(16, 32) if bits & ~_TOLD & 1 << bit]


def _utc(date: str, time: str) -> str:
    day, hour = _SIX_DIGITS.fullmatch(date.strip()), _SIX_DIGITS.fullmatch(time.strip())
    if day is None or hour is None:
        raise Refused("length", "no date, or no time")
    at = device_time(2000 + int(day[3]), int(day[2]), int(day[1]), *(int(part) for part in hour.groups()))
    if at is None:
        raise Refused("implausible", "a time that there is not")
    return f"{at}Z"


def _alarms(bits: int, old: bool, at: str | None, *, alarm: bool) -> Iterator[Measurement]:
    """Each that is set, the SOS first. An alarm of unknown cause is one. Its time is its number, so that a repeat is none."""
    press = at if at is not None and at >= EARLIEST else None
    if bits & _SOS:
        yield Measurement(kind="button", value="sos", event=press)
    elif alarm and not bits & (_OLD_CAUSES if old else _ANY_ALARM):
        yield Measurement(kind="button", value="sos", event=press, quality=(WITHOUT_BIT,))
    if bits & _FALL:
        yield Measurement(kind="fall", value=True, event=press)
    if bits & _TAKEN_OFF:
        yield Measurement(kind="worn", value=False)


def _rest(fields: Sequence[str], *, alarm: bool) -> Iterator[Measurement]:
    for find in (_place, _battery):
        try:
            measurement = find(fields)
        except Refused:
            if not alarm:
                raise
            continue
        if measurement is not None:
            yield measurement


def _place(fields: Sequence[str]) -> Measurement | None:
    """None without a valid fix: the numbers are those of the last known place then."""
    if fields[_VALID].strip().upper() != "A":
        return None
    north, east = fields[_NORTH].strip().upper(), fields[_EAST].strip().upper()
    latitude = _signed(number(fields[_LATITUDE]), negative=north == "S")
    longitude = _signed(number(fields[_LONGITUDE]), negative=east == "W")
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise Refused("implausible", "a place off the globe")
    if latitude == longitude == 0:
        return None
    known = north in ("N", "S") and east in ("E", "W")
    return Measurement(kind="position", value=Position(latitude, longitude), quality=() if known else (WRONG_SIDE,))


def _signed(degrees: float, *, negative: bool) -> float:
    return -degrees if negative and degrees > 0 else degrees


def _battery(fields: Sequence[str]) -> Measurement | None:
    text = fields[_BATTERY].strip()
    return Measurement(kind="battery", value=percent(text)) if text else None
