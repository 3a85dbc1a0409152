"""How far a vital sign is from the normal, by NEWS2 (Royal College of Physicians 2017). Pure.

Of single signs only: what a band cannot know (consciousness, oxygen given) belongs to the total, so no total is ever told.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from drivers.measurement import BloodPressure, Value


class Scale(NamedTuple):
    """Bounds with the score that begins there, outwards on the low and on the high side; the bound itself has it."""

    lows: Sequence[float]
    low_scores: Sequence[int]
    highs: Sequence[float]
    high_scores: Sequence[int]

    def score(self, value: float) -> int:
        """0 to 3."""
        low = bisect_left(self.lows, value)
        if low < len(self.lows):
            return self.low_scores[low]
        high = bisect_right(self.highs, value)
        return self.high_scores[high - 1] if high else 0


SCALES: Mapping[str, Scale] = {
    "respiratory_rate": Scale((8, 11), (3, 1), (21, 25), (2, 3)),
    "oxygen_saturation": Scale((91, 93, 95), (3, 2, 1), (), ()),
    "blood_pressure": Scale((90, 100, 110), (3, 2, 1), (220,), (3,)),  # the systolic
    "heart_rate": Scale((40, 50), (3, 1), (91, 111, 131), (1, 2, 3)),
    "body_temperature": Scale((35.0, 36.0), (3, 1), (38.1, 39.1), (1, 2)),
}


def score(kind: str, value: Value) -> int:
    """Of a plausible value of one of these kinds."""
    number = value.systolic if isinstance(value, BloodPressure) else value
    assert isinstance(number, int | float)
    return SCALES[kind].score(number)
