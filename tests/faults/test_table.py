"""The figures have every case, also the one after which nothing came any more."""

from __future__ import annotations

from tests.faults.case import Case
from tests.faults.table import HANGS, Table
from tests.faults.written import Left


def test_a_run_that_hangs_has_its_figures_all_the_same() -> None:
    table = Table()
    table.take([Case("random bits", "bit 7", Left()), Case(HANGS, "after 9 tasks", Left(breaches=["other: nothing came"]))])

    assert {row.name: (row.tried, row.other) for row in table.rows()} == {"random bits": (1, 0), HANGS: (1, 1)}
    assert [line.split()[0] for line in table.lines()][1:] == ["random", HANGS]


def test_every_kind_of_breach_is_counted_once() -> None:
    table = Table()
    table.take([Case("files cut", "at 9", Left(breaches=["lost: A1", "two contents: A2", "start refused: 1", "deaf: 60 s"]))])

    (row,) = table.rows()

    assert (row.alerts_lost, row.two_contents, row.starts_refused, row.other) == (1, 1, 1, 1)
