"""What a person can have is plausible; what nobody can have is marked invalid, and what is odd questionable."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.measurement import BloodPressure, Kind, Measurement, Position, Value
from gateway.intake.plausibility import Plausibility, Seen, judge

OUT = ("invalid:out_of_range",)
UNUSUAL = ("questionable:unusual",)
PULSE_PRESSURE = ("questionable:pulse_pressure",)


def words(kind: Kind, value: Value, at_s: float = 0, last: Seen | None = None) -> tuple[str, ...]:
    return judge(Measurement(kind=kind, value=value), round(at_s * 1000), last)


@pytest.mark.parametrize(
    ("kind", "low", "high", "step"),
    [
        ("heart_rate", 25, 240, 1),
        ("body_temperature", 30, 43, 0.1),
        ("skin_temperature", 15, 45, 0.1),
        ("oxygen_saturation", 50, 100, 1),
        ("respiratory_rate", 4, 60, 1),
        ("battery", 0, 100, 1),
    ],
)
def test_outside_of_what_a_person_can_have_a_number_is_invalid(kind: Kind, low: float, high: float, step: float) -> None:
    assert words(kind, low - step) == OUT
    assert words(kind, high + step) == OUT
    assert not any(word.startswith("invalid:") for value in (low, high) for word in words(kind, value))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300, -1])
@pytest.mark.parametrize("kind", ["heart_rate", "body_temperature", "oxygen_saturation", "battery"])
def test_what_is_no_number_at_all_is_invalid(kind: Kind, value: float) -> None:
    assert words(kind, value) == OUT


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("body_temperature", 33.9, ("questionable:low",)),
        ("body_temperature", 34.0, ()),
        ("skin_temperature", 27.9, ("questionable:off_wrist",)),
        ("skin_temperature", 28.0, ()),
        ("heart_rate", 72, ()),
        ("steps", 1_000_000, ()),
        ("button", "sos", ()),
        ("fall", True, ()),
        ("worn", False, ()),
    ],
)
def test_odd_values_are_questionable_and_usual_ones_are_not(kind: Kind, value: Value, expected: tuple[str, ...]) -> None:
    assert words(kind, value) == expected


@pytest.mark.parametrize(
    ("systolic", "diastolic", "expected"),
    [
        pytest.param(128, 82, (), id="usual"),
        pytest.param(301, 130, OUT, id="beyond what a cuff reaches"),
        pytest.param(300, 200, UNUSUAL, id="a crisis"),
        pytest.param(271, 180, UNUSUAL, id="systolic unusual"),
        pytest.param(270, 180, (), id="systolic high"),
        pytest.param(50, 30, UNUSUAL, id="a shock"),
        pytest.param(49, 29, OUT, id="systolic too low"),
        pytest.param(250, 181, UNUSUAL, id="diastolic unusual"),
        pytest.param(250, 180, (), id="diastolic high"),
        pytest.param(60, 25, UNUSUAL, id="diastolic very low"),
        pytest.param(60, 24, OUT, id="diastolic too low"),
        pytest.param(90, 40, (), id="diastolic low"),
        pytest.param(90, 39, UNUSUAL, id="diastolic lower"),
        pytest.param(80, 120, ("invalid:diastolic_above_systolic",), id="swapped"),
        pytest.param(90, 90, ("invalid:diastolic_above_systolic",), id="equal"),
        pytest.param(90, 89, PULSE_PRESSURE, id="one apart"),
        pytest.param(90, 71, PULSE_PRESSURE, id="nineteen apart"),
        pytest.param(90, 70, (), id="twenty apart"),
        pytest.param(170, 70, (), id="a hundred apart"),
        pytest.param(171, 70, PULSE_PRESSURE, id="a hundred and one apart"),
        pytest.param(240, 85, PULSE_PRESSURE, id="stiff arteries"),
        pytest.param(245, 90, PULSE_PRESSURE, id="stiffer ones"),
        pytest.param(280, 39, PULSE_PRESSURE + UNUSUAL, id="both"),
        pytest.param(math.nan, 70, OUT, id="no number"),
        pytest.param(120, math.nan, OUT, id="no diastolic"),
    ],
)
def test_a_pressure_is_judged_by_both_numbers_and_what_lies_between(
    systolic: float, diastolic: float, expected: tuple[str, ...]
) -> None:
    assert words("blood_pressure", BloodPressure(systolic, diastolic)) == expected


@pytest.mark.parametrize(
    ("before", "after", "later_s", "expected"),
    [
        (70, 110, 10, ()),
        (70, 111, 10, ("questionable:jump",)),
        (111, 70, 10, ("questionable:jump",)),
        (70, 111, 11, ()),
        (70, 111, -10, ("questionable:jump",)),
        (70, 111, -11, ()),
    ],
)
def test_a_pulse_that_jumps_by_more_than_forty_in_ten_seconds_is_questionable(
    before: int, after: int, later_s: float, expected: tuple[str, ...]
) -> None:
    assert words("heart_rate", after, later_s, Seen(before, 0)) == expected


def test_a_pressure_that_jumps_by_more_than_forty_in_ten_minutes_is_questionable() -> None:
    before = Seen(BloodPressure(120, 80), 0)

    assert words("blood_pressure", BloodPressure(161, 80), 599, before) == ("questionable:jump",)
    assert words("blood_pressure", BloodPressure(160, 80), 599, before) == ()
    assert words("blood_pressure", BloodPressure(161, 80), 601, before) == ()


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        pytest.param(Position(30.53, 120.68), (), id="somewhere"),
        pytest.param(Position(0, 0), ("invalid:no_fix",), id="what receivers send without a fix"),
        pytest.param(Position(0, 120), (), id="on the equator"),
        pytest.param(Position(90.1, 120), OUT, id="beyond the pole"),
        pytest.param(Position(30, -180.1), OUT, id="beyond the date line"),
        pytest.param(Position(math.nan, 120), OUT, id="no number"),
        pytest.param(Position(30, 120, 200), (), id="200 m"),
        pytest.param(Position(30, 120, 201), ("questionable:accuracy",), id="201 m"),
        pytest.param(Position(30, 120, math.nan), ("questionable:accuracy",), id="accuracy unknown"),
    ],
)
def test_a_place_is_on_the_globe_and_tells_how_sure_it_is(place: Position, expected: tuple[str, ...]) -> None:
    assert words("position", place) == expected


@pytest.mark.parametrize(
    ("metres", "seconds", "expected"), [(690, 10, ()), (710, 10, ("invalid:speed",)), (690, 0, ("invalid:speed",)), (60, 0, ())]
)
def test_nobody_travels_faster_than_seventy_metres_a_second(metres: float, seconds: float, expected: tuple[str, ...]) -> None:
    here, there = Position(30, 120), Position(30 + metres / 111_195, 120)

    assert words("position", there, seconds, Seen(here, 0)) == expected


def test_a_single_wrong_fix_does_not_make_the_following_ones_invalid_for_hours() -> None:
    plausibility = Plausibility()

    def judged(place: Position, at_s: int) -> tuple[str, ...]:
        return plausibility.judge("A", Measurement(kind="position", value=place), at_s * 1000)

    home, nonsense = Position(30.53, 120.68), Position(39.9, 116.4)

    assert [judged(home, 0), judged(nonsense, 60)] == [(), ("invalid:speed",)]
    assert [judged(home, 120), judged(home, 180)] == [("invalid:speed",), ()]


def test_each_device_and_kind_is_judged_by_its_own_last_value() -> None:
    plausibility = Plausibility()

    def judged(device: str, value: int) -> tuple[str, ...]:
        return plausibility.judge(device, Measurement(kind="heart_rate", value=value), 0)

    assert [judged("A", 60), judged("B", 150), judged("A", 150)] == [(), (), ("questionable:jump",)]


def test_an_impossible_value_is_not_what_the_next_one_is_judged_by() -> None:
    plausibility = Plausibility()

    def judged(value: int) -> tuple[str, ...]:
        return plausibility.judge("A", Measurement(kind="heart_rate", value=value), 0)

    assert [judged(60), judged(255), judged(70)] == [(), OUT, ()]


numbers = st.one_of(st.floats(), st.integers(-(10**9), 10**9))
anything = st.one_of(
    st.tuples(st.sampled_from(["heart_rate", "body_temperature", "oxygen_saturation", "battery", "steps"]), numbers),
    st.tuples(st.just("blood_pressure"), st.builds(BloodPressure, numbers, numbers)),
    st.tuples(st.just("position"), st.builds(Position, numbers, numbers, numbers)),
)


@given(st.lists(st.tuples(anything, st.integers(-(2**40), 2**40))))
def test_whatever_comes_there_is_a_verdict_and_an_invalid_word_stands_alone(story: list[Any]) -> None:
    plausibility = Plausibility()

    for (kind, value), at_ms in story:
        verdict = plausibility.judge("A", Measurement(kind=kind, value=value), at_ms)

        assert all(word.startswith(("invalid:", "questionable:")) for word in verdict)
        assert len(verdict) == 1 or not any(word.startswith("invalid:") for word in verdict)
