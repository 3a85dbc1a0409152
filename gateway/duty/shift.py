"""When somebody is on duty: days of the week and hours of local time, as they stand in a table. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FULL_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CHINESE_DAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
EVERY_DAY = frozenset(range(7))
DAY_MIN = 24 * 60


class BadShift(ValueError):
    """`code` is a key of `words/mistakes.py`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Shift(Struct, frozen=True):
    """`days`: on which it begins, 0 is Monday. It begins `from_min` after midnight, and ends `to_min` after."""

    days: frozenset[int] = EVERY_DAY
    from_min: int = 0
    to_min: int = DAY_MIN

    def covers(self, local: datetime) -> bool:
        """Whether this moment, on the clock of the place, is in it."""
        minute = local.hour * 60 + local.minute
        if self.from_min < self.to_min:
            return local.weekday() in self.days and self.from_min <= minute < self.to_min
        yesterday = (local - timedelta(days=1)).weekday()
        return (local.weekday() in self.days and minute >= self.from_min) or (yesterday in self.days and minute < self.to_min)


ALWAYS = Shift()


def read(days: str, hours: str) -> Shift:
    """Out of "mon-fri" or "sat,sun", and "08:00-20:00" or "20:00-08:00"; empty: always. Raises BadShift."""
    return Shift(read_days(days), *read_hours(hours))


def _plain(text: str) -> str:
    """Without what keyboards and spreadsheets make of it: full-width signs, long dashes, blanks, capitals."""
    text = re.sub(r"[\u2010-\u2015\u2212~]|至|到", "-", unicodedata.normalize("NFKC", text).lower())
    return re.sub(r"\s+", "", text).replace("、", ",").replace(";", ",")


def read_days(days: str) -> frozenset[int]:
    """Days of the week, 0 is Monday. Raises BadShift."""
    text = _plain(days)
    if not text:
        return EVERY_DAY
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        begin = _day(first)
        end = _day(last) if dash else begin
        found |= {(begin + more) % 7 for more in range((end - begin) % 7 + 1)}
    return frozenset(found)


def _day(name: str) -> int:
    chinese = re.fullmatch(r"(?:周|星期|礼拜)([一二三四五六日天])", name)
    if chinese:
        return CHINESE_DAYS[chinese[1]]
    known = [number for number, day in enumerate(FULL_DAYS) if len(name) >= len(DAYS[number]) and day.startswith(name)]
    if not known:
        raise BadShift("bad_days")
    return known[0]


def read_hours(hours: str) -> tuple[int, int]:
    """Minutes after midnight, from and to. Raises BadShift."""
    text = _plain(hours)
    if not text:
        return 0, DAY_MIN
    parts = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})", text)
    if not parts:
        raise BadShift("bad_hours")
    (from_h, from_m), (to_h, to_m) = (int(parts[1]), int(parts[2])), (int(parts[3]), int(parts[4]))
    if max(from_m, to_m) > 59 or from_h > 23 or to_h * 60 + to_m > DAY_MIN:
        raise BadShift("bad_hours")
    return from_h * 60 + from_m, to_h * 60 + to_m


def first_gap(shifts: Iterable[Shift]) -> tuple[int, int] | None:
    """Day (0 is Monday) and minute from which on nobody is on duty, the first of a week; None: there is always somebody."""
    shifts = list(shifts)
    monday = datetime(2024, 1, 1)  # noqa: DTZ001 (of any place)
    borders = sorted({0, *(minute % DAY_MIN for shift in shifts for minute in (shift.from_min, shift.to_min))})
    for day in range(7):
        for minute in borders:
            moment = monday + timedelta(days=day, minutes=minute)
            if not any(shift.covers(moment) for shift in shifts):
                return day, minute
    return None
