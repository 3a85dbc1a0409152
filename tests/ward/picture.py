"""Draws alerts a day as bars with their intervals, against the goal and the first version of the rules: an SVG. Pure."""

from __future__ import annotations

from gateway.alert import PRIORITIES, Priority
from tests.drawing.scale import Linear
from tests.drawing.svg import Drawing
from tests.ward.report import GOALS, Rates, Report

WIDTH, LEFT, ROW, BAR = 760, 300, 26, 14
ACROSS = Linear(0, 2, LEFT, LEFT + 380)  # alerts a day
TITLE = "Alerts a worn day without a cause: mean, 95 % over people (line), goal (dashed), first version (ring)"

Group = tuple[str, Rates, dict[str, float]]


def picture(report: Report) -> str:
    """One group of bars for the ward and for each set of real series."""
    groups: list[Group] = [("simulated ward", report.ward, {})]
    groups += [(f"band every {every_s} s", one, {}) for every_s, one in report.by_band.items()]
    groups += [(real.what, real.rates, real.before) for real in report.real]
    drawing = Drawing(WIDTH, 60 + (len(PRIORITIES) * ROW + 18) * len(groups), TITLE, "; ".join(map(_said, groups)))
    drawing.text(12, 22, TITLE, size=14)
    y = 44.0
    for name, rates, before in groups:
        drawing.text(12, y + ROW, _short(name))
        for priority in PRIORITIES:
            _bar(drawing, priority, rates, before.get(priority), y)
            y += ROW
        y += 18
    return drawing.svg()


def _bar(drawing: Drawing, priority: Priority, rates: Rates, before: float | None, y: float) -> None:
    one, middle = rates.by_priority[priority], y + BAR / 2
    drawing.text(LEFT - 8, y + 11, f"{priority} {one.mean:.2f}", "soft", anchor="end")
    drawing.bar(LEFT, y, ACROSS.at(one.mean) - LEFT, BAR, priority, round_by=0)
    drawing.line((ACROSS.at(one.low), middle), (ACROSS.at(one.high), middle), "ink")
    goal = ACROSS.at(GOALS[priority])
    drawing.line((goal, y - 3), (goal, y + BAR + 3), "ink", dashed=True)
    if before is not None:
        drawing.ring(ACROSS.at(before), middle, 5, "ink")
        if before > ACROSS.high:
            drawing.text(ACROSS.end + 8, y + 11, f"{before:.2f}", "soft")


def _said(group: Group) -> str:
    name, rates, _ = group
    return f"{name}: " + ", ".join(f"{priority} {rates.by_priority[priority].mean:.2f}" for priority in PRIORITIES)


def _short(name: str) -> str:
    return name if len(name) <= 32 else f"{name[:31]}…"
