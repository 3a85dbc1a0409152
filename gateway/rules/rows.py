"""The rows of the table of limits as they stand in `config/rules.toml`, and the order that they must be in.

Numbers are in the kind's unit. Where they are compared they are whole thousandths, so that no binary fraction drifts.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Literal, NamedTuple

from msgspec import Struct

from gateway.rules.sign_rows import IrregularPulseRow, NoUsableValueRow, SeveralSignsRow, TrendRow

RuledKind = Literal["heart_rate", "blood_pressure", "body_temperature", "oxygen_saturation", "respiratory_rate"]
When = Literal["always", "still", "moving", "unknown", "rest", "awake", "asleep"]

PARTS: dict[RuledKind, tuple[str, ...]] = {
    "heart_rate": ("",),
    "blood_pressure": ("systolic_", "diastolic_"),
    "body_temperature": ("",),
    "oxygen_saturation": ("",),
    "respiratory_rate": ("",),
}
# What a key may begin with: the situation that its row is for. `own`: measured against the wearer's own days before.
SITUATIONS: dict[str, When] = {"asleep_": "asleep", "moving_": "moving", "unknown_": "unknown", "own_": "always", "": "always"}
# From the lowest to the highest; those of one side lie nearer to the normal the less urgent they are.
ORDER = (
    "extreme_low",
    "critical_low",
    "warning_low",
    "advisory_low",
    "advisory_high",
    "warning_high",
    "critical_high",
    "extreme_high",
)


class Key(NamedTuple):
    """What the name of a limit says: `own_systolic_warning_low`."""

    situation: str
    part: str
    place: str

    @property
    def level(self) -> str:
        """How urgent."""
        return self.place.split("_")[0]

    @property
    def high(self) -> bool:
        """Which side."""
        return self.place.endswith("_high")


def key_of(kind: RuledKind, name: str) -> Key | None:
    """None: no limit can have this name."""
    situation = next(one for one in SITUATIONS if name.startswith(one))
    rest = name[len(situation) :]
    part = next((one for one in PARTS[kind] if rest.startswith(one)), None)
    if part is None or rest[len(part) :] not in ORDER:
        return None
    return Key(situation, part, rest[len(part) :])


def milli(number: float) -> int:
    """Whole thousandths of the unit."""
    return round(number * 1000)


class Persistence(Struct, frozen=True, forbid_unknown_fields=True):
    """How long a limit must be crossed: `lasting_s`, or by a second measurement. See the head of `config/rules.toml`."""

    source: str
    lasting_s: int = 0
    apart_s: int = 0
    within_s: int = 0
    confirm_s: int = 0
    missing_s: int = 0


class Clear(Struct, frozen=True, forbid_unknown_fields=True):
    """When a crossed limit is over: `back` inside of it (deadband), for `lasting_s` (off-delay)."""

    back: float
    lasting_s: int
    source: str


class LimitRow(Struct, frozen=True, forbid_unknown_fields=True):
    """One limit; `rails` are the lowest and the highest value that an override may give it.

    `when`: what the wearer must be doing; the beginning of the key says it too. `own`: it is crossed only by what is so
    far from the wearer's own median of 14 days as well.
    """

    limit: float
    rails: tuple[float, float]
    rule: str
    persistence: str
    clear: str
    source: str
    inclusive: bool = True
    when: When = "always"
    own: float = 0


class KindRows(Struct, frozen=True, forbid_unknown_fields=True):
    """All limits of one kind of reading."""

    unit: str
    persistence: dict[str, Persistence]
    clear: dict[str, Clear]
    limits: dict[str, LimitRow]


class FixedRow(Struct, frozen=True, forbid_unknown_fields=True):
    """SOS and fall: nothing about them can be set."""

    rule: str
    level: Literal["critical"]
    source: str


class Fixed(Struct, frozen=True, forbid_unknown_fields=True):
    """The rows that nobody can leave out."""

    sos: FixedRow
    fall: FixedRow


class Rows(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file. `reviewed_by` is empty until a clinician has signed (`signature.py` reads what stands with it)."""

    version: str
    reviewed_by: str
    fixed: Fixed
    heart_rate: KindRows
    blood_pressure: KindRows
    body_temperature: KindRows
    oxygen_saturation: KindRows
    respiratory_rate: KindRows
    no_usable_value: NoUsableValueRow
    irregular_pulse: IrregularPulseRow
    several_signs: SeveralSignsRow
    trend: TrendRow
    reviewed_on: str = ""
    reviewed_rows: str = ""

    def of(self, kind: RuledKind) -> KindRows:
        """The rows of one kind."""
        rows: KindRows = getattr(self, kind)
        return rows


class Disorder(NamedTuple):
    """Two limits that do not go together: `outer` lies too near to `inner`, or on the wrong side of it.

    `code` is one of `words/mistakes.py`, with its `facts`.
    """

    outer: str
    inner: str
    code: str
    facts: Mapping[str, object]


def disorders(kind: RuledKind, rows: KindRows, numbers: Mapping[str, float]) -> list[Disorder]:
    """Where these limits are not in order, or nearer to each other than their deadbands are wide."""
    found = []
    for beginning in (situation + part for situation in SITUATIONS for part in PARTS[kind]):
        names = [beginning + place for place in ORDER if beginning + place in rows.limits]
        found += [disorder for low, high in pairwise(names) if (disorder := _disorder(low, high, rows, numbers))]
    return found


def _disorder(low: str, high: str, rows: KindRows, numbers: Mapping[str, float]) -> Disorder | None:
    """What is wrong between two neighbours on the scale."""
    gap = milli(numbers[high]) - milli(numbers[low])
    outer, inner = (low, high) if high.endswith("_low") else (high, low)
    needed = milli(_back(outer, rows))
    if low.endswith("_low") and high.endswith("_high"):  # between them is the normal, where both alerts must be over
        needed += milli(_back(inner, rows)) + 1
    if gap >= max(needed, 1):
        return None
    side = "below" if outer is low else "above"
    facts: dict[str, object] = {"outer": outer, "value": numbers[outer], "inner": inner, "other": numbers[inner]}
    if gap <= 0:
        return Disorder(outer, inner, f"limit_not_{side}", facts)
    return Disorder(outer, inner, f"limit_too_little_{side}", facts | {"gap": needed / 1000, "unit": rows.unit})


def _back(name: str, rows: KindRows) -> float:
    return rows.clear[rows.limits[name].clear].back


# --- overrides ------------------------------------------------------------------------------------------------------


def overridden(kind: RuledKind, rows: KindRows, *layers: Mapping[str, float]) -> dict[str, float]:
    """The numbers of the rows with these layers over them, the more special last.

    A limit that is moved binds the rows of the same side for one situation that the layer does not name: who decides that
    a pulse of 140 is this wearer's own does not want to be called for it when no steps are known.
    """
    numbers = {name: row.limit for name, row in rows.limits.items()}
    for layer in layers:
        before = numbers
        numbers = before | {name: value for name, value in layer.items() if name in before}
        for name in before:
            if name not in layer and (binder := _binder(kind, name, layer)):
                numbers[name] = _bound(before[name], before[binder], layer[binder], binder.endswith("_high"))
    return numbers


def _binder(kind: RuledKind, name: str, layer: Mapping[str, float]) -> str | None:
    """The limit of this layer that binds this row of one situation: that of its own level, or the critical one."""
    key = key_of(kind, name)
    if key is None or key.situation in ("", "own_"):
        return None
    side = "high" if key.high else "low"
    return next((one for level in (key.level, "critical") if (one := f"{key.part}{level}_{side}") in layer), None)


def _bound(number: float, before: float, now: float, high: bool) -> float:
    """Moved outwards: at least to it. Moved inwards: by as much, but no farther in than it."""
    outer, inner = (max, min) if high else (min, max)
    if outer(before, now) == now:
        return outer(number, now)
    return inner(number, outer(number + now - before, now))
