"""The page on what breaks is made of the tests and of the figures that there are."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest

from tests.make_reliability import Source, mistakes, text
from tests.reliability.__main__ import rows, table
from tests.reliability.figures import Bands, Figures, Planted, Row, read
from tests.reliability.marks import Fault, faults_of
from tests.reliability.stamp import Stamp

STAMP = Stamp(date="2026-11-30", commit="abc1234", machine="a Pi")
CHECK = [sys.executable, "-m", "tests.make_reliability", "--check"]
CUT = Fault("power", "the power is cut", "no alert is lost", "tests/test_power.py::test_cut")
OF_A_COMMAND = Fault("disk", "a flipped bit", "it starts", "tests/test_bits.py::test_bits", "faults/bits")


def made(*rows: Row, planted: list[Planted] | None = None) -> Figures:
    return Figures(command="./dev faults --seed 7", made=STAMP, took_s=12, rows=list(rows), planted=planted or [])


def test_the_page_is_the_one_that_is_made_of_the_tests_and_figures_and_every_test_on_it_is_collected() -> None:
    told = subprocess.run(CHECK, capture_output=True, text=True, check=False)

    assert (told.stdout, told.stderr, told.returncode) == ("", "", 0)


def test_a_fault_stands_in_its_table_with_its_promise_its_test_and_the_figure_of_its_test_or_command() -> None:
    figures = {"suite": made(Row(name=CUT.test, tried=4)), "faults": made(Row(name="bits", tried=5712, starts_refused=1))}

    page = text(Source([CUT, OF_A_COMMAND], figures)).splitlines()

    assert f"| the power is cut | no alert is lost | `{CUT.test}` | 4 tried |" in page
    assert f"| a flipped bit | it starts | `{OF_A_COMMAND.test}` | 5,712 tried; **1 starts refused** (`./dev faults`) |" in page
    assert page.index("## Disk") < page.index("## Power")


def test_what_only_a_command_can_do_stands_there_with_its_command() -> None:
    row = Row(name="an adapter is pulled out", tried=1, kind="ports and radio", promise="scanning in 3 s", said="0.9 s")

    page = text(Source([], {"vm": made(row)}))

    assert "| an adapter is pulled out | scanning in 3 s | `./dev faults --seed 7` | 1 tried; 0.9 s |" in page


def test_the_summary_adds_up_all_that_was_tried_and_all_that_must_not_be() -> None:
    figures = {"a": made(Row(name="x", tried=1000, alerts_lost=1)), "b": made(Row(name="y", tried=30, two_contents=2, other=3))}

    page = text(Source([CUT], figures))

    assert (
        "1 faults, tried 1,030 times: **alerts lost 1, ids with two contents 2, starts refused 0**, other promises broken 3"
        in page
    )
    assert "| `./dev faults --seed 7`, 12 s | 1,000 | 1 | 0 | 0 | 0 | 2026-11-30 | `abc1234` | a Pi |" in page


def test_what_came_of_all_cases_of_a_test_is_its_figure_and_of_one_that_was_not_run_there_is_none() -> None:
    outcomes = {
        f"{CUT.test}[a]": Counter(passed=1),
        f"{CUT.test}[b]": Counter(passed=1, failed=1),
        "tests/test_power.py::test_cut_twice": Counter(failed=1),
    }

    assert rows([CUT, OF_A_COMMAND], outcomes) == [Row(name=CUT.test, tried=3, other=1)]


def test_a_run_ends_with_a_table_in_which_what_failed_is_last() -> None:
    tried = [Row(name="a", tried=3, other=1), Row(name="b", tried=20, skipped=2)]

    assert table(tried).splitlines() == [
        " tried failed skipped",
        "    20      0       2  b",
        "     3      1       0  a",
        "    23      1       2  all",
    ]


def test_what_was_planted_and_found_by_nobody_is_told() -> None:
    planted = [Planted(fault="no fsync", where="gateway/store/database.py", found_by="")]

    page = text(Source([], {"planted": made(planted=planted)}))

    assert "| no fsync | `gateway/store/database.py` | **nobody** |  |" in page
    assert "By `./dev faults --seed 7`, 12 s, 2026-11-30, `abc1234`, a Pi." in page


def test_a_figure_of_a_test_that_is_gone_and_a_fault_that_stands_twice_are_mistakes() -> None:
    planted = [Planted(fault="no fsync", where="gateway/store/database.py", found_by="tests/test_gone.py::test_gone")]
    figures = {"suite": made(Row(name="tests/test_gone.py::test_gone", tried=1)), "planted": made(planted=planted)}

    assert list(mistakes(Source([CUT, CUT], figures))) == [
        "power: 'the power is cut' stands at two tests",
        "suite.json: there is no test tests/test_gone.py::test_gone that is marked as a fault",
        "planted.json: there is no test tests/test_gone.py::test_gone",
    ]


@pytest.mark.parametrize("at", [pytest.param(1, marks=pytest.mark.slow)])
def test_a_mark_with_a_kind_that_is_none_is_refused(request: pytest.FixtureRequest, at: int) -> None:
    request.node.add_marker(pytest.mark.fault("weather", "rain", promise="dry"))

    with pytest.raises(ValueError, match="'weather' is no kind of fault"):
        list(faults_of(request.node))


def test_the_fleet_is_told_by_kind_of_band() -> None:
    straps = Bands(kind="strap", bands=5, said=1200, arrived=2400, refused=3, presses=0, sure=0, told=0)
    figures = Figures(command="./dev fleet", made=STAMP, took_s=1800, bands=[straps])

    page = text(Source([], {"fleet": figures}))

    assert "| strap | 5 | 1,200 | 2,400 | 3 | 0 | 0 | 0 |" in page
    assert "By `./dev fleet`, 1,800 s, 2026-11-30, `abc1234`, a Pi." in page


def test_every_file_of_figures_can_be_read() -> None:
    assert all(figures.made.commit for figures in read().values())
