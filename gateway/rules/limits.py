"""Limits ready for use: rows and overrides made into whole numbers, so that judging a reading is a few comparisons."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from drivers.measurement import BloodPressure, Value
from gateway.alert import Priority
from gateway.rules.rows import PARTS, SITUATIONS, Clear, KindRows, Persistence, RuledKind, When, key_of, milli
from gateway.rules.situation import Situation

# The levels that limits are named by, the most urgent first.
PRIORITY: dict[str, Priority] = {"extreme": "critical", "critical": "critical", "warning": "warning", "advisory": "advisory"}
ENDLESS = milli(1_000_000)  # beyond any value of any kind
FEW_STEPS = 30  # in five minutes: turning over, reaching for a cup; measured: rest rules then see 66 % of the day

Parts = tuple[int, ...]  # a value in thousandths: (systolic, diastolic), or the one number

# What a wearer does, as bits; a row's `when` is a mask of those that it is for.
STILL, MOVING, UNKNOWN, ASLEEP = 1, 2, 4, 8
MASKS: dict[When, int] = {"always": 0, "still": STILL, "moving": MOVING, "unknown": UNKNOWN, "asleep": ASLEEP}


def doing_of(situation: Situation) -> int:
    """The bits of what the wearer does. Who sleeps is still, also where no steps are known."""
    if situation.asleep:
        return STILL | ASLEEP
    if situation.steps_5min is None:
        return UNKNOWN
    return STILL if situation.steps_5min < FEW_STEPS else MOVING


def parts_of(value: Value) -> Parts:
    """The numbers of a plausible value that rules compare, in whole thousandths of the unit."""
    if type(value) is int:
        return (value * 1000,)
    if isinstance(value, BloodPressure):
        return (round(value.systolic * 1000), round(value.diastolic * 1000))
    return (round(value * 1000),)  # type: ignore[operator, arg-type]  # a ruled kind has no other values


class Limit(Struct, frozen=True, eq=False):
    """One limit of one wearer. `part` is the number that it is about, `limit` is as people write it.

    `edge`, `inside` and `own` are in thousandths: at `edge` or beyond the limit is crossed, at `inside` it is clearly not.
    """

    name: str
    part: int
    high: bool
    level: str
    priority: Priority
    limit: float
    edge: int
    inside: int
    rule: str
    when: When
    own: int
    persistence: Persistence
    clear: Clear

    @property
    def extreme(self) -> bool:
        """Whether one measurement beyond it is enough to send somebody."""
        return self.level == "extreme"

    @property
    def out(self) -> int:
        """How far out it lies on its side."""
        return self.edge if self.high else -self.edge

    def crossed(self, parts: Parts) -> bool:
        """Whether this value lies beyond the limit."""
        return parts[self.part] >= self.edge if self.high else parts[self.part] <= self.edge

    def left(self, parts: Parts) -> bool:
        """Whether this value lies inside the limit by the whole deadband."""
        return parts[self.part] <= self.inside if self.high else parts[self.part] >= self.inside

    def is_for(self, doing: int) -> bool:
        """Whether it holds for who does this."""
        match self.when:
            case "always":
                return True
            case "awake":
                return not doing & ASLEEP
            case "rest":
                return not doing & (ASLEEP | MOVING)
            case _:
                return bool(doing & MASKS[self.when])


class Limits(Struct, frozen=True, eq=False):
    """All limits of one kind for one wearer, the most urgent first.

    `spot`: it is measured now and then, by cuff or thermometer. `calm`: lowest and highest value of each part, in
    thousandths, at which no limit is crossed. `look_ms`: how far back readings matter for what lasts.
    """

    kind: RuledKind
    limits: tuple[Limit, ...]
    calm: tuple[tuple[int, int], ...]
    spot: bool
    look_ms: int

    def quiet(self, parts: Parts) -> bool:
        """Whether this value crosses no limit at all."""
        low, high = self.calm[0]
        if not low <= parts[0] <= high:
            return False
        if len(parts) == 1:
            return True
        low, high = self.calm[1]
        return low <= parts[1] <= high


def limits_of(kind: RuledKind, rows: KindRows, numbers: Mapping[str, float]) -> Limits:
    """The limits of one kind, with these numbers in place of the rows'."""
    made = [_limit(kind, name, rows, numbers[name]) for name in rows.limits]
    made.sort(key=lambda limit: (list(PRIORITY).index(limit.level), -limit.out))
    return Limits(
        kind=kind,
        limits=tuple(made),
        calm=tuple(_calm(part, made) for part in range(len(PARTS[kind]))),
        spot=any(limit.persistence.confirm_s for limit in made),
        look_ms=2_000 * max((limit.persistence.lasting_s for limit in made), default=0),
    )


def _limit(kind: RuledKind, name: str, rows: KindRows, number: float) -> Limit:
    row, key = rows.limits[name], key_of(kind, name)
    assert key is not None  # checked with the table
    outwards = 1 if key.high else -1
    clear = rows.clear[row.clear]
    return Limit(
        name=name,
        part=PARTS[kind].index(key.part),
        high=key.high,
        level=key.level,
        priority=PRIORITY[key.level],
        limit=number,
        edge=milli(number) if row.inclusive else milli(number) + outwards,
        inside=milli(number) - outwards * milli(clear.back),
        rule=row.rule,
        when=row.when if key.situation in ("", "own_") else SITUATIONS[key.situation],
        own=milli(row.own),
        persistence=rows.persistence[row.persistence],
        clear=clear,
    )


def _calm(part: int, made: list[Limit]) -> tuple[int, int]:
    """The range of a part between its innermost limits."""
    lows = [limit.edge for limit in made if limit.part == part and not limit.high]
    highs = [limit.edge for limit in made if limit.part == part and limit.high]
    return (max(lows, default=-ENDLESS) + 1, min(highs, default=ENDLESS) - 1)
