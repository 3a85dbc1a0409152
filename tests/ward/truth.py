"""What is known of real people (docs/ward.md, "The real ones"), and the same figures of the simulated. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from drivers.measurement import BloodPressure
from gateway.readings import Reading
from tests.ward.band import DAY_MS, MIDNIGHT_MS

WITHIN = 0.20


class Known(NamedTuple):
    """From what real people of several data sets have: the lowest and the highest share (or number a day)."""

    low: float
    high: float

    def holds(self, figure: float) -> bool:
        """Whether a figure lies within 20 % of that."""
        return self.low * (1 - WITHIN) <= figure <= self.high * (1 + WITHIN)


REAL: dict[str, Known] = {
    "heart rate 91 or more": Known(0.12, 0.24),
    "heart rate 131 or more": Known(0.009, 0.019),
    "gaps of more than 60 min, 7 to 22 h, a day": Known(0.26, 0.32),
    "systolic 140 to 159": Known(0.357, 0.357),
    "temperature 35.1 to 36.0": Known(0.13, 0.13),
}


def figures(people: Iterable[tuple[int, Iterable[Reading]]]) -> Mapping[str, float]:
    """Of people, each with the number of days and what was measured (in the order of measuring, band and home together)."""
    rates, high, very_high, pressures, raised, temperatures, cool, gaps, days = 0, 0, 0, 0, 0, 0, 0, 0, 0
    for worn_days, readings in people:
        days += worn_days
        last_ms = None
        for reading in readings:
            value = reading.value
            if reading.kind == "heart_rate":
                assert isinstance(value, int | float)
                rates, high, very_high = rates + 1, high + (value >= 91), very_high + (value >= 131)
                if last_ms is not None and reading.at_ms - last_ms > 3_600_000 and _by_day(last_ms) and _by_day(reading.at_ms):
                    gaps += 1
                last_ms = reading.at_ms
            elif isinstance(value, BloodPressure):
                pressures, raised = pressures + 1, raised + (140 <= value.systolic < 160)
            elif reading.kind == "body_temperature":
                assert isinstance(value, int | float)
                temperatures, cool = temperatures + 1, cool + (35.1 <= value <= 36.0)
    found = (high / rates, very_high / rates, gaps / days, raised / pressures, cool / temperatures)
    return dict(zip(REAL, found, strict=True))


def _by_day(at_ms: int) -> bool:
    return 7 <= (at_ms - MIDNIGHT_MS) % DAY_MS / 3_600_000 < 22
