"""What stays when room must be made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from drivers.measurement import BloodPressure, Position
from gateway.readings import Reading
from gateway.store.thinning import SLOT_MS, essential, thinned_out
from tests.gateway.store.given import reading, sos

NOON_MS = 1_795_521_600_000  # the beginning of a five-minute slot


def at(seconds: int, value: float = 70, wearer: str = "W-001", quality: tuple[str, ...] = ()) -> Reading:
    return reading(value=value, wearer=wearer, at_ms=NOON_MS + seconds * 1000, quality=quality)


def values(readings: list[Reading], stay: list[int]) -> list[object]:
    return [readings[index].value for index in stay]


def test_of_five_minutes_the_first_the_lowest_and_the_highest_stay() -> None:
    readings = [at(0, 70), at(10, 71), at(20, 55), at(30, 60), at(40, 120), at(50, 90)]

    assert values(readings, thinned_out(readings, ())) == [70, 55, 120]


def test_every_five_minutes_keep_one() -> None:
    readings = [at(seconds) for seconds in range(0, 1800, 10)]

    assert len(thinned_out(readings, ())) == 6


def test_every_wearer_and_every_kind_keeps_its_own() -> None:
    readings = [at(0), at(1, wearer="W-002"), replace(at(2), kind="oxygen_saturation")]

    assert thinned_out(readings, ()) == [0, 1, 2]


def test_presses_falls_and_what_an_alert_names_stay_whatever_happens() -> None:
    named = replace(at(30, 71), seq=7)
    readings = [at(0, 70), at(10, 71), named, at(40, 71), sos(), reading(kind="fall", value=True)]

    assert essential(readings, {7}) == [2, 4, 5]
    assert {2, 4, 5} <= set(thinned_out(readings, {7}))


def test_an_invalid_value_is_no_extreme() -> None:
    readings = [at(0, 70), at(10, 69), at(20, 255, quality=("invalid:no_contact",)), at(30, 71)]

    assert values(readings, thinned_out(readings, ())) == [70, 69, 71]


@pytest.mark.parametrize(
    ("made", "stays"),
    [
        pytest.param([BloodPressure(120, 80), BloodPressure(121, 90), BloodPressure(180, 70)], [0, 2], id="pressure"),
        pytest.param([Position(1, 2), Position(3, 4)], [0], id="a place has no highest"),
    ],
)
def test_values_of_several_parts(made: list[BloodPressure | Position], stays: list[int]) -> None:
    kind = "position" if isinstance(made[0], Position) else "blood_pressure"
    readings = [replace(at(seconds), kind=kind, value=value) for seconds, value in enumerate(made)]

    assert thinned_out(readings, ()) == stays


@given(st.lists(st.tuples(st.integers(0, 3600), st.integers(30, 220), st.sampled_from(["W-1", "W-2"])), max_size=80))
def test_no_slot_is_empty_that_was_not_and_no_extreme_is_lost(drawn: list[tuple[int, int, str]]) -> None:
    readings = [at(seconds, value, wearer) for seconds, value, wearer in drawn]

    kept = [readings[index] for index in thinned_out(readings, ())]

    assert summary(kept) == summary(readings)


def summary(readings: list[Reading]) -> dict[tuple[str, int], tuple[float, float]]:
    slots: dict[tuple[str, int], list[float]] = {}
    for one in readings:
        assert isinstance(one.value, int)
        slots.setdefault((one.wearer, one.at_ms // SLOT_MS), []).append(one.value)
    return {slot: (min(found), max(found)) for slot, found in slots.items()}


def test_what_a_band_says_of_itself_all_the_time_is_routine_and_its_changes_stay_visible() -> None:
    """Else a band that says every second that it is worn fills the store with what is never evicted."""
    worn = [reading(kind="worn", value=second != 30, at_ms=NOON_MS + second * 1000) for second in range(60)]

    assert essential(worn, ()) == []
    assert values(worn, thinned_out(worn, ())) == [True, False]
