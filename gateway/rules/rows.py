"""The rows of the table of limits as they stand in `config/rules.toml`, and the order that they must be in.

Numbers are in the kind's unit. Where they are compared they are whole thousandths, so that no binary fraction drifts.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Literal, NamedTuple

from msgspec import Struct

RuledKind = Literal["heart_rate", "blood_pressure", "body_temperature", "oxygen_saturation"]

PARTS: dict[RuledKind, tuple[str, ...]] = {
    "heart_rate": ("",),
    "blood_pressure": ("systolic_", "diastolic_"),
    "body_temperature": ("",),
    "oxygen_saturation": ("",),
}
# From the lowest to the highest; those of one side lie nearer to the normal the less urgent they are.
ORDER = (
    "extreme_low",
    "critical_low",
    "warning_low",
    "advisory_low",
    "advisory_high",
    "repeated_warning_high",
    "warning_high",
    "critical_high",
    "extreme_high",
)


def milli(number: float) -> int:
    """Whole thousandths of the unit."""
    return round(number * 1000)


class Persistence(Struct, frozen=True, forbid_unknown_fields=True):
    """How long a limit must be crossed: see the head of `config/rules.toml`."""

    readings: int
    of: int
    span_s: int
    within_s: int
    source: str
    sampled_s: tuple[int, int] | None = None
    confirm_s: int = 0


class Clear(Struct, frozen=True, forbid_unknown_fields=True):
    """When a crossed limit is over: `back` inside of it (deadband), for `lasting_s` (off-delay)."""

    back: float
    lasting_s: int
    source: str


class LimitRow(Struct, frozen=True, forbid_unknown_fields=True):
    """One limit; `rails` are the lowest and the highest value that an override may give it."""

    limit: float
    rails: tuple[float, float]
    rule: str
    persistence: str
    clear: str
    source: str
    inclusive: bool = True


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
    for part in PARTS[kind]:
        names = [part + name for name in ORDER if part + name in rows.limits]
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
