"""Writes `docs/connections.md` and its picture out of `docs/connections.json`: `python -m tests.connections.page`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from gateway.sources.ble.schedule import PAUSES_TO_A_TRY, VISIT_EVERY_S
from tests.connections.picture import picture
from tests.connections.report import KINDS, Group, Report
from tests.connections.week import SLOTS
from tests.json_file import encoded

DOCS = Path(__file__).parents[2] / "docs"
JSON, PAGE, PICTURE = DOCS / "connections.json", DOCS / "connections.md", DOCS / "connections.svg"

HEAD = """\
# Who is connected to, and when

A Bluetooth adapter holds five connections or so. Bands that are only heard need none; those that must be connected to take
turns. Who is next is decided by `gateway/sources/ble/schedule.py`, which is pure, so a week of a hundred bands can be played to
it. This page is made of such a week by `./dev bench connections`; how each band behaves stands in `tests/connections/bands.py`,
what is promised in `tests/connections/test_week.py`.

![Who holds the connections of a week, hour by hour; one hour of it; the longest wait of each band](connections.svg)
"""
PROMISED = f"""\
## What is promised

- **While there is room no band waits longer than twice its interval**: {VISIT_EVERY_S // 60} minutes where it is visited, one
  minute where it streams or has a connection of its own.
- **Every band in reach has its turn**, whatever others do, and also where there is more to do than {SLOTS} connections can:
  visits are then rarer, for all alike.
- **A dead band costs the others nothing.** A connect that nobody answers holds a connection for 62 s. The pauses after it
  grow with what the tries take, to {PAUSES_TO_A_TRY} times as much, and to {VISIT_EVERY_S // 60} minutes at most: that is a
  fifteenth of a connection, after some tries at the beginning.
- **A cuff that shows itself for less than a minute comes first.** One that never hides does so once.
- **A connection of its own (`slot = true`) is given to no other**, and stands while its band is in reach.
"""


def text(report: Report) -> str:
    """The page."""
    return "\n".join([HEAD, "\n".join(_figures(report)), "", PROMISED])


def _figures(report: Report) -> Iterator[str]:
    stamp, missed = report.stamp, report.shown_and_missed
    yield f"Of {stamp.date}, commit {stamp.commit}, {stamp.machine}; seed {report.seed}, {report.days} virtual days."
    yield "The same seed is the same week on every machine."
    yield ""
    yield "| bands | how many | connects | visits, all well | connections held | longest wait | promised |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    yield from map(_row, report.groups)
    yield ""
    yield f"Cuffs showed themselves {report.shown} times for 40 s, not reached {missed} times: the connect failed, or all"
    yield "connections were held. Most keep what they have measured, and tell it the next time."


def _row(group: Group) -> str:
    wait = f"{max(group.waits_s):,.0f} s" if group.waits_s else ""
    promised = f"{group.promised_s:,.0f} s" if group.promised_s else ""
    cells = f"{group.connects:,} | {group.visits:,} | {group.share:.2f} | {wait} | {promised}"
    return f"| {KINDS[group.kind]} | {group.bands} | {cells} |"


def write(report: Report | None = None) -> None:
    """Page and picture, and the figures where there are new ones."""
    if report:
        JSON.write_bytes(encoded(report))
    report = report or read()
    PAGE.write_text(text(report), encoding="utf-8")
    PICTURE.write_text(picture(report).svg(), encoding="utf-8")


def read() -> Report:
    """The figures of the last run."""
    return msgspec.json.decode(JSON.read_bytes(), type=Report)


if __name__ == "__main__":
    write()
