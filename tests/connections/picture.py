"""Draws the week: who holds the connections, hour by hour; one hour of it; the longest wait of each band. Pure."""

from __future__ import annotations

from tests.connections.bands import HOUR_S, Kind
from tests.connections.report import HOUR_SHOWN, KINDS, Group, Report
from tests.connections.week import SLOTS
from tests.drawing.scale import Linear, Log
from tests.drawing.svg import Colour, Drawing

WIDTH, LEFT, RIGHT = 760, 168, 736
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
COLOURS: dict[Kind, Colour] = {
    "own slot": "critical",
    "streams": "second",
    "slow": "advisory",
    "quick": "ours",
    "part of the day": "ours",
    "on sight": "warning",
    "stuck cuff": "warning",
    "failing": "other",
    "dead": "missed",
}
STACKED: tuple[tuple[Colour, str], ...] = (
    ("critical", "a slot of its own"),
    ("second", "streams"),
    ("advisory", "visits of minutes"),
    ("ours", "visits of seconds"),
    ("warning", "shows itself"),
    ("other", "fails mostly"),
    ("missed", "never answers"),
)
WEEK_TOP, WEEK_HEIGHT = 92, 150
HOUR_TOP, LANE = 302, 22
WAITS_TOP, ROW, LEAST_S = 488, 24, 5
MARKS = ((60, "1 min"), (120, "2 min"), (900, "15 min"), (1800, "30 min"))


def picture(report: Report) -> Drawing:
    """All three, one below the other."""
    waiting = [group for group in report.groups if group.waits_s]
    drawing = Drawing(
        WIDTH, WAITS_TOP + ROW * len(waiting) + 20, "A week of a hundred wristbands over five connections", _said(report)
    )
    drawing.text(16, 24, f"A virtual week: a hundred wristbands, {SLOTS} connections", size=14, bold=True)
    _legend(drawing)
    _week(drawing, report)
    _hour(drawing, report)
    _waits(drawing, waiting)
    return drawing


def _said(report: Report) -> str:
    shares = ", ".join(f"{KINDS[group.kind]} {group.share:.2f}" for group in report.groups if group.connects)
    waits = ", ".join(f"{KINDS[group.kind]} {max(group.waits_s):.0f} s" for group in report.groups if group.waits_s)
    return f"Connections held on average: {shares}. The longest wait of any band: {waits}."


def _legend(drawing: Drawing) -> None:
    x = 16.0
    for colour, words in STACKED:
        drawing.bar(x, 36, 10, 10, colour)
        drawing.text(x + 14, 45, words, "soft", size=10.5)
        x += 34 + 5.4 * len(words)


# --- the week ---


def _week(drawing: Drawing, report: Report) -> None:
    hours = report.days * 24
    across = Linear(0, hours, LEFT, RIGHT)
    up = Linear(0, SLOTS, WEEK_TOP + WEEK_HEIGHT, WEEK_TOP)
    drawing.text(16, WEEK_TOP - 14, "Connections held, each hour of the week", bold=True)
    for slots in range(SLOTS + 1):
        drawing.line((LEFT, up.at(slots)), (RIGHT, up.at(slots)))
        drawing.text(LEFT - 8, up.at(slots) + 4, str(slots), "soft", anchor="end", size=10.5)
    floor = [0.0] * hours
    for colour, _ in STACKED:
        top = [low + more for low, more in zip(floor, _by_hour(report, colour), strict=True)]
        edge = [(across.at(hour + 0.5), up.at(value)) for hour, value in enumerate(top)]
        back = [(across.at(hour + 0.5), up.at(value)) for hour, value in enumerate(floor)]
        drawing.area([*edge, *reversed(back)], colour, opacity=0.85)
        floor = top
    for day in range(report.days):
        x = across.at(24 * day)
        drawing.line((x, WEEK_TOP), (x, WEEK_TOP + WEEK_HEIGHT), "paper", width=0.6)
        drawing.text(across.at(24 * day + 12), WEEK_TOP + WEEK_HEIGHT + 14, DAYS[day % 7], "soft", anchor="middle", size=10.5)


def _by_hour(report: Report, colour: Colour) -> list[float]:
    of_colour = [group.by_hour for group in report.groups if COLOURS.get(group.kind) == colour]
    return [sum(shares) for shares in zip(*of_colour, strict=True)]


# --- the hour ---


def _hour(drawing: Drawing, report: Report) -> None:
    across = Linear(0, HOUR_S, LEFT, RIGHT)
    begins = HOUR_SHOWN % 24
    drawing.text(16, HOUR_TOP - 14, f"One hour of it: {DAYS[HOUR_SHOWN // 24 % 7]}, {begins}:00 to {begins + 1}:00", bold=True)
    for slot in range(SLOTS):
        drawing.text(LEFT - 8, HOUR_TOP + LANE * slot + 12, f"connection {slot + 1}", "soft", anchor="end", size=10.5)
        drawing.line((LEFT, HOUR_TOP + LANE * slot + 8), (RIGHT, HOUR_TOP + LANE * slot + 8))
    for held in report.hour:
        begun, ended = across.at(held.begun_s), across.at(held.ended_s)
        drawing.bar(begun, HOUR_TOP + LANE * held.slot, max(ended - begun - 0.4, 0.8), 16, COLOURS[held.kind], round_by=1.5)
    for minute in range(0, 61, 10):
        x = across.at(minute * 60)
        drawing.text(x, HOUR_TOP + LANE * SLOTS + 10, f"{minute} min", "soft", anchor="middle", size=10.5)


# --- the waits ---


def _waits(drawing: Drawing, groups: list[Group]) -> None:
    across = Log(LEAST_S, 7200, LEFT, RIGHT)
    bottom = WAITS_TOP + ROW * len(groups) - 6
    drawing.text(16, WAITS_TOP - 34, "The longest wait of each band in the week, in reach and not connected", bold=True)
    drawing.text(
        16,
        WAITS_TOP - 19,
        "Thick lines: what is promised. One that mostly fails, or never hides, has its turns.",
        "soft",
        size=11,
    )
    for seconds, words in ((10, "10 s"), *MARKS, (3600, "1 h")):
        x = across.at(seconds)
        drawing.line((x, WAITS_TOP), (x, bottom))
        drawing.text(x, WAITS_TOP - 5, words, "soft", anchor="middle", size=10.5)
    for row, group in enumerate(groups):
        y = WAITS_TOP + ROW * row + 12
        drawing.text(LEFT - 10, y + 4, f"{KINDS[group.kind]} ({group.bands})", anchor="end", size=11)
        if group.promised_s:
            x = across.at(group.promised_s)
            drawing.line((x, y - 9), (x, y + 9), "ink", width=2)
        for wait in group.waits_s:
            drawing.dot(across.at(wait), y, 3, COLOURS[group.kind], opacity=0.6)
