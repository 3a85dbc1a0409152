"""The rows of the rules that look at more than one value against one limit, as they stand in `config/rules.toml`.

Each has the `rule` by which an alert names it, and its `source`.
"""

from __future__ import annotations

from msgspec import Struct


class NoUsableValueRow(Struct, frozen=True, forbid_unknown_fields=True):
    """`readings` values in `within_s` that nobody has, and no other between; `apart_s` one counts once.

    A slow band: two of them, `slow_s` apart. Of a cuff or a thermometer: two measurements, `cuff_apart_s` apart, not longer
    than `cuff_within_s`. It is over with a usable value `over_s` after the last of them.
    """

    rule: str
    readings: int
    within_s: int
    apart_s: int
    slow_s: int
    cuff_apart_s: int
    cuff_within_s: int
    over_s: int
    source: str


class IrregularPulseRow(Struct, frozen=True, forbid_unknown_fields=True):
    """`irregular` of the last `windows` minutes at rest, of `beats` beats or more, within `within_s`; told every `every_s`.

    A minute is irregular where the middle change from beat to beat is `change` of the middle time between beats or more, the
    share of turning points lies between the two of `turning`, and the coefficient of sample entropy is above `entropy`.
    """

    rule: str
    windows: int
    irregular: int
    beats: int
    within_s: int
    change: float
    turning: tuple[float, float]
    entropy: float
    every_s: int
    source: str


class SeveralSignsRow(Struct, frozen=True, forbid_unknown_fields=True):
    """`kinds` at warning level within `within_s`, or the sum of their NEWS2 scores at `score`; a stream for `lasting_s`.

    It is over when that does not hold for `over_s`.
    """

    rule: str
    kinds: int
    score: int
    within_s: int
    lasting_s: int
    over_s: int
    source: str


class TrendRow(Struct, frozen=True, forbid_unknown_fields=True):
    """The resting rate of a night above that of `days` before by `above`, and by `deviations` times their median deviation.

    At least `nights` of them must be known. A night needs `bins` of five minutes; its rate is their `percentile`.
    """

    rule: str
    days: int
    nights: int
    bins: int
    percentile: int
    above: float
    deviations: float
    source: str
