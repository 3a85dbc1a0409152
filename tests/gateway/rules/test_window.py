"""Which readings count: each far enough from its neighbours, the last few of them, in the order of their own time."""

from __future__ import annotations

import pytest

from gateway.rules.limits import Limit
from gateway.rules.persistence import CountedReading, Window
from gateway.rules.rows import Clear, Persistence
from tests.gateway.rules.ward import BEGIN_MS, reading

THREE = Persistence(readings=1, of=3, span_s=20, within_s=600, source="")  # so each is ten seconds from the next
ANY = Limit("warning_high", 0, True, "warning", 0, 0, -1, "", THREE, Clear(0, 0, ""))  # every value lies beyond


def sample(at_s: float) -> CountedReading:
    one = reading("heart_rate", 100, at_s)
    return CountedReading(one.at_ms, (100_000,), one)


def window(*at_s: float) -> Window:
    made = Window(THREE)
    for one in at_s:
        assert made.add(sample(one))
    return made


def counting(made: Window) -> list[float]:
    """When the readings were taken that count, in the order in which they are kept."""
    return [(one.at_ms - BEGIN_MS) / 1000 for one in made.lasting(ANY, since_ms=0)]


@pytest.mark.parametrize(
    ("late_s", "counts"),
    [
        pytest.param(9.999, False, id="too near to the one before"),
        pytest.param(10, True, id="as far as it must be"),
        pytest.param(20, True, id="between both"),
        pytest.param(30, True, id="as far from the one behind"),
        pytest.param(30.001, False, id="too near to the one behind"),
    ],
)
def test_a_late_reading_counts_where_it_is_far_enough_from_both_neighbours(late_s: float, counts: bool) -> None:
    made = window(0, 40)

    assert made.add(sample(late_s)) == counts
    assert counting(made) == ([0, late_s, 40] if counts else [0, 40])


@pytest.mark.parametrize("late_s", [20, 35, 50])
def test_a_late_reading_finds_its_place_and_the_oldest_goes(late_s: float) -> None:
    made = window(0, 10, 60)

    assert made.add(sample(late_s))
    assert counting(made) == [10, late_s, 60]


def test_a_late_reading_just_behind_the_oldest_takes_its_place() -> None:
    made = window(0, 30, 60)

    assert made.add(sample(15))
    assert counting(made) == [15, 30, 60]


def test_where_enough_newer_ones_are_known_an_older_reading_tells_nothing() -> None:
    made = window(0, 30, 60)

    assert not made.add(sample(-30))
    assert counting(made) == [0, 30, 60]


@pytest.mark.parametrize(("at_s", "covered"), [(9.999, True), (10, False), (-9.999, True), (-10, False)])
def test_what_is_too_near_to_one_that_counts_is_covered_by_it(at_s: float, covered: bool) -> None:
    assert window(0).covers(sample(at_s).at_ms) == covered
