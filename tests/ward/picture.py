"""Draws alerts a day as bars with their intervals, against the goal and the first version of the rules: an SVG. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from gateway.alert import PRIORITIES
from tests.ward.report import GOALS, Rates, Report

WIDTH, LEFT, ROW, BAR = 760, 300, 26, 14
COLOURS = {"critical": "#c0392b", "warning": "#d68910", "advisory": "#2874a6"}
PANEL = 380.0  # pixels for `MOST` alerts a day
MOST = 2.0
TITLE = "Alerts a worn day without a cause: mean, 95 % over people (line), goal (dashed), first version (ring)"


def picture(report: Report) -> str:
    """One group of bars for the ward and for each set of real series."""
    groups: list[tuple[str, Rates, dict[str, float]]] = [("simulated ward", report.ward, {})]
    groups += [(f"band every {every_s} s", one, {}) for every_s, one in report.by_band.items()]
    groups += [(real.what, real.rates, real.before) for real in report.real]
    lines = list(_groups(groups))
    height = 60 + (len(PRIORITIES) * ROW + 18) * len(groups)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">',
            f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
            f'<text x="12" y="22" font-size="14">{TITLE}</text>',
            *lines,
            "</svg>",
            "",
        ]
    )


def _groups(groups: list[tuple[str, Rates, dict[str, float]]]) -> Iterator[str]:
    y = 44.0
    for name, rates, before in groups:
        yield f'<text x="12" y="{y + ROW}" fill="#222222">{escape(_short(name))}</text>'
        for priority in PRIORITIES:
            one = rates.by_priority[priority]
            middle = y + BAR / 2
            yield f'<text x="{LEFT - 8}" y="{y + 11}" text-anchor="end" fill="#555555">{priority} {one.mean:.2f}</text>'
            yield f'<rect x="{LEFT}" y="{y}" width="{_x(one.mean):.1f}" height="{BAR}" fill="{COLOURS[priority]}"/>'
            low, high = LEFT + _x(one.low), LEFT + _x(one.high)
            yield f'<line x1="{low:.1f}" y1="{middle}" x2="{high:.1f}" y2="{middle}" stroke="#111111"/>'
            goal = LEFT + _x(GOALS[priority])
            dashed = 'stroke="#111111" stroke-dasharray="3 2"'
            yield f'<line x1="{goal:.1f}" y1="{y - 3}" x2="{goal:.1f}" y2="{y + BAR + 3}" {dashed}/>'
            if priority in before:
                past = LEFT + _x(before[priority])
                beyond = f" {before[priority]:.2f}" if before[priority] > MOST else ""
                yield f'<circle cx="{past:.1f}" cy="{middle}" r="5" fill="none" stroke="#111111"/>'
                if beyond:
                    yield f'<text x="{past + 8:.1f}" y="{y + 11}" fill="#555555">{beyond}</text>'
            y += ROW
        y += 18


def _x(value: float) -> float:
    return min(value, MOST) / MOST * PANEL


def _short(name: str) -> str:
    return name if len(name) <= 32 else f"{name[:31]}…"
