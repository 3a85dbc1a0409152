"""The hours of the day in which bands are worn, by the local time of the place: time outside them does not count. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from msgspec import Struct

MINUTE_MS = 60_000
A_DAY = timedelta(days=1)
ALL_DAY_MIN = 24 * 60
MOST_DAYS = 2000  # a limit is 1440 minutes at most, and a day has at least one wearing minute


class WearingHours(Struct, frozen=True):
    """From `begin_min` to `end_min`, minutes of the local day; over midnight where it ends before it begins.

    Where both are the same it is always.
    """

    begin_min: int
    end_min: int
    zone: tzinfo

    @classmethod
    def read(cls, hours: str, zone: tzinfo) -> WearingHours:
        """Of words such as "07:00-21:30"; "00:00-24:00" is always."""
        begin, end = (int(time[:2]) * 60 + int(time[3:]) for time in hours.split("-"))
        return cls(begin % ALL_DAY_MIN, end % ALL_DAY_MIN, zone)

    @property
    def always(self) -> bool:
        """Whether no time is outside."""
        return self.begin_min == self.end_min

    def within(self, from_ms: int, to_ms: int) -> int:
        """How many ms of this time are wearing hours (wall clock, UTC); 0 where it ends before it begins."""
        if self.always or to_ms <= from_ms:
            return max(0, to_ms - from_ms)
        counted = 0
        for begin_ms, end_ms in self._windows(from_ms):
            if begin_ms >= to_ms:
                break
            counted += max(0, min(end_ms, to_ms) - max(begin_ms, from_ms))
        return counted

    def after(self, from_ms: int, needed_ms: int) -> int:
        """When so many ms of wearing hours will have passed since then."""
        if self.always or needed_ms <= 0:
            return from_ms + max(0, needed_ms)
        end_ms = from_ms
        for begin_ms, end_ms in self._windows(from_ms):
            open_ms = max(0, end_ms - max(begin_ms, from_ms))
            if open_ms >= needed_ms:
                return max(begin_ms, from_ms) + needed_ms
            needed_ms -= open_ms
        return end_ms

    def opens(self, at_ms: int) -> int:
        """This moment where it is within wearing hours, else when they begin next."""
        if self.always:
            return at_ms
        return next((max(begin_ms, at_ms) for begin_ms, end_ms in self._windows(at_ms) if end_ms > at_ms), at_ms)

    def _windows(self, from_ms: int) -> Iterator[tuple[int, int]]:
        """The wearing hours of the day before this moment, of its own day, and of those after; each as begin and end."""
        day = (
            datetime.fromtimestamp(from_ms / 1000, self.zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0) - A_DAY
        )
        for _ in range(MOST_DAYS):
            last = day if self.begin_min < self.end_min else day + A_DAY
            yield _at(day, self.begin_min), _at(last, self.end_min)
            day += A_DAY


def _at(midnight: datetime, minute: int) -> int:
    """What the clocks of the place show then: on a day on which they change, not so many minutes after midnight."""
    return round(midnight.replace(hour=minute // 60, minute=minute % 60).astimezone(UTC).timestamp() * 1000)
