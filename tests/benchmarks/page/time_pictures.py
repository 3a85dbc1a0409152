"""What takes its time, as pictures: a call for help, a drain, the return of the broker. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tests.benchmarks.figures import number, percentile
from tests.benchmarks.page.cost_pictures import LEFT, WANTED, WIDTH
from tests.benchmarks.report import Report
from tests.benchmarks.targets import DRAINING, FLOODED, IDLE, SLOW
from tests.drawing.bars import axis
from tests.drawing.scale import Linear, Log, Scale, over
from tests.drawing.svg import Anchor, Drawing

HEAD = 78
SITUATIONS = {
    IDLE: "200 bands live",
    DRAINING: "1,000,000 readings drain",
    FLOODED: "flood of 5,000 readings/s",
    SLOW: "each sync takes 50 ms",
}
STRIP, DOT = 84, 2.6  # pixels: height of a situation, radius of a press


def latency(report: Report) -> Drawing | None:
    """Every press a dot, by how long it took; the scale is logarithmic."""
    found = {
        when: one.samples for when in SITUATIONS if (one := report.figure(f"SOS to the broker, {when}, p99")) and one.samples
    }
    if not found:
        return None
    said = "; ".join(f"{SITUATIONS[when]}: p50 {_ms(took, 50)}, p99 {_ms(took, 99)}" for when, took in found.items())
    bottom = HEAD + STRIP * len(found)
    drawing = Drawing(WIDTH, bottom + 16, "An SOS from its frame on the line to the broker", f"Milliseconds. {said}.")
    drawing.text(16, 24, "An SOS, from its frame on the line to the broker", size=14, bold=True)
    below = "Milliseconds, logarithmic; each dot is a press, with everything on. Thin lines: what is wanted of p50 and p99."
    drawing.text(16, 40, below, "soft", size=11)
    every = [took for samples in found.values() for took in samples]
    scale = Log(min(1, *every), max(300, *every), LEFT - 60, WIDTH - 30)
    axis(drawing, scale, scale.ticks(), HEAD - 8, bottom - 4)
    for place, (when, samples) in enumerate(found.items()):
        _strip(drawing, when, samples, scale, HEAD + STRIP * (place + 1) - 12)
    return drawing


def _strip(drawing: Drawing, when: str, samples: Sequence[float], scale: Scale, floor: float) -> None:
    drawing.text(16, floor - 24, SITUATIONS[when], bold=True)
    drawing.text(16, floor - 8, f"p50 {_ms(samples, 50)}, p99 {_ms(samples, 99)}", "soft", size=11)
    drawing.line((scale.start, floor), (scale.end, floor))
    worst = WANTED[f"SOS to the broker, {when}, p99"]
    _dots(drawing, samples, worst, scale, floor)
    sides: tuple[tuple[int, Anchor, int], ...] = ((50, "end", -4), (99, "start", 4))
    for percent, anchor, beside in sides:
        goal = WANTED[f"SOS to the broker, {when}, p{percent}"]
        x = scale.at(goal)
        drawing.line((x, floor - STRIP + 26), (x, floor), "ink", width=1.2, dashed=percent == 99)
        drawing.text(x + beside, floor - STRIP + 34, f"p{percent} {goal:g}", "ink", anchor=anchor, size=10)


def _dots(drawing: Drawing, samples: Sequence[float], worst: float, scale: Scale, floor: float) -> None:
    """One on the other where they took as long; as close as the strip wants it."""
    columns = [round((scale.at(took) - scale.start) / (2 * DOT)) for took in samples]
    highest = max(Counter(columns).values())
    apart = min(1.6 * DOT, (STRIP - 46) / highest)
    stacked: Counter[int] = Counter()
    for took, column in zip(samples, columns, strict=True):
        y = floor - DOT - 1 - stacked[column] * apart
        drawing.dot(scale.start + column * 2 * DOT, y, DOT, "missed" if took > worst else "ours", opacity=0.75)
        stacked[column] += 1


def _ms(samples: Sequence[float], percent: float) -> str:
    return f"{number(percentile(samples, percent))} ms"


def drain(report: Report) -> Drawing | None:
    """History a second above, the age of live data below, over the same seconds."""
    course = report.course("drain")
    if not course or not course.rows:
        return None
    seconds, rates, ages = ([row[column] for row in course.rows] for column in range(3))
    title = "A million readings drain, the limit lifted"
    said = f"{number(max(rates))} readings/s at most; live data at most {number(max(ages))} s old."
    drawing = Drawing(WIDTH, 330, title, said)
    drawing.text(16, 24, title, size=14, bold=True)
    drawing.text(16, 40, "Over the seconds since the first reading came. The thin lines are what is wanted.", "soft", size=11)
    across = Linear(0, max(seconds), 90, WIDTH - 30)
    wanted = WANTED["drained, limit lifted"]
    _panel(drawing, across, seconds, rates, (70, 180), "readings/s", wanted, "at least")
    _panel(
        drawing,
        across,
        seconds,
        ages,
        (215, 300),
        "age of live data, s",
        WANTED["age of live data while it drains, worst"],
        "at most",
    )
    for tick in across.ticks():
        drawing.text(across.at(tick), 316, f"{tick:g} s", "soft", anchor="middle", size=10.5)
    return drawing


def _panel(
    drawing: Drawing,
    across: Linear,
    seconds: Sequence[float],
    values: Sequence[float],
    between: tuple[float, float],
    label: str,
    wanted: float,
    how: str,
) -> None:
    top, bottom = between
    up = over([*values, wanted], bottom, top)
    for tick in up.ticks(3):
        drawing.line((across.start, up.at(tick)), (across.end, up.at(tick)))
        drawing.text(across.start - 8, up.at(tick) + 4, f"{tick:,g}", "soft", anchor="end", size=10.5)
    line = [(across.at(s), up.at(v)) for s, v in zip(seconds, values, strict=True)]
    drawing.area([(line[0][0], bottom), *line, (line[-1][0], bottom)], "ours")
    drawing.path(line, "ours")
    drawing.line((across.start, up.at(wanted)), (across.end, up.at(wanted)), "ink", dashed=True)
    drawing.text(across.end, up.at(wanted) - 4, f"{how} {wanted:,g}", "ink", anchor="end", size=10)
    drawing.text(across.start, top - 8, label, bold=True)


def back(report: Report) -> Drawing | None:
    """For each kill of the broker: the first reading after its return, and the last of those that were waiting."""
    course = report.course("broker back")
    if not course or not course.rows:
        return None
    title = "After the broker's return, killed again and again"
    first, whole = WANTED["broker back: first reading, worst"], WANTED["broker back: all readings, worst"]
    said = "; ".join(f"kill {kill:g}: first after {a:.1f} s, all after {b:.1f} s" for kill, a, b in course.rows)
    drawing = Drawing(WIDTH, 270, title, said)
    drawing.text(16, 24, title, size=14, bold=True)
    below = "Seconds until the first reading (dot) and until all that waited had come (bar). Thin lines: what is wanted."
    drawing.text(16, 40, below, "soft", size=11)
    up = over([whole, *(row[2] for row in course.rows)], 235, 62)
    left, right = 60, WIDTH - 110
    for tick in up.ticks(4):
        drawing.line((left, up.at(tick)), (right, up.at(tick)))
        drawing.text(left - 8, up.at(tick) + 4, f"{tick:g} s", "soft", anchor="end", size=10.5)
    for wanted, words in ((first, "first at most"), (whole, "all at most")):
        drawing.line((left, up.at(wanted)), (right, up.at(wanted)), "ink", dashed=True)
        drawing.text(right + 6, up.at(wanted) + 4, f"{words} {wanted:g} s", "ink", size=10.5)
    step = (right - left) / len(course.rows)
    for place, (kill, first_s, all_s) in enumerate(course.rows):
        x = left + (place + 0.5) * step
        drawing.bar(x - 4, up.at(all_s), 8, up.at(0) - up.at(all_s), "other")
        drawing.dot(x, up.at(first_s), 5, "ours")
        drawing.text(x, up.at(all_s) - 7, f"{all_s:.1f}", "soft", anchor="middle", size=10.5)
        drawing.text(x, 252, f"kill {kill:g}", "soft", anchor="middle", size=10.5)
    return drawing
