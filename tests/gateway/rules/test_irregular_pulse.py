"""A pulse that is irregular as in atrial fibrillation is told; one that is irregular as that of healthy people is not."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.alert import Finding
from gateway.readings import Reading
from gateway.rules.beats import is_irregular
from gateway.rules.irregular_pulse import IrregularPulse
from gateway.rules.situation import Situation
from tests.gateway.rules.rhythms import Beats, every_so_many_early, fibrillation, minute, sinus, with_early_beats
from tests.gateway.rules.signs import BEGIN_MS, CUFF, HOUR, TABLE, WRIST, S, Told, alert, play, pressure, reading, wake

ROW = TABLE.rows.irregular_pulse
DAY_S = 86_400
FLAG = "questionable:irregular_pulse"
MOVING = Situation(steps_5min=300, still_s=0)
STILL = Situation(steps_5min=0, still_s=600)

Rhythm = Callable[[random.Random], Beats]
IRREGULAR: dict[str, Rhythm] = {
    "60, very": lambda luck: fibrillation(luck, 1000, 0.25),
    "70": lambda luck: fibrillation(luck, 857, 0.2),
    "90": lambda luck: fibrillation(luck, 667, 0.18),
    "120": lambda luck: fibrillation(luck, 500, 0.15),
    "140": lambda luck: fibrillation(luck, 430, 0.14),
}
REGULAR: dict[str, Rhythm] = {
    "old": lambda luck: sinus(luck, 850, 15),
    "measured by light": lambda luck: sinus(luck, 850, 40, 0.03),
    "with the breath": lambda luck: sinus(luck, 850, 20, 0.05),
    "with the breath, much": lambda luck: sinus(luck, 900, 25, 0.1),
    "with the breath, as the young": lambda luck: sinus(luck, 950, 25, 0.15),
    "a fast breath": lambda luck: sinus(luck, 900, 25, 0.08, 3.1),
    "one of twenty early": lambda luck: with_early_beats(luck, sinus(luck, 850, 15), 0.05),
    "one of ten early": lambda luck: with_early_beats(luck, sinus(luck, 850, 15), 0.1),
    "one of five early": lambda luck: with_early_beats(luck, sinus(luck, 850, 15), 0.2),
    "one of three early": lambda luck: with_early_beats(luck, sinus(luck, 850, 15), 0.3),
    "early ones and the breath": lambda luck: with_early_beats(luck, sinus(luck, 850, 20, 0.05), 0.1),
    "every second early": lambda luck: every_so_many_early(sinus(luck, 850, 15), 2),
    "every third early": lambda luck: every_so_many_early(sinus(luck, 850, 15), 3),
    "every fourth early": lambda luck: every_so_many_early(sinus(luck, 850, 15), 4),
}
MINUTES = 40


def irregular_minutes(rhythm: Rhythm) -> int:
    luck = random.Random(11)
    return sum(bool(is_irregular(minute(rhythm(luck)), ROW)) for _ in range(MINUTES))


@pytest.mark.parametrize("rhythm", IRREGULAR.values(), ids=IRREGULAR)
def test_the_minutes_of_fibrillation_are_irregular(rhythm: Rhythm) -> None:
    assert irregular_minutes(rhythm) >= 0.93 * MINUTES


@pytest.mark.parametrize("rhythm", REGULAR.values(), ids=REGULAR)
def test_the_minutes_of_every_other_rhythm_are_not(rhythm: Rhythm) -> None:
    assert irregular_minutes(rhythm) <= 0.1 * MINUTES


def test_of_a_few_beats_nothing_is_said() -> None:
    assert is_irregular([800, 500] * 14, ROW) is None
    assert is_irregular([100, 3000] * 40, ROW) is None


@given(st.lists(st.integers(-10, 70_000), max_size=200))
def test_whatever_is_told_is_judged(between_ms: list[int]) -> None:
    assert is_irregular(between_ms, ROW) in (True, False, None)


# --- what is told ----------------------------------------------------------------------------------------------------------


def told_by(rhythm: Rhythm, minutes: int, begin_s: float = 0, seed: int = 3, device: str = "A") -> list[Reading]:
    """A strap that tells each second what beats there were."""
    luck = random.Random(seed)
    beats, at_ms, readings = rhythm(luck), 0.0, []
    for second in range(minutes * 60):
        between = []
        while at_ms < (second + 1) * 1000:
            beat = next(beats)
            at_ms += beat
            between.append(round(beat))
        readings.append(reading("heart_rate", 80, begin_s + second, rr_ms=tuple(between), device=device))
    return readings


AF, SINUS = IRREGULAR["90"], REGULAR["old"]


def rule() -> IrregularPulse:
    return IrregularPulse(TABLE)


def said(told: Told) -> list[str]:
    return [what for _, what in told]


def test_it_is_told_as_an_advisory_after_six_minutes_at_the_latest() -> None:
    part = rule()
    ((at_s, what),) = play(part, told_by(AF, 20), STILL)

    assert what == "advisory"
    assert at_s <= 7 * 60


def test_where_motion_is_not_known_it_is_told_too() -> None:
    assert said(play(rule(), told_by(AF, 10), WRIST)) == ["advisory"]


def test_who_walks_is_not_judged() -> None:
    assert play(rule(), told_by(AF, 20), MOVING) == []


def test_a_healthy_rhythm_is_not_told() -> None:
    for rhythm in REGULAR.values():
        assert play(rule(), told_by(rhythm, 30), STILL) == []


def test_a_short_fit_is_not_told() -> None:
    readings = [*told_by(SINUS, 6), *told_by(AF, 3, 360), *told_by(SINUS, 6, 540)]

    assert play(rule(), readings, STILL) == []


def test_it_ends_when_the_pulse_is_regular_again() -> None:
    assert said(play(rule(), [*told_by(AF, 10), *told_by(SINUS, 10, 600)], STILL)) == ["advisory", "cleared"]


def test_of_two_straps_that_tell_in_turn_each_minute_is_judged_by_the_beats_of_one() -> None:
    both = [one for pair in zip(told_by(AF, 10), told_by(AF, 10, 0.5, device="B"), strict=True) for one in pair]

    assert said(play(rule(), both, STILL)) == ["advisory"]


def test_a_strap_that_takes_the_place_of_another_is_heard() -> None:
    assert said(play(rule(), [*told_by(SINUS, 3), *told_by(AF, 10, 200, device="B")], STILL)) == ["advisory"]


def test_it_ends_a_day_after_the_strap_was_taken_off() -> None:
    part = rule()
    play(part, told_by(AF, 10), STILL)

    ((at_s, what),) = wake(part, BEGIN_MS + 48 * HOUR)
    assert what == "cleared"
    assert DAY_S < at_s <= DAY_S + 600


def test_it_is_told_once_a_week() -> None:
    days = [one for day in range(20) for one in (*told_by(AF, 8, day * DAY_S), *told_by(SINUS, 8, day * DAY_S + 600))]

    at_days = [int(at_s // DAY_S) for at_s, what in play(rule(), days, STILL) if what == "advisory"]

    assert at_days == [0, 7, 14]


def test_closed_by_a_person_it_waits_for_its_week() -> None:
    part = rule()
    (found,) = [verdict for one in told_by(AF, 10) for verdict in part.take(one, STILL, one.at_ms)]
    assert isinstance(found, Finding)
    assert (found.kind, found.rule.id, found.device) == ("irregular_pulse", "PULSE-IRREG", "A")
    part.closed(alert(found), BEGIN_MS + 700 * S)

    assert play(part, told_by(AF, 10, DAY_S), STILL) == []
    assert said(play(part, told_by(AF, 10, 8 * DAY_S), STILL)) == ["advisory"]


def test_the_bands_own_word_is_told_at_once_and_ends_with_its_next_without() -> None:
    readings = [pressure(130, 80, 0), pressure(130, 80, 60, FLAG), pressure(130, 80, 120, FLAG), pressure(130, 80, 180)]

    assert play(rule(), readings, CUFF) == [(60, "advisory"), (180, "cleared")]


@pytest.mark.parametrize(("late_h", "rest"), [(0, {"history": True}), (2, {}), (23, {"history": True})])
def test_a_word_out_of_a_cuffs_memory_is_told_as_a_past_event(late_h: int, rest: dict[str, Any]) -> None:
    one = pressure(130, 80, 60, FLAG, **rest)

    (found,) = rule().take(one, CUFF, one.at_ms + late_h * HOUR)
    assert isinstance(found, Finding)
    assert (found.priority, found.detail) == ("advisory", "past_event")


def test_a_word_of_yesterday_is_told_no_more() -> None:
    one = pressure(130, 80, 60, FLAG, history=True)

    assert rule().take(one, CUFF, one.at_ms + 24 * HOUR + 1) == []


def test_beats_that_came_late_say_nothing() -> None:
    part = rule()

    assert [verdict for one in told_by(AF, 10) for verdict in part.take(one, STILL, one.at_ms + HOUR)] == []


def test_an_invalid_word_is_none() -> None:
    assert play(rule(), [pressure(130, 80, 60, FLAG, "invalid:out_of_range")], CUFF) == []


def test_off_the_wrist_the_minutes_count_no_more() -> None:
    part = rule()
    play(part, told_by(AF, 4), STILL)
    part.discard("A", BEGIN_MS - 60 * S)

    assert play(part, told_by(AF, 4, 300), STILL) == []


def test_an_open_alert_of_an_earlier_life_is_not_raised_again_and_can_end() -> None:
    part, after = rule(), rule()
    (found,) = [verdict for one in told_by(AF, 10) for verdict in part.take(one, STILL, one.at_ms)]
    assert isinstance(found, Finding)
    after.resume(alert(found), BEGIN_MS + 700 * S)

    assert said(play(after, [*told_by(AF, 10, 900), *told_by(SINUS, 10, 1600)], STILL)) == ["cleared"]


@pytest.mark.parametrize("cut", range(0, 1500, 370))
def test_a_restart_anywhere_changes_nothing(cut: int) -> None:
    readings = [*told_by(AF, 10), pressure(130, 80, 610, FLAG), *told_by(SINUS, 10, 620), pressure(130, 80, 1300)]
    mine, other = rule(), rule()
    disk: dict[str, bytes] = {}
    for n, one in enumerate(readings):
        if n == cut:
            disk |= other.memory()
            other = rule()
            other.load(disk)
        assert mine.take(one, STILL, one.at_ms) == other.take(one, STILL, one.at_ms)


def test_what_is_taken_again_after_a_restart_changes_nothing() -> None:
    readings = told_by(AF, 10)
    part = rule()
    play(part, readings, STILL)

    assert play(part, readings, STILL) == []


def test_the_clock_is_set_and_the_week_stays_a_week() -> None:
    part = rule()
    play(part, [*told_by(AF, 8), *told_by(SINUS, 8, 600)], STILL)
    part.clock_stepped(30 * 86_400_000)

    assert play(part, told_by(AF, 8, 33 * DAY_S), STILL) == []


def test_damaged_memory_is_left_aside_and_what_is_forgotten_too() -> None:
    part = rule()
    part.load({"irregular_pulse/W": b"\x93", "irregular_pulse/V": b"", "x": b"y"})
    play(part, told_by(AF, 2), STILL)
    part.forget("W")

    assert part.memory() == {"irregular_pulse/W": b""}
