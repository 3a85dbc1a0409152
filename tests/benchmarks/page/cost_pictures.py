"""What a reading costs, as pictures: processor time beside other programs, memory, bytes for the card, a start. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.benchmarks.figures import number
from tests.benchmarks.report import Report
from tests.benchmarks.targets import IN_1970, IN_TEN_YEARS, NOW, TARGETS
from tests.drawing.bars import ROW, Bar, axis, bars
from tests.drawing.scale import Log, Scale, over
from tests.drawing.svg import Colour, Drawing

WIDTH, LEFT, RIGHT = 760, 285, 650
HEAD = 74  # pixels above the first row
WANTED = {target.figure: target.wanted for targets in TARGETS.values() for target in targets}
NAMES = {  # of the harness -> for people
    "bridge": "a bridge in C, without a disk",
    "naive": "a naive script",
    "theengs": "TheengsGateway",
    "thingsboard-file": "ThingsBoard, tuned, file",
    "thingsboard-memory": "ThingsBoard, tuned, memory",
    "thingsboard-sqlite": "ThingsBoard, tuned, SQLite",
    "thingsboard-memory-shipped": "ThingsBoard, as shipped, memory",
    "thingsboard-sqlite-shipped": "ThingsBoard, as shipped, SQLite",
}

Peers = Mapping[str, Mapping[str, float]]  # by the name of the program: `flood` and `steady`, times the prototype


def cpu(report: Report, peers: Peers) -> Drawing | None:
    """Processor time for a reading, as a multiple of the prototype's in the same run; the scale is logarithmic."""
    rows = [
        *_beside(report, peers, "flood", "CPU per reading, flood", "A flood: many readings wake the program up together"),
        *_beside(report, peers, "steady", "CPU per reading at 200/s", "200 readings/s: each one wakes the program up"),
    ]
    if not rows:
        return None
    bottom = HEAD + ROW * len(rows)
    drawing = _paper(
        bottom + 14,
        "Processor time for a reading, beside other programs",
        "Times the prototype, which does the least that keeps a reading; logarithmic. The line is what is wanted.",
        rows,
    )
    values = [row.value for row in rows if row.value]
    scale = Log(min(0.3, *values), max(500, *values), LEFT, RIGHT)
    axis(drawing, scale, scale.ticks(), HEAD - 8, bottom - 6)
    bars(drawing, rows, scale, HEAD)
    return drawing


def _beside(report: Report, peers: Peers, kind: str, figure: str, heading: str) -> list[Bar]:
    base = report.figure(f"{figure}, the prototype")
    ours = report.figure(figure)
    if not base or not ours:
        return []
    wanted = {
        "flood": WANTED[figure] / base.value if figure in WANTED else None,
        "steady": WANTED.get(f"{figure}, beside the prototype"),
    }
    found = [
        Bar("lifering", ours.value / base.value, _times(ours.value, base.value), wanted[kind]),
        Bar("prototype, without rules or alerts", 1, f"{number(base.value)} us", colour="other"),
    ]
    if reads := report.figure(f"{figure}, the reader"):
        found.append(
            Bar("a program that only reads", reads.value / base.value, _times(reads.value, base.value), colour="other")
        )
    found += [
        Bar(NAMES.get(name, name), of[kind], f"{number(of[kind])} x", colour="other")
        for name, of in peers.items()
        if kind in of
    ]
    return [Bar(heading), *sorted(found, key=lambda bar: bar.value or 0)]


def _times(mine: float, base: float) -> str:
    return f"{number(mine)} us, {number(mine / base)} x"


def profile(report: Report) -> Drawing | None:
    """In which parts of the gateway the time of a reading goes."""
    rows: list[Bar] = []
    for when, heading in (("a flood", "In a flood"), ("200 readings/s", "At 200 readings/s")):
        found = [one for one in report.figures() if one.name.startswith(f"share of {when}, ")]
        shares = [Bar(one.name.partition(", ")[2], one.value, f"{number(one.value)} %", colour="second") for one in found]
        rows += [Bar(heading), *shares] if shares else []
    if not rows:
        return None
    bottom = HEAD + ROW * len(rows)
    below = "Percent of the samples; what a library does counts for the part that called it."
    drawing = _paper(bottom + 12, "Where the processor's time of a reading goes", below, rows)
    scale = over([row.value or 0 for row in rows], LEFT, RIGHT)
    axis(drawing, scale, scale.ticks(), HEAD - 8, bottom - 6)
    bars(drawing, rows, scale, HEAD)
    return drawing


def memory(report: Report) -> Drawing | None:
    """Resident memory in each situation."""
    names: dict[str, Colour] = {
        "RSS, idle": "ours",
        "RSS, peak of a flood": "ours",
        "RSS, 1,000,000 readings pending": "ours",
        "RSS, peak while they drain": "ours",
        **{f"RSS after such a start, peak, {clock}": "second" for clock in (NOW, IN_1970, IN_TEN_YEARS)},
    }
    labels = ["idle", "peak of a flood", "1,000,000 readings pending", "peak while they drain"]
    labels += [f"after a start, {clock}" for clock in (NOW, IN_1970, IN_TEN_YEARS)]
    return _simple(report, "Resident memory", "MB; the line is what is wanted at most.", names, labels, "MB")


def card(report: Report) -> Drawing | None:
    """Bytes for the block device for one reading."""
    names: dict[str, Colour] = {
        "written per reading at 5/s, loss bound 1 s": "ours",
        "written per reading at 5/s, loss bound 5 s": "ours",
        "written per reading, flood": "second",
    }
    labels = ["at 5 readings/s, loss bound 1 s", "at 5 readings/s, loss bound 5 s", "in a flood"]
    return _simple(
        report, "Written to the card for a reading", "Bytes; the line is what is wanted at most.", names, labels, "bytes"
    )


def start(report: Report) -> Drawing | None:
    """From the start of the process to the first reading."""
    clocks = (NOW, IN_1970, IN_TEN_YEARS)
    names: dict[str, Colour] = {"start to the first reading, an empty store": "other"}
    names |= {f"start to the first reading, 1,000,000 pending, {clock}": "ours" for clock in clocks}
    labels = ["an empty store", *(f"1,000,000 pending, {clock.removeprefix('the ')}" for clock in clocks)]
    return _simple(
        report, "From the start to the first reading", "Seconds; the line is what is wanted at most.", names, labels, "s"
    )


def _simple(
    report: Report, title: str, below: str, names: Mapping[str, Colour], labels: Sequence[str], unit: str
) -> Drawing | None:
    rows = [
        Bar(label, found.value, f"{number(found.value)} {unit}", WANTED.get(name), colour)
        for (name, colour), label in zip(names.items(), labels, strict=True)
        if (found := report.figure(name))
    ]
    if not rows:
        return None
    bottom = HEAD + ROW * len(rows)
    drawing = _paper(bottom + 12, title, below, rows)
    scale: Scale = over([max(row.value or 0, row.wanted or 0) for row in rows], LEFT, RIGHT)
    axis(drawing, scale, scale.ticks(), HEAD - 8, bottom - 6)
    bars(drawing, rows, scale, HEAD)
    return drawing


def _paper(height: float, title: str, below: str, rows: Sequence[Bar]) -> Drawing:
    said = "; ".join(f"{row.label}: {row.words}" for row in rows if row.words)
    drawing = Drawing(WIDTH, round(height), title, f"{below} {said}.")
    drawing.text(16, 24, title, size=14, bold=True)
    drawing.text(16, 40, below, "soft", size=11)
    return drawing
