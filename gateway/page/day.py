"""The last day of each wearer's values, for a chart: as many points as a screen can show, in memory only. Pure.

What was measured before the page was there comes out of the store (`stored_day.py`).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence

from drivers.measurement import BloodPressure
from gateway.snapshot import Snapshot
from gateway.words.page import CHARTS

DAY_S = 86_400
SPACING_S = 120  # between two points; 100 bands then take some 3 MB
MOST = DAY_S // SPACING_S

Key = tuple[str, str, str]  # wearer, address of the band, kind


class DayLine:
    """Points of one kind: seconds since 1970, and one or two numbers each."""

    def __init__(self, width: int) -> None:
        self.times = array("q")  # what a clock that is not set makes of a device's times may lie before 1970
        self.columns = [array("f") for _ in range(width)]

    def take(self, at_s: int, numbers: tuple[float, ...]) -> None:
        """One more, whenever it was measured, unless there is one close to it."""
        place = bisect_left(self.times, at_s)
        if any(abs(at_s - near) < SPACING_S for near in self.times[max(0, place - 1) : place + 1]):
            return
        self.times.insert(place, at_s)
        for column, number in zip(self.columns, numbers, strict=True):
            column.insert(place, number)
        if len(self.times) > MOST:
            del self.times[0]
            for column in self.columns:
                del column[0]


class Day:
    """`take` it a snapshot now and again."""

    def __init__(self) -> None:
        self._series: dict[Key, DayLine] = {}

    def take(self, snapshot: Snapshot) -> None:
        """What came since; what belongs to nobody any more is forgotten."""
        readings = [reading for band in snapshot.bands for reading in band.last if reading.wearer == band.wearer]
        enrolled = {(band.wearer, band.address) for band in snapshot.bands}
        self._series = {key: series for key, series in self._series.items() if key[:2] in enrolled}
        for reading in readings:
            key = (reading.wearer, reading.device, reading.kind)
            self.add(key, reading.at_ms // 1000, numbers_of(reading.kind, reading.value, reading.quality))

    def add(self, key: Key, at_s: int, numbers: tuple[float, ...]) -> None:
        """One value; nothing where there are no numbers."""
        if numbers:
            self._series.setdefault(key, DayLine(len(numbers))).take(at_s, numbers)

    def forget(self, wearer: str) -> None:
        """This wearer was erased."""
        self._series = {key: series for key, series in self._series.items() if key[0] != wearer}

    def of(self, address: str, kind: str, now_s: int) -> list[list[float]]:
        """Times and values of the last 24 hours, a list each; empty where nothing was measured."""
        found = [series for key, series in self._series.items() if key[1:] == (address, kind)]
        if not found:
            return []
        series = found[0]
        first = next((n for n, at_s in enumerate(series.times) if at_s > now_s - DAY_S), len(series.times))
        return [list(series.times[first:]), *([round(one, 2) for one in column[first:]] for column in series.columns)]


def numbers_of(kind: str, value: object, quality: Sequence[str]) -> tuple[float, ...]:
    """What is drawn of a reading; nothing where it can be no value of a person."""
    if kind not in CHARTS or any(word.startswith("invalid") for word in quality):
        return ()
    if isinstance(value, BloodPressure):
        return (value.systolic, value.diastolic)
    return (float(value),) if isinstance(value, int | float) else ()
