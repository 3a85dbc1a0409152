"""Where a value lies on an axis, and which values stand at it. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Linear:
    """From `low` at pixel `start` to `high` at pixel `end`; values beyond lie at the edge."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel."""
        part = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def ticks(self, wanted: int = 5) -> list[float]:
        """Round values, about so many."""
        step = _round_step((self.high - self.low) / wanted)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]


@dataclass(frozen=True)
class Log:
    """The same, each decade as long as the other. `low` is above 0."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel."""
        part = math.log(min(max(value, self.low), self.high) / self.low) / math.log(self.high / self.low)
        return self.start + part * (self.end - self.start)

    def ticks(self) -> list[float]:
        """1, 3, 10, 30 ... as far as it reaches."""
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        every = [factor * 10.0**decade for decade in decades for factor in (1, 3)]
        return [value for value in every if self.low <= value <= self.high]


Scale = Linear | Log


def over(values: Sequence[float], start: float, end: float, room: float = 1.08) -> Linear:
    """From 0 to a little more than the greatest of them."""
    return Linear(0, max(values) * room or 1, start, end)


def _round_step(least: float) -> float:
    decade = 10.0 ** math.floor(math.log10(least))
    return next(factor * decade for factor in (1, 2, 5, 10) if factor * decade >= least - 1e-12)
