"""Bars that lie, one a row, with the value written at their end and what is wanted as a thin line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.drawing.scale import Scale
from tests.drawing.svg import Colour, Drawing

ROW, THICK = 26, 15


@dataclass(frozen=True)
class Bar:
    """`label` stands before it, `words` behind it. `wanted`: where the thin line is. A row without a value is a heading."""

    label: str
    value: float | None = None
    words: str = ""
    wanted: float | None = None
    colour: Colour = "ours"


def bars(drawing: Drawing, rows: Sequence[Bar], scale: Scale, top: float) -> float:
    """Draws them from this height on. Returns the height below the last."""
    for number, row in enumerate(rows):
        y = top + number * ROW
        if row.value is None:
            drawing.text(16, y + THICK - 1, row.label, "soft", bold=True)
            continue
        _bar(drawing, row, row.value, scale, y)
    return top + len(rows) * ROW


def _bar(drawing: Drawing, row: Bar, value: float, scale: Scale, y: float) -> None:
    end = scale.at(value)
    drawing.text(scale.start - 10, y + THICK - 3, row.label, anchor="end")
    drawing.bar(scale.start, y, end - scale.start, THICK, row.colour)
    if row.wanted is not None:
        goal = scale.at(row.wanted)
        drawing.line((goal, y - 4), (goal, y + THICK + 4), "ink", width=1.5)
        end = max(end, goal)
    drawing.text(end + 7, y + THICK - 3, row.words, "soft")


def axis(drawing: Drawing, scale: Scale, ticks: Sequence[float], top: float, bottom: float) -> None:
    """Thin lines from top to bottom, each with its value above."""
    for tick in ticks:
        x = scale.at(tick)
        drawing.line((x, top), (x, bottom))
        drawing.text(x, top - 5, f"{tick:,g}", "soft", anchor="middle", size=10.5)
