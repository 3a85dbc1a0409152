"""The arithmetic of the figures, and that each measurement has its targets and each target its measurement."""

from __future__ import annotations

from datetime import UTC, datetime
from math import inf

import pytest

from tests.benchmarks.drain import Course
from tests.benchmarks.figures import Figure, Found, Series, combined, figures_of, over_rounds, percentile, ratio
from tests.benchmarks.kills import early
from tests.benchmarks.report import Report, decoded, report, told, unmeasured
from tests.benchmarks.run import MEASUREMENTS
from tests.benchmarks.sampled import ENTRANCE, shares
from tests.benchmarks.targets import TARGETS, Target
from tests.benchmarks.watcher import told as line_for
from tests.benchmarks.watching import Came, Watching
from tests.daemon import CHECKOUT
from tests.json_file import encoded

HUNDRED = [float(n) for n in range(1, 101)]


def a_report(**values: float) -> Report:
    found = {"flood": [Figure(name.replace("_", " "), value, "us") for name, value in values.items()]}
    return report({"cpu": "a good one"}, {k: list(v) for k, v in found.items()}, {}, repeat=1, quick=False)


# --- the arithmetic -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "percent", "wanted"),
    [
        pytest.param(HUNDRED, 50, 50, id="the median of a hundred"),
        pytest.param(HUNDRED, 99, 99, id="of a hundred the last but one"),
        pytest.param(HUNDRED[:99], 99, 99, id="of fewer the worst"),
        pytest.param([7.0], 50, 7, id="of one that one"),
        pytest.param(list(reversed(HUNDRED)), 50, 50, id="in any order"),
    ],
)
def test_a_percentile_is_the_nearest_rank(values: list[float], percent: float, wanted: float) -> None:
    assert percentile(values, percent) == wanted


def test_a_ratio_compares_the_rounds_of_one_run_and_gives_their_median() -> None:
    found = ratio("beside", [10, 30, 90], [10, 10, 20])

    assert (found.value, list(found.runs)) == (3, [1, 3, 4.5])


def test_a_ratio_of_unlike_rounds_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratio("beside", [1, 2], [1])


def test_of_one_round_there_is_no_spread() -> None:
    assert over_rounds("cost", [3.0], "us").runs == ()


def test_repeated_runs_give_the_median_the_spread_and_all_samples() -> None:
    course = Series("drain", ("s",), [(1.0,)])
    runs: list[Found] = [[Figure("p99", value, "ms", samples=(value,)), course] for value in (5.0, 1.0, 3.0)]

    found = combined(runs)

    (figure,) = figures_of(found)
    assert (figure.value, list(figure.runs), list(figure.samples)) == (3.0, [5.0, 1.0, 3.0], [5.0, 1.0, 3.0])
    assert course in found


def test_a_figure_that_was_found_in_some_runs_alone_counts_those() -> None:
    (figure,) = figures_of(combined([[], [Figure("p99", 4.0, "ms")]]))

    assert (figure.value, list(figure.runs)) == (4.0, [4.0])


def test_only_what_was_read_a_tenth_of_a_second_before_its_kill_counts_as_lost_early() -> None:
    read = {("A", 1): 0.85, ("A", 2): 0.95, ("B", 1): 1.5, ("B", 2): 1.05}

    assert early([*read, ("never", 1)], read, killed=[1.0, 2.0]) == {("A", 1), ("B", 1), ("B", 2)}


def test_history_and_live_readings_are_told_apart_and_the_age_is_that_of_the_oldest_live_one() -> None:
    begun = datetime.now(UTC)
    before, after = "2020-01-01T00:00:00.000Z", begun.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    course = Course([Came(10.0, 500, before), Came(10.1, 3, after), Came(10.3, 250, before)], begun)

    assert (course.count, len(course.live)) == (750, 1)
    assert [row[:2] for row in course.binned()] == [(0.0, 2000), (0.25, 1000)]
    assert len(course.ages()) == 1
    assert course.per_s() == pytest.approx(750 / 0.3)


def test_where_every_stack_begins_is_a_file_or_folder_of_the_gateway() -> None:
    assert [place for place in ENTRANCE if not (CHECKOUT / place).exists()] == []


def test_shares_are_of_the_samples_between_two_looks_the_greatest_first() -> None:
    found = shares({"drivers": 10, "start": 90}, {"drivers": 20, "start": 90, "gateway/intake": 30})

    assert list(found.items()) == [("gateway/intake", 75.0), ("drivers", 25.0)]


# --- the eye at the broker ------------------------------------------------------------------------------------------


def test_the_eye_tells_the_oldest_reading_of_a_batch_and_the_first_coming_of_an_alert() -> None:
    seen = Watching()
    batch = b'{"readings":[{"received_at":"2026-01-02"},{"received_at":"2026-01-01"}]}'

    seen.take(line_for("a/up/readings", batch, 1.5))
    seen.take(line_for("bench/readings", b'[{"heart_rate":60}]', 1.6))
    for at_s in (2.0, 3.0):
        seen.take(line_for("a/up/alerts", b'{"device":"C0","event":"raised"}', at_s))

    assert seen.readings == [Came(1.5, 2, "2026-01-01"), Came(1.6, 1, "-")]
    assert (seen.count, seen.alerts) == (3, {("C0", "raised"): 2.0})


async def test_waiting_for_readings_ends_when_all_have_come_or_none_comes_any_more() -> None:
    seen = Watching()
    seen.take("readings 1.0 5 -")

    await seen.came(5)
    await seen.came(6, quiet_s=0.01)

    assert seen.count == 5


# --- the targets ----------------------------------------------------------------------------------------------------


def test_each_measurement_has_its_targets_and_each_target_its_measurement() -> None:
    assert TARGETS.keys() == MEASUREMENTS.keys()
    assert all(TARGETS.values())


def test_no_two_targets_are_of_one_figure() -> None:
    names = [target.figure for targets in TARGETS.values() for target in targets]

    assert [name for name in names if names.count(name) > 1] == []


@pytest.mark.parametrize(
    ("target", "value", "wanted"),
    [
        pytest.param(Target("cost", 15, "us"), 15, "reached", id="at most"),
        pytest.param(Target("cost", 15, "us"), 30, "missed: 2 x", id="over it"),
        pytest.param(Target("speed", 50, "/s", at_least=True), 50, "reached", id="at least"),
        pytest.param(Target("speed", 50, "/s", at_least=True), 25, "missed: 0.50 x", id="under it"),
        pytest.param(Target("lost", 0, ""), 3, "missed by 3", id="of none no ratio"),
        pytest.param(Target("cost", 15, "us"), inf, "missed: inf x", id="never"),
    ],
)
def test_a_target_says_whether_it_is_reached_or_by_how_much_not(target: Target, value: float, wanted: str) -> None:
    assert target.verdict(value) == wanted


def test_a_target_whose_figure_is_missing_is_told_as_not_measured() -> None:
    table = told(a_report(CPU=9))

    (target, *_) = TARGETS["flood"]
    (line,) = [line for line in table.splitlines() if line.startswith(f"| {target.figure} ")]
    assert "not measured" in line
    assert "| CPU " in table  # what has no target stands below


def test_a_figure_that_a_measurement_did_not_give_is_named() -> None:
    measured = {target.figure: 1.0 for target in TARGETS["flood"]}

    assert unmeasured(a_report(CPU=9)) == list(measured)
    assert (
        unmeasured(
            report({}, {"flood": [Figure(name, value, "") for name, value in measured.items()]}, {}, repeat=1, quick=False)
        )
        == []
    )


def test_a_measurement_that_was_not_asked_for_is_not_in_the_table() -> None:
    assert TARGETS["start"][0].figure not in told(a_report(CPU=9))


def test_a_report_survives_its_json() -> None:
    there = report(
        {"cpu": "x"},
        {"back": [Figure("first", 1.5, "s", samples=(1.0, 1.5)), Series("broker back", ("kill",), [(1.0,)])]},
        {"start": "TimeoutError()"},
        repeat=2,
        quick=True,
    )

    back = decoded(encoded(there))

    assert encoded(back) == encoded(there)
    assert back.value("first") == 1.5
    assert "start could not be measured: TimeoutError()" in told(back)
