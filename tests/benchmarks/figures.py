"""What was measured, as values: figures, what a plot needs of their course, and the arithmetic of both. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Figure(NamedTuple):
    """One figure. `note` says what it was measured on, where the name does not; `samples` are the single values of a
    distribution, `runs` the values of each run where it was repeated: `value` is their median.
    """

    name: str
    value: float
    unit: str
    note: str = ""
    samples: Sequence[float] = ()
    runs: Sequence[float] = ()


class Series(NamedTuple):
    """How something went over time, for a plot: rows of numbers under the names of their columns."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[float]]


Found = list[Figure | Series]


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest rank: of fewer than a hundred values the 99th percentile is the worst one."""
    ordered = sorted(values)
    return ordered[math.ceil(percent / 100 * len(ordered)) - 1]


def ratio(name: str, ours: Sequence[float], theirs: Sequence[float], note: str = "") -> Figure:
    """How many times as much as the other, each of our values beside the other's of the same round; the median of them."""
    each = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    return Figure(name, statistics.median(each), "x", note, runs=each if len(each) > 1 else ())


def over_rounds(name: str, values: Sequence[float], unit: str, note: str = "") -> Figure:
    """The median of several rounds, which stay in `runs`."""
    return Figure(name, statistics.median(values), unit, note, runs=tuple(values) if len(values) > 1 else ())


def combined(runs: Sequence[Found]) -> Found:
    """One of several runs of a measurement: the median of each figure; all samples together; the course of the last run."""
    if len(runs) == 1:
        return runs[0]
    return [one if isinstance(one, Series) else _median(one, _of_name(one.name, runs)) for one in runs[-1]]


def _of_name(name: str, runs: Sequence[Found]) -> list[Figure]:
    return [one for run in runs for one in figures_of(run) if one.name == name]


def _median(last: Figure, same: Sequence[Figure]) -> Figure:
    values = [value for one in same for value in one.runs or (one.value,)]
    samples = tuple(sample for one in same for sample in one.samples)
    return last._replace(value=statistics.median(one.value for one in same), samples=samples, runs=tuple(values))


def figures_of(found: Iterable[Figure | Series]) -> list[Figure]:
    """The figures among them."""
    return [one for one in found if isinstance(one, Figure)]


def series_of(found: Iterable[Figure | Series]) -> list[Series]:
    """The courses among them."""
    return [one for one in found if isinstance(one, Series)]


def number(value: float) -> str:
    """As a table shows it: three digits or so; a whole one as it is."""
    if abs(value) >= 100 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table(figures: Sequence[Figure]) -> str:
    """Markdown, of figures alone."""
    return markdown(
        ("figure", "value", "unit", "measured on"), [(f.name, number(f.value), f.unit, f.note) for f in figures], {1}
    )


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> str:
    """A table, its columns as wide as they must be; `right`: those that stand at the right edge."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    to_the_right = set(right)

    def line(cells: Sequence[str]) -> str:
        padded = (c.rjust(w) if at in to_the_right else c.ljust(w) for at, (c, w) in enumerate(zip(cells, widths, strict=True)))
        return f"| {' | '.join(padded)} |"

    rule = "|".join("-" * (w + 1) + (":" if at in to_the_right else "-") for at, w in enumerate(widths))
    return "\n".join([line(head), f"|{rule}|", *map(line, rows)])
