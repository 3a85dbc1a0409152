"""Limits ready for use: rows and overrides made into whole numbers, so that judging a reading is a few comparisons."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from drivers.measurement import BloodPressure, Value
from gateway.alert import Priority
from gateway.rules.rows import PARTS, Clear, KindRows, Persistence, RuledKind, milli

# The levels that limits are named by, the most urgent first.
PRIORITY: dict[str, Priority] = {"extreme": "critical", "critical": "critical", "warning": "warning", "advisory": "advisory"}
ENDLESS = milli(1_000_000)  # beyond any value of any kind

Parts = tuple[int, ...]  # a value in thousandths: (systolic, diastolic), or the one number


def parts_of(value: Value) -> Parts:
    """The numbers of a plausible value that rules compare, in whole thousandths of the unit."""
    if isinstance(value, BloodPressure):
        return (milli(value.systolic), milli(value.diastolic))
    assert isinstance(value, int | float)
    return (milli(value),)


class Limit(Struct, frozen=True, eq=False):
    """One limit of one wearer. `part` is the number that it is about, `limit` is as people write it.

    `edge` and `inside` are in thousandths: at `edge` or beyond the limit is crossed, at `inside` it is clearly not.
    """

    name: str
    part: int
    high: bool
    priority: Priority
    limit: float
    edge: int
    inside: int
    rule: str
    persistence: Persistence
    clear: Clear

    def crossed(self, parts: Parts) -> bool:
        """Whether this value lies beyond the limit."""
        return parts[self.part] >= self.edge if self.high else parts[self.part] <= self.edge

    def left(self, parts: Parts) -> bool:
        """Whether this value lies inside the limit by the whole deadband."""
        return parts[self.part] <= self.inside if self.high else parts[self.part] >= self.inside


class Limits(Struct, frozen=True, eq=False):
    """All limits of one kind for one wearer, the most urgent first, and the ways of lasting that they use.

    `calm`: lowest and highest value of each part, in thousandths, at which no limit is crossed.
    """

    kind: RuledKind
    limits: tuple[Limit, ...]
    persistences: tuple[Persistence, ...]
    calm: tuple[tuple[int, int], ...]

    def quiet(self, parts: Parts) -> bool:
        """Whether this value crosses no limit at all."""
        return all(low <= value <= high for value, (low, high) in zip(parts, self.calm, strict=True))


def limits_of(kind: RuledKind, rows: KindRows, numbers: Mapping[str, float]) -> Limits:
    """The limits of one kind, with these numbers in place of the rows'."""
    made = [_limit(kind, name, rows, numbers[name]) for name in sorted(rows.limits, key=_urgency)]
    return Limits(
        kind=kind,
        limits=tuple(made),
        persistences=tuple(dict.fromkeys(limit.persistence for limit in made)),
        calm=tuple(_calm(part, made) for part in range(len(PARTS[kind]))),
    )


def _level(name: str) -> str:
    return name.split("_")[-2]


def _urgency(name: str) -> int:
    return list(PRIORITY).index(_level(name))


def _limit(kind: RuledKind, name: str, rows: KindRows, number: float) -> Limit:
    row = rows.limits[name]
    high = name.endswith("_high")
    outwards = 1 if high else -1
    clear = rows.clear[row.clear]
    return Limit(
        name=name,
        part=next(part for part, prefix in enumerate(PARTS[kind]) if name.startswith(prefix)),
        high=high,
        priority=PRIORITY[_level(name)],
        limit=number,
        edge=milli(number) if row.inclusive else milli(number) + outwards,
        inside=milli(number) - outwards * milli(clear.back),
        rule=row.rule,
        persistence=rows.persistence[row.persistence],
        clear=clear,
    )


def _calm(part: int, made: list[Limit]) -> tuple[int, int]:
    """The range of a part between its innermost limits."""
    lows = [limit.edge for limit in made if limit.part == part and not limit.high]
    highs = [limit.edge for limit in made if limit.part == part and limit.high]
    return (max(lows, default=-ENDLESS) + 1, min(highs, default=ENDLESS) - 1)
