"""What the scheduler promises, in virtual days of many bands over five connections: `bands.py` says how each behaves."""

from __future__ import annotations

from functools import cache
from random import Random

import pytest

from gateway.sources.ble.schedule import MISSED_AFTER_S, VISIT_EVERY_S
from tests.connections import bands as behaviour
from tests.connections.bands import DAY_S, HOUR_S, Band
from tests.connections.week import Course, play

SEEDS = (1, 2)


@cache
def a_day(seed: int) -> Course:
    """Of the hundred."""
    return play(behaviour.hundred(Random(seed), DAY_S), DAY_S, seed)


def of_kinds(course: Course, *kinds: str) -> list[Band]:
    return [band for band in course.bands if band.kind in kinds]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_band_waits_more_than_twice_its_interval(seed: int) -> None:
    course = a_day(seed)

    visited = {band.name: course.longest_wait_s(band) for band in of_kinds(course, "quick", "slow", "part of the day")}
    lasting = {band.name: course.longest_wait_s(band) for band in of_kinds(course, "own slot", "streams")}

    assert max(visited.values()) <= 2 * VISIT_EVERY_S, max(visited, key=lambda name: visited[name])
    assert max(lasting.values()) <= 2 * MISSED_AFTER_S, max(lasting, key=lambda name: lasting[name])


@pytest.mark.parametrize("seed", SEEDS)
def test_every_band_in_reach_is_visited_again_and_again(seed: int) -> None:
    course = a_day(seed)

    for band in of_kinds(course, "quick", "slow", "stuck cuff"):
        assert course.visits(band) >= DAY_S / (2 * VISIT_EVERY_S), band.name
    for band in of_kinds(course, "failing"):
        assert course.visits(band) >= 24, band.name
    for band in of_kinds(course, "away"):
        assert course.of(band) == [], band.name


@pytest.mark.parametrize("seed", SEEDS)
def test_nine_in_ten_cuffs_that_show_themselves_for_40_s_are_visited_meanwhile(seed: int) -> None:
    course = a_day(seed)

    shown = [(band, reach) for band in of_kinds(course, "on sight") for reach in band.reach]
    missed = [(band.name, reach) for band, reach in shown if course.missed(band, reach)]

    assert len(missed) <= len(shown) // 10, missed


@pytest.mark.parametrize("many", [1, 5])
def test_bands_that_never_answer_cost_the_others_nothing(many: int) -> None:
    """Dead ones, each connect of which hangs for a minute, beside thirty that are well: these have as many visits, as soon."""
    well = behaviour.watches(20, DAY_S, lasts_s=60)
    without = play(well, DAY_S, seed=1)
    course = play([*behaviour.dead(many, DAY_S), *well], DAY_S, seed=1)

    for band in well:
        assert course.visits(band) >= 0.98 * without.visits(band), band.name
        assert course.longest_wait_s(band) <= without.longest_wait_s(band) + 2 * behaviour.NEVER_ANSWERS_S, band.name


def test_twenty_bands_that_never_answer_keep_no_other_from_its_turn() -> None:
    well = behaviour.watches(20, DAY_S, lasts_s=60)
    course = play([*behaviour.dead(20, DAY_S), *well], DAY_S, seed=1)

    assert max(course.longest_wait_s(band) for band in well) <= 2 * VISIT_EVERY_S


def test_a_band_that_never_answers_takes_a_tenth_of_a_connection_at_most() -> None:
    course = a_day(1)

    for band in of_kinds(course, "dead"):
        if "never ends" not in band.name:
            assert course.share([band]) <= 0.1, band.name


def test_a_visit_that_never_ends_takes_a_third_of_a_connection_at_most() -> None:
    (band,) = [band for band in a_day(1).bands if "never ends" in band.name]

    assert a_day(1).share([band]) <= 1 / 3


def test_where_there_is_too_much_to_do_every_band_has_its_turn() -> None:
    course = play(behaviour.watches(100, DAY_S), DAY_S, seed=1)

    visits = [course.visits(band) for band in course.bands]

    assert min(visits) >= 0.8 * max(visits) > 0
    assert course.share(course.bands) > 4.9, "no connection lies idle meanwhile"


def test_cuffs_that_never_hide_keep_no_other_from_its_turn() -> None:
    others = behaviour.watches(20, 6 * HOUR_S, lasts_s=60)
    course = play([*behaviour.stuck_cuffs(8, 6 * HOUR_S), *others], 6 * HOUR_S, seed=1, heard_every_s=1)

    assert max(course.longest_wait_s(band) for band in others) <= 2 * VISIT_EVERY_S
    assert all(course.visits(band) >= 2 * 6 for band in course.bands)


def test_a_band_that_streams_is_back_soon_although_there_is_too_much_to_do() -> None:
    course = play([*behaviour.streaming(1, DAY_S), *behaviour.watches(100, DAY_S)], DAY_S, seed=1)

    assert course.longest_wait_s(course.bands[0]) <= VISIT_EVERY_S
