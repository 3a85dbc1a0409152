"""Writes `docs/ward.md` and its picture out of `docs/ward.json`: `python -m tests.ward.page`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from gateway.alert import PRIORITIES
from tests.json_file import encoded
from tests.ward.outcome import Rate
from tests.ward.picture import picture
from tests.ward.report import Rates, Report
from tests.ward.trials import Found

DOCS = Path(__file__).parents[2] / "docs"
JSON, PAGE, PICTURE = DOCS / "ward.json", DOCS / "ward.md", DOCS / "ward.svg"

HEAD = """\
# How often the rules call for nothing, and what they find

Made by `./dev bench ward` (this page and its picture of `docs/ward.json`); nothing here is medical advice, and
simulated people are no patients. The rules are those of the daemon: plausibility, rule engine, supervision and life
cycle of alerts, on a virtual clock; a nurse closes a critical alert once its cause is gone, not before 15 min. Without
a cause means that nothing was planted: a walk, a bad night or a cuff put on wrongly are no reason to send somebody.

![Alerts a worn day, simulated and real](ward.svg)
"""
HOW = """\
## How it is made

Everything comes from public seeds and the standard library's generator, in `tests/ward/`: a person (`person.py`:
resting rate N(70, 9), night dip 10 to 15 %, 8 % atrial fibrillation whose fast rates a wrist band shows 28 to 69 too
low, 6 % COPD with limits of NEWS2 scale 2, sleep oxygen N(95, 1.4) with dips, home pressure, white coat, thermometer),
a day (`day.py`: 6 walks, housework, sport for 10 %, 40 min of charging, 0.4 spells off the wrist, 0.2 out of reach), a
band (`band.py`: 1 s to 30 min with jitter, steps from four of five, dropouts in motion, stuck values, noise off the
wrist, late and double delivery). Four wearers have a
band of 1 s, of which a thirtieth of the days is simulated; of bands of 5 s an eighth, of 15 s
a fifth, of all others all days. Home pressures have a mean of 140, and 14 between people, so that each range of them is as
frequent as in the real ones.

Planted events (`planted.py`, `scene.py`) are spread over sampling x what stood before (nothing, warning, critical) x
what people did about it (open, resolved while it held, closed after it) x day and night x still, moving and without
steps. What must be told is worked out of the rows of the table alone (`oracle.py`): where the readings that came cannot
show it, it is not observable; so are a silent band and one off the wrist outside of wearing hours. Supervision is in it
with the defaults of `[supervision]`; the geofence is in tests of its own.

`--vitals DIR` adds real series that are no part of this repository; half of their people are held back, so that nobody fits
the rules to them.
"""


def text(report: Report) -> str:
    """The page."""
    parts = [HEAD, "\n".join(_provenance(report)), "\n".join(_gate(report)), "\n".join(_rates(report))]
    parts += ["\n".join(_planted(report)), "\n".join(_real(report)), "\n".join(_simulated(report)), HOW]
    return "\n".join(part if part.endswith("\n") else f"{part}\n" for part in parts)


def _provenance(report: Report) -> Iterator[str]:
    machine = report.machine
    yield f"{machine['date']}, commit {machine['lifering']}, {machine['cores']} cores of {machine['cpu']},"
    yield f"Python {machine['python']}, load {machine['load']};"
    yield f"seeds {report.seeds[0]} to {report.seeds[-1]}, {report.days} days of each wearer;"
    yield f"table {report.table}, rows {report.mark};"
    yield f"{report.ward.people} wearers, {report.ward.days:,.0f} worn days, {report.ward.readings:,} readings,"
    yield f"{report.planted_n} planted events of each kind at least."


def _gate(report: Report) -> Iterator[str]:
    yield "## What is wanted\n"
    yield "| figure | value | wanted | |"
    yield "| --- | ---: | ---: | --- |"
    for row in report.gate:
        yield f"| {row.what} | {row.value:.3g} | {row.wanted} | {'pass' if row.passed else '**missed**'} |"


def _rates(report: Report) -> Iterator[str]:
    yield "## Alerts without a cause, simulated\n"
    yield "| band | people | worn days | critical a day (95 %), worst person | warning | advisory | chatter | events a day |"
    yield "| --- | ---: | ---: | --- | --- | --- | ---: | ---: |"
    yield _row("all", report.ward)
    for every_s, one in report.by_band.items():
        yield _row(f"{every_s} s", one)
    yield (
        "\nMinutes a day for which an alert was open: "
        + ", ".join(f"{name} {minutes:.0f}" for name, minutes in report.ward.open_min_a_day.items())
        + ". By row of the table:\n"
    )
    yield "| kind, priority, rule | alerts | a day |"
    yield "| --- | ---: | ---: |"
    for row, number in report.ward.rows.items():
        yield f"| {row.rstrip('/').replace('/', ', ')} | {number} | {number / report.ward.days:.4f} |"


def _row(name: str, one: Rates) -> str:
    rates = (one.by_priority[priority] for priority in PRIORITIES)
    cells = " | ".join(f"{rate.mean:.3f} ({rate.low:.3f} to {rate.high:.3f}), {_worst(rate)}" for rate in rates)
    return f"| {name} | {one.people} | {one.days:,.0f} | {cells} | {one.chatter:.0%} | {one.events_a_day:.2f} |"


def _worst(rate: Rate) -> str:
    return "-" if rate.worst is None else f"{rate.worst:.2f}"


def _planted(report: Report) -> Iterator[str]:
    yield "## Planted events\n"
    yield "Found of those that can be seen, by how often the device measures; the delay is from the first reading that shows"
    yield "it, of those that no open alert told already.\n"
    yield "| event | every | planted | observable | found | nothing at all | delay, median (worst) s |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    yield from (_found(one) for one in report.planted)


def _found(one: Found) -> str:
    every = f"{one.every_s:g} s" if one.every_s < 86_400 else "by hand"
    share = f"{one.found / one.observable:.1%}" if one.observable else "-"
    delay = f"{one.delay_median_s:.0f} ({one.delay_worst_s:.0f})" if one.delay_median_s is not None else "-"
    return f"| {one.name} | {every} | {one.n} | {one.observable} | {share} | {one.silent} | {delay} |"


def _real(report: Report) -> Iterator[str]:
    yield "## Real people\n"
    if not report.real:
        yield "Not measured in this run (`--vitals DIR`)."
        return
    yield "Alerts a day (of cuffs: a day enrolled) beside those of the first version of the rules on all people of the set."
    yield "No steps are in these series: every reading counts as one of somebody of whom it is not known whether they move.\n"
    yield "| set | people, days | critical (first version) | warning | advisory | chatter |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for real in report.real:
        one = real.rates
        cells = " | ".join(
            f"{one.by_priority[p].mean:.3f}, {one.by_priority[p].low:.3f} to {one.by_priority[p].high:.3f} ({real.before[p]:g})"
            for p in PRIORITIES
        )
        chatter = f"{one.chatter:.0%} ({real.before['chatter']:.0%})"
        yield f"| {real.what}; {real.source} | {one.people}, {one.days:,.0f} | {cells} | {chatter} |"


def _simulated(report: Report) -> Iterator[str]:
    yield "## The simulated beside the real ones\n"
    yield "| figure | simulated |"
    yield "| --- | ---: |"
    for name, value in report.simulated.items():
        yield f"| {name} | {value:.3g} |"
    yield "\n`tests/ward/test_simulator.py` holds them to the figures of real people, within 20 %: 12 to 24 % at 91 or more, "
    yield "0.9 to 1.9 % at 131 or more, 0.3 gaps of more than an hour a day, 36 % of pressures 140 to 159, 13 % of temperatures"
    yield "35.1 to 36.0."


def read() -> Report:
    """What the last run gave."""
    return msgspec.json.decode(JSON.read_bytes(), type=Report)


def write(report: Report) -> None:
    """JSON, page and picture."""
    JSON.write_bytes(encoded(report))
    PAGE.write_text(text(report), encoding="utf-8")
    PICTURE.write_text(picture(report), encoding="utf-8")


if __name__ == "__main__":
    write(read())
