"""The part of docs/performance.md that is made of the figures. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.benchmarks.figures import Figure, markdown, number
from tests.benchmarks.page import peers as of_peers
from tests.benchmarks.page.instructions import Instructions, told
from tests.benchmarks.page.peers import Peers
from tests.benchmarks.report import Report, judged, note
from tests.benchmarks.targets import TARGETS, Target

Reasons = Mapping[str, str]  # by the name of a figure that is not reached: why

HEAD = ("figure", "value", "wanted", "", "when the target was set", "measured on")
PICTURES = {  # file -> what it shows, for whoever does not see it; in the order of the page
    "cpu": "processor time for a reading beside other programs, in a flood and at 200 readings a second",
    "profile": "in which parts of the gateway the processor time of a reading goes",
    "latency": "every press as a dot by the milliseconds until the broker had it, in four situations",
    "memory": "resident memory in seven situations, beside what is wanted",
    "card": "bytes written to the card for a reading",
    "drain": "readings a second and the age of live data over the seconds of a drain",
    "back": "seconds until the first and until all readings came, after each of ten kills of the broker",
    "start": "seconds from the start to the first reading, for each clock",
}


def text(
    report: Report, reasons: Reasons, peers: Peers | None, pictures: set[str], instructions: Instructions | None = None
) -> str:
    """Tables, pictures and what is not reached."""
    parts = [*_provenance(report), _wanted(report), *_shown(pictures), *_missed(report, reasons), *_peers(peers)]
    return "\n\n".join([*parts, *_processors(instructions), *_besides(report)])


def _provenance(report: Report) -> Iterator[str]:
    facts = "; ".join(f"{key} {value}" for key, value in report.machine.items() if key not in ("date", "lifering"))
    yield f"Of {report.machine['date']}, commit {report.machine['lifering']}. {facts[0].upper()}{facts[1:]}."
    if float(report.machine.get("load", 0)) > int(report.machine.get("cores", 1)):
        yield "**Others were at work on this machine when it began: seconds, milliseconds and readings/s are too bad.**"
    if report.quick:
        yield "**A quick run, to see that it works: these are no figures.**"
    if report.repeat > 1:
        yield f"Each was measured {report.repeat} times; the table has the median, and from where to where it went."


def _wanted(report: Report) -> str:
    return markdown(HEAD, [_row(target, figure) for target, figure in judged(report)], {1})


def _row(target: Target, figure: Figure | None) -> tuple[str, ...]:
    if figure is None:
        return target.figure, "-", target.words(), "**not measured**", target.before, ""
    verdict = target.verdict(figure.value)
    shown = verdict if target.is_reached(figure.value) else f"**{verdict}**"
    return figure.name, f"{number(figure.value)} {figure.unit}".strip(), target.words(), shown, target.before, note(figure)


def _shown(pictures: set[str]) -> Iterator[str]:
    yield from (f"![{says}](performance/{name}.svg)" for name, says in PICTURES.items() if name in pictures)


def _missed(report: Report, reasons: Reasons) -> Iterator[str]:
    missed = [(t, f) for t, f in judged(report) if f is None or not t.is_reached(f.value)]
    if not missed:
        yield "Every target is reached."
        return
    yield "## What is not reached, and why"
    yield "\n".join(f"- {_why(target, figure, reasons)}" for target, figure in missed)
    yield from (f"`{name}` could not be measured: {why}" for name, why in report.broken.items())


def _why(target: Target, figure: Figure | None, reasons: Reasons) -> str:
    why = reasons.get(target.figure, "Nobody has found out why yet.")
    if figure is None:
        return f"**{target.figure}**: not measured, wanted {target.words()}. {why}"
    return f"**{target.figure}**: {number(figure.value)} {figure.unit}, wanted {target.words()}. {why}"


def _peers(peers: Peers | None) -> Iterator[str]:
    if peers is None:
        return
    yield "## Other programs on the same work"
    facts = ", ".join(f"{key} {value}" for key, value in peers.machine.items())
    yield f"One run of a harness of its own (`./dev bench peers`): {facts}. Processor times compare within that run."
    yield of_peers.table(peers)
    versions = [f"{name}: {of['version']}" for name, of in peers.subjects.items() if of.get("version")]
    yield f"{'; '.join(versions)}."


def _processors(instructions: Instructions | None) -> Iterator[str]:
    if instructions:
        yield "## On the processor of a Raspberry Pi"
        yield told(instructions)


def _besides(report: Report) -> Iterator[str]:
    named = {target.figure for targets in TARGETS.values() for target in targets}
    yield "## What was measured besides"
    for name, figures in report.measured.items():
        rows = [(f.name, f"{number(f.value)} {f.unit}".strip(), note(f)) for f in figures if f.name not in named]
        if rows:
            yield _folded(name, markdown((f"`{name}`", "value", "measured on"), rows, {1}))


def _folded(name: str, table: str) -> str:
    """The many lines of the drivers are shown to those who ask for them."""
    return f"<details><summary>A frame of each driver</summary>\n\n{table}\n\n</details>" if name == "decode" else table
