"""Writes `docs/reliability.md` out of the tests that are marked as a fault and the last figures: `./dev reliability-page`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.reliability import figures, marks
from tests.reliability.figures import Figures, Row
from tests.reliability.marks import KINDS, Fault
from tests.reliability.stamp import ROOT

PAGE = Path(__file__).parent.parent / "docs" / "reliability.md"

HEAD = """\
# What breaks, and what is promised then

Two promises hold whatever breaks: **an alert is never lost**, and **no accepted reading vanishes silently** (it is delivered,
pending, or evicted and told). This page says which faults are tried, with real parts: brokers that run, files on a disk,
processes that are killed, pseudo-terminals. `./dev reliability-page` writes it: the rows out of the tests that are marked as a
fault, the figures out of `docs/reliability/`, where the commands of the first table leave them.
"""
PLANTED = """\
## Planted faults: which test found which

Each of these was put back into the product on purpose, alone, in a copy of the tree.
"""
INPUTS = """\
## Bad input by class

Handled is what is refused with a reason or counted: nothing crashes, hangs, or is damaged by it.
"""
FLEET = """\
## The fleet by kind of band

Daemon, broker, platform, ports, adapter and bands break and come back at random, and people press all the while. Sent are
messages, of which one may hold several readings or repeat the last; refused are readings, mostly repeats, as the gateway counts
them where it was asked before a kill. Presses that were surely heard were told while a receiver was in reach and nothing broke
for a while, or were answered; the others may have been lost on their way. Each that came is one alert, and none is two.
"""


BROKEN = {
    "alerts_lost": "alerts lost",
    "two_contents": "ids with two contents",
    "starts_refused": "starts refused",
    "other": "other promises broken",
}
COUNTED = ("tried", *BROKEN)


class Source(NamedTuple):
    """What the page is made of."""

    faults: list[Fault]
    figures: Mapping[str, Figures]


def source() -> Source:
    """As it stands in the repository."""
    return Source(marks.collected(), figures.read())


def text(made_of: Source) -> str:
    """The page."""
    parts = [HEAD, "\n".join(_summary(made_of))]
    parts += ["\n".join(lines) for kind in KINDS if len(lines := list(_kind(kind, made_of))) > 1]
    parts += [PLANTED + "\n" + "\n".join(_planted(made_of)), INPUTS + "\n" + "\n".join(_inputs(made_of))]
    if any(made.bands for made in made_of.figures.values()):
        parts.append(FLEET + "\n" + "\n".join(_fleet(made_of)))
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def mistakes(made_of: Source) -> Iterator[str]:
    """What the page would say that is not so."""
    tests = {fault.test for fault in made_of.faults}
    whats = [(fault.kind, fault.what) for fault in made_of.faults]
    for kind, what in sorted({one for one in whats if whats.count(one) > 1}):
        yield f"{kind}: {what!r} stands at two tests"
    suite = made_of.figures.get("suite")
    for row in suite.rows if suite else ():
        if row.name not in tests:
            yield f"suite.json: there is no test {row.name} that is marked as a fault"
    for one in _all_planted(made_of):
        if "::" in one.found_by and not _is_a_test(one.found_by):
            yield f"planted.json: there is no test {one.found_by}"


def _is_a_test(node: str) -> bool:
    file, _, name = node.partition("[")[0].rpartition("::")
    path = ROOT / file.partition("::")[0]
    return path.is_file() and f"def {name}(" in path.read_text(encoding="utf-8")


# --- the summary ------------------------------------------------------------------------------------------------------


def _summary(made_of: Source) -> Iterator[str]:
    all_rows = [row for made in made_of.figures.values() for row in made.rows]
    yield "## In short"
    yield ""
    total = {name: sum(getattr(row, name) for row in all_rows) for name in COUNTED}
    yield (
        f"{len(made_of.faults) + sum(bool(row.kind) for row in all_rows)} faults, tried {total['tried']:,} times: "
        f"**alerts lost {total['alerts_lost']}, ids with two contents {total['two_contents']}, "
        f"starts refused {total['starts_refused']}**, other promises broken {total['other']}. "
        "A test that failed counts as another promise broken, whatever its promise is, and stands in bold below."
    )
    yield ""
    yield "| command | tried | alerts lost | ids with two contents | starts refused | other | of | commit | machine |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | --- | --- | --- |"
    for made in made_of.figures.values():
        if made.rows:
            yield _summary_row(made)


def _summary_row(made: Figures) -> str:
    counts = [sum(getattr(row, name) for row in made.rows) for name in COUNTED]
    cells = (f"`{made.command}`, {made.took_s:,.0f} s", *(f"{n:,}" for n in counts))
    return _row(*cells, made.made.date, f"`{made.made.commit}`", made.made.machine)


# --- the faults -------------------------------------------------------------------------------------------------------


def _kind(kind: str, made_of: Source) -> Iterator[str]:
    yield f"## {kind[0].upper()}{kind[1:]}"
    rows = [_fault(fault, made_of) for fault in made_of.faults if fault.kind == kind]
    rows += [
        _row(row.name, row.promise, f"`{made.command}`", seen(row))
        for made in made_of.figures.values()
        for row in made.rows
        if row.kind == kind
    ]
    if rows:
        yield ""
        yield "| fault | promise | test | last figure |"
        yield "| --- | --- | --- | --- |"
        yield from rows


def _fault(fault: Fault, made_of: Source) -> str:
    name, _, row_name = fault.figure.partition("/")
    figure = _found(made_of, name, row_name or fault.test) or _found(made_of, "suite", fault.test) or "not run yet"
    return _row(fault.what, fault.promise, f"`{fault.test}`", figure)


def _found(made_of: Source, name: str, row_name: str) -> str:
    made = made_of.figures.get(name)
    row = next((row for row in made.rows if row.name == row_name), None) if made else None
    if not made or not row:
        return ""
    return seen(row) if name == "suite" else f"{seen(row)} (`{made.command.partition(' -')[0]}`)"


def seen(row: Row) -> str:
    """What came of it, in a few words."""
    told = [f"{row.tried:,} tried" if row.tried else "skipped: this machine does not let us try it"]
    told += [f"**{getattr(row, field)} {name}**" for field, name in BROKEN.items() if getattr(row, field)]
    return "; ".join([*told, *([row.said] if row.said else [])])


# --- what was planted, what came from outside ----------------------------------------------------------------------


def _all_planted(made_of: Source) -> Iterator[figures.Planted]:
    return (one for made in made_of.figures.values() for one in made.planted)


def _planted(made_of: Source) -> Iterator[str]:
    rows = [
        _row(one.fault, f"`{one.where}`", f"`{one.found_by}`" if one.found_by else "**nobody**", one.after)
        for one in _all_planted(made_of)
    ]
    yield from _by(made for made in made_of.figures.values() if made.planted)
    yield from _table("| fault | where | found by | after |", rows)


def _inputs(made_of: Source) -> Iterator[str]:
    rows = [
        _row(one.kind, one.parser, f"{one.tried:,}", f"{one.handled:,}", one.said)
        for made in made_of.figures.values()
        for one in made.inputs
    ]
    yield from _by(made for made in made_of.figures.values() if made.inputs)
    yield from _table("| class | parser | tried | handled | |", rows)


def _fleet(made_of: Source) -> Iterator[str]:
    rows = [
        _row(one.kind, *(f"{n:,}" for n in (one.bands, one.said, one.arrived, one.refused, one.presses, one.sure, one.told)))
        for made in made_of.figures.values()
        for one in made.bands
    ]
    yield from _by(made for made in made_of.figures.values() if made.bands)
    yield from _table("| kind of band | bands | sent | arrived | refused | presses | surely heard | alerts |", rows)


def _by(all_made: Iterable[Figures]) -> Iterator[str]:
    """Of what commit and where these figures were taken."""
    for made in all_made:
        yield f"By `{made.command}`, {made.took_s:,.0f} s, {made.made.date}, `{made.made.commit}`, {made.made.machine}."
        yield ""


def _table(head: str, rows: Iterable[str]) -> Iterator[str]:
    lines = list(rows)
    yield from [head, "| " + " | ".join(["---"] * (head.count("|") - 1)) + " |", *lines] if lines else ["Not run yet."]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def main() -> int:
    """Writes it; with `--check` says instead what is not so, and exits with 1."""
    made_of = source()
    wrong = list(mistakes(made_of))
    if "--check" not in sys.argv:
        PAGE.write_text(text(made_of), encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text(made_of):
        wrong.append(f"{PAGE.name} is not what the tests and figures say: ./dev reliability-page writes it anew")
    print("\n".join(wrong), end="\n" if wrong else "")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
