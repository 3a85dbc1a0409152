"""What was measured, as values, as a table for people and as JSON for machines."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Figure(NamedTuple):
    """One figure. `note` says what it was measured on, where the name does not."""

    name: str
    value: float
    unit: str
    note: str = ""


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest rank: of fewer than a hundred values the 99th percentile is the worst one."""
    ordered = sorted(values)
    return ordered[math.ceil(percent / 100 * len(ordered)) - 1]


def table(figures: Sequence[Figure]) -> str:
    """Markdown."""
    rows = [("figure", "value", "unit", "measured on"), *((f.name, _number(f.value), f.unit, f.note) for f in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        f"| {name.ljust(widths[0])} | {value.rjust(widths[1])} | {unit.ljust(widths[2])} | {note.ljust(widths[3])} |"
        for name, value, unit, note in rows
    ]
    rule = f"|{'-' * (widths[0] + 2)}|{'-' * (widths[1] + 1)}:|{'-' * (widths[2] + 2)}|{'-' * (widths[3] + 2)}|"
    return "\n".join([lines[0], rule, *lines[1:]])


def as_json(figures: Sequence[Figure], machine: Mapping[str, str]) -> str:
    """The machine, and the figures in order."""
    return json.dumps({"machine": machine, "figures": [figure._asdict() for figure in figures]}, indent=1) + "\n"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}"
