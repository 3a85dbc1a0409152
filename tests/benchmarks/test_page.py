"""The page on the figures is the one that is made of them, and says of each target that is missed by how much and why."""

from __future__ import annotations

import re

import pytest

from tests.benchmarks.figures import Figure, Found, Series
from tests.benchmarks.page import cost_pictures
from tests.benchmarks.page.files import DOCS, FOLDER, PAGE, page, pictures, read, reasons
from tests.benchmarks.page.instructions import Instructions
from tests.benchmarks.page.peers import Peers
from tests.benchmarks.page.text import PICTURES, text
from tests.benchmarks.report import Report, report
from tests.benchmarks.targets import TARGETS

TARGETED = {target.figure: target for targets in TARGETS.values() for target in targets}
PEERS = Peers(
    machine={"date": "2026"},
    subjects={
        "prototype": {"version": "1", "note": "", "flood_cpu_us": 8.0, "steady_cpu_us": 100.0},
        "another": {"version": "2", "note": "", "flood_cpu_us": 80.0, "steady_cpu_us": None},
        "absent": {"version": "", "note": "skipped"},
    },
)


def all_measured(share: float) -> Report:
    """Each figure that is wanted is so many times what is wanted of it."""
    found: dict[str, Found] = {
        name: [
            Figure(t.figure, share * (t.wanted or 1), t.unit, samples=(1.0, 2.0) if "p99" in t.figure else ()) for t in targets
        ]
        for name, targets in TARGETS.items()
    }
    found["flood"] += [Figure("CPU per reading, flood, the prototype", 7, "us")]
    found["flood"] += [Figure("share of a flood, gateway/intake", 40, "%"), Figure("share of a flood, all others", 60, "%")]
    found["drain"] += [Series("drain", ("s", "readings_per_s", "age_s"), [(0.25, 80_000, 0.4), (0.5, 90_000, 0.9)])]
    found["back"] += [Series("broker back", ("kill", "first_s", "all_s"), [(1, 1.0, 3.0), (2, 2.0, 4.0)])]
    found["start"] += [Figure("start to the first reading, an empty store", 1, "s")]
    return report({"date": "2026-11-30", "lifering": "abc", "cpu": "x"}, found, {}, repeat=1, quick=False)


def test_the_page_and_its_pictures_are_those_that_are_made_of_the_figures() -> None:
    made = pictures(read())

    assert PAGE.read_text(encoding="utf-8") == page(read()), "./dev bench-page writes it anew"
    assert {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.svg")} == made


def test_every_picture_of_the_page_is_there_and_has_words_for_whoever_does_not_see_it() -> None:
    shown = re.findall(r"!\[([^\]]+)\]\((\S+\.svg)\)", PAGE.read_text(encoding="utf-8"))

    assert shown
    assert [file for _, file in shown if not (DOCS / file).exists()] == []


def test_every_target_stands_on_the_page_with_its_figure() -> None:
    rows = [line.split("|")[1].strip() for line in text(all_measured(1), {}, None, set()).splitlines() if line.startswith("| ")]

    assert set(TARGETED) <= set(rows)


def test_what_is_missed_is_told_with_by_how_much_and_why() -> None:
    why = {"CPU per reading, flood": "The frames are decoded one by one."}

    told = text(all_measured(2), why, None, set())

    assert "**CPU per reading, flood**: 30 us, wanted at most 15 us. The frames are decoded one by one." in told
    assert "**RSS, idle**: 90 MB, wanted at most 45 MB. Nobody has found out why yet." in told
    assert "readings sustained" not in told.partition("## What is not reached")[2].partition("\n## ")[0]  # twice as many


def test_where_all_is_reached_the_page_says_so() -> None:
    reached = all_measured(1)
    for figures in reached.measured.values():
        figures[:] = [one._replace(value=TARGETED[one.name].wanted) if one.name in TARGETED else one for one in figures]

    assert "Every target is reached." in text(reached, {}, None, set())


def test_a_reason_names_a_figure_that_is_wanted() -> None:
    assert [name for name in reasons() if name not in TARGETED] == []


def test_instructions_are_told_of_both_processors_where_they_were_counted() -> None:
    counted = Instructions(date="2026-11-30", commit="abc", each={"arm64": 30_000, "x86-64": 24_000})

    told = text(all_measured(1), {}, None, set(), counted)

    assert "30,000 on arm64, 24,000 on x86-64; arm64 has 1.25 times those of x86-64" in told
    assert "Raspberry Pi" not in text(all_measured(1), {}, None, set())


def test_a_machine_on_which_others_worked_is_told() -> None:
    facts = {"date": "d", "lifering": "abc", "cores": "2"}

    busy, alone = (
        text(report(facts | {"load": load}, {}, {}, repeat=1, quick=False), {}, None, set()) for load in ("2.1", "2.0")
    )

    assert "Others were at work" in busy
    assert "Others were at work" not in alone


def test_a_quick_run_says_that_it_gives_no_figures() -> None:
    quick = report({"date": "d", "lifering": "abc", "cpu": "x"}, {}, {}, repeat=1, quick=True)

    assert "these are no figures" in text(quick, {}, None, set())


def test_of_all_figures_all_pictures_are_drawn_but_the_one_with_others_needs_the_prototype() -> None:
    assert pictures(all_measured(1)).keys() == PICTURES.keys()
    assert pictures(report({}, {}, {}, repeat=1, quick=False)) == {}


def test_other_programs_are_drawn_as_times_the_prototype_of_their_own_run() -> None:
    assert PEERS.times() == {"another": {"flood": 10.0}}

    picture = cost_pictures.cpu(all_measured(1), PEERS.times())

    assert picture is not None
    assert "another: 10 x" in picture.svg()
    assert "lifering: 15 us, 2.14 x" in picture.svg()


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_no_picture_leaves_the_paper(name: str) -> None:
    svg = pictures(all_measured(1))[name]
    width, height = map(float, re.findall(r'viewBox="0 0 (\d+) (\d+)"', svg)[0])

    for axis, size in (("x", width), ("y", height), ("x1", width), ("x2", width), ("y1", height), ("y2", height)):
        assert all(0 <= float(at) <= size for at in re.findall(rf'\s{axis}="([^"]+)"', svg)), (name, axis)
