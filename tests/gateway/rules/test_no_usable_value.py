"""No usable value is the worst value: somebody is told to go and see."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.driver import SensorTraits
from gateway.alert import Finding
from gateway.readings import Reading
from gateway.rules.no_usable_value import NoUsableValue
from gateway.rules.situation import Situation
from tests.gateway.rules.signs import (
    BEGIN_MS,
    CUFF,
    HOUR,
    MINUTE,
    OUT,
    TABLE,
    WRIST,
    S,
    alert,
    play,
    pressure,
    reading,
    reborn,
    short,
    wake,
)


def rule() -> NoUsableValue:
    return NoUsableValue(TABLE)


def pulses(value: float, every_s: float, until_s: float, *quality: str, begin_s: float = 0) -> list[Reading]:
    count = int((until_s - begin_s) // every_s) + 1
    return [reading("heart_rate", value, begin_s + n * every_s, *quality) for n in range(count)]


@pytest.mark.parametrize("every_s", [1, 5, 10, 15, 30, 60, 120, 290, 300, 420, 599, 600, 900, 1800])
def test_a_pulse_of_23_for_half_an_hour_is_told_whatever_the_interval(every_s: float) -> None:
    assert [what for _, what in play(rule(), pulses(23, every_s, 1800, *OUT))] == ["warning"]


def test_three_in_two_minutes() -> None:
    assert play(rule(), pulses(23, 60, 120, *OUT)) == [(120, "warning")]
    assert play(rule(), pulses(23, 60, 60, *OUT)) == []
    assert play(rule(), [reading("heart_rate", 23, at_s, *OUT) for at_s in (0, 100, 121)]) == []


def test_a_burst_of_a_few_seconds_is_one() -> None:
    assert play(rule(), pulses(23, 1, 9, *OUT)) == []


def test_a_usable_value_between_them_begins_anew() -> None:
    readings = [*pulses(23, 60, 60, *OUT), reading("heart_rate", 60, 90), *pulses(23, 60, 180, *OUT, begin_s=120)]

    assert play(rule(), readings) == []


@pytest.mark.parametrize("word", ["invalid:no_contact", "invalid:sensor", "invalid:weak_signal"])
def test_what_says_that_there_is_no_contact_is_no_such_value(word: str) -> None:
    assert play(rule(), pulses(23, 10, 600, word)) == []


@pytest.mark.parametrize(
    ("kind", "value"), [("heart_rate", 0), ("heart_rate", 255), ("oxygen_saturation", 127), ("battery", 101)]
)
def test_what_says_that_there_is_no_value_is_none(kind: str, value: float) -> None:
    assert play(rule(), [reading(kind, value, at_s, *OUT) for at_s in range(0, 600, 10)]) == []


def test_late_and_stored_values_say_nothing_of_now() -> None:
    late = [reading("heart_rate", 23, at_s, *OUT, received_ms=BEGIN_MS + 2 * HOUR) for at_s in range(0, 600, 10)]
    stored = [reading("heart_rate", 23, at_s, *OUT, history=True) for at_s in range(0, 600, 10)]

    assert play(rule(), late) == []
    assert play(rule(), stored) == []


def test_usable_values_end_it_a_minute_later() -> None:
    told = play(rule(), [*pulses(23, 10, 60, *OUT), *pulses(60, 10, 200, begin_s=70)])

    assert told == [(20, "warning"), (120, "cleared")]


def test_it_is_told_once_for_all_kinds_and_ends_with_the_last() -> None:
    junk = [
        one
        for at_s in range(0, 120, 10)
        for one in (reading("heart_rate", 23, at_s, *OUT), reading("oxygen_saturation", 40, at_s + 1, *OUT))
    ]
    good = [reading("heart_rate", 60, 300), reading("oxygen_saturation", 97, 400)]

    assert play(rule(), [*junk, *good]) == [(20, "warning"), (400, "cleared")]


# --- cuffs -----------------------------------------------------------------------------------------------------------------


def test_two_measurements_of_a_cuff_are_critical_and_unconfirmed() -> None:
    readings = [pressure(48, 28, 0, *OUT), pressure(46, 27, 60, *OUT)]

    assert play(rule(), readings, CUFF) == [(60, "critical?")]


def test_a_cuff_that_repeats_by_itself_has_measured_once() -> None:
    assert play(rule(), [pressure(48, 28, 0, *OUT), pressure(48, 28, 24, *OUT)], CUFF) == []
    assert play(rule(), [pressure(48, 28, 0, *OUT), pressure(48, 28, 25, *OUT)], CUFF) == [(25, "critical?")]


def test_the_next_pressure_ends_it() -> None:
    readings = [pressure(48, 28, 0, *OUT), pressure(46, 27, 60, *OUT), pressure(120, 80, 90)]

    assert play(rule(), readings, CUFF)[-1] == (90, "cleared")


@pytest.mark.parametrize("apart_s", [27, 60, 300, 1800, 72_000])
def test_two_temperatures_that_nobody_has_are_a_warning(apart_s: float) -> None:
    """A person on a cold floor is measured twice, and seldom three times."""
    measured = [reading("body_temperature", 29.5, at_s, *OUT) for at_s in (0, apart_s)]

    assert play(rule(), measured) == [(apart_s, "warning")]


def test_without_a_cuff_it_is_a_warning_of_a_stream() -> None:
    cuffless = Situation(sensor=SensorTraits(cuff=False, site="wrist", worn=True))

    assert play(rule(), [pressure(48, 28, 60 * n, *OUT) for n in range(3)], cuffless) == [(120, "warning")]


def test_two_measurements_of_a_thermometer_are_a_warning() -> None:
    cold = [reading("body_temperature", 29.5, 0, *OUT), reading("body_temperature", 29.4, 40, *OUT)]

    assert play(rule(), [*cold, reading("body_temperature", 36.2, 100)], Situation()) == [(40, "warning"), (100, "cleared")]
    assert play(rule(), cold[:1], Situation()) == []


# --- people and time -------------------------------------------------------------------------------------------------------


def first(part: NoUsableValue, readings: list[Reading], situation: Situation = WRIST) -> Finding:
    (found,) = [verdict for one in readings for verdict in part.take(one, situation, one.at_ms)]
    assert isinstance(found, Finding)
    return found


def test_what_is_told_names_the_rule_and_the_readings() -> None:
    found = first(rule(), pulses(23, 60, 120, *OUT))

    assert (found.kind, found.rule.id, found.device, found.readings[-1].value) == ("no_usable_value", "NO-VALUE", "A", 23)


def test_closed_it_is_told_anew_an_hour_later_where_it_still_holds() -> None:
    part = rule()
    found = first(part, pulses(23, 60, 120, *OUT))
    part.closed(alert(found), BEGIN_MS + 130 * S)

    assert play(part, pulses(23, 60, 2 * 3600, *OUT, begin_s=180)) == [(130 + 3600, "warning")]


def test_closed_and_over_it_is_not_told_anew() -> None:
    part = rule()
    part.closed(alert(first(part, pulses(23, 60, 120, *OUT))), BEGIN_MS + 130 * S)

    assert play(part, pulses(60, 60, 600, begin_s=180)) == []
    assert wake(part, BEGIN_MS + 5 * HOUR) == []


def test_closed_a_cuff_tells_it_anew_with_the_next_measurement() -> None:
    part = rule()
    part.closed(alert(first(part, [pressure(48, 28, 0, *OUT), pressure(46, 27, 60, *OUT)], CUFF)), BEGIN_MS + 100 * S)

    assert play(part, [pressure(47, 27, 200, *OUT)], CUFF) == [(200, "critical?")]


def test_closed_a_cuff_is_not_told_anew_because_of_the_pulse() -> None:
    part = rule()
    part.closed(alert(first(part, [pressure(48, 28, 0, *OUT), pressure(46, 27, 60, *OUT)], CUFF)), BEGIN_MS + 100 * S)

    assert play(part, pulses(23, 60, 600, *OUT, begin_s=120)) == []
    assert wake(part, BEGIN_MS + HOUR) == [(1000, "critical?")]


def test_closed_as_a_warning_what_is_critical_is_told_at_once() -> None:
    part = rule()
    part.closed(alert(first(part, pulses(23, 60, 120, *OUT))), BEGIN_MS + 130 * S)

    assert play(part, [pressure(48, 28, 140, *OUT), pressure(46, 27, 200, *OUT)], CUFF) == [(200, "critical?")]


def test_off_the_wrist_what_was_measured_counts_no_more() -> None:
    part = rule()
    play(part, pulses(23, 60, 60, *OUT))
    part.discard("A", BEGIN_MS)

    assert play(part, pulses(23, 60, 180, *OUT, begin_s=120)) == []


def test_an_alert_from_before_a_restart_can_end() -> None:
    before, after = rule(), rule()
    after.resume(alert(first(before, pulses(23, 60, 120, *OUT))), BEGIN_MS + 150 * S)

    assert play(after, pulses(60, 60, 300, begin_s=180)) == [(180, "cleared")]


def test_damaged_memory_is_left_aside() -> None:
    part = rule()
    part.load({"no_usable_value/W": b"\x93", "no_usable_value/V": b"", "other": b"x"})

    assert play(part, pulses(23, 60, 120, *OUT)) == [(120, "warning")]


def test_forgotten_is_forgotten_on_the_disk_too() -> None:
    part = rule()
    play(part, pulses(23, 60, 120, *OUT))
    part.forget("W")

    assert part.memory() == {"no_usable_value/W": b""}


SERIES = st.lists(
    st.tuples(
        st.sampled_from(["heart_rate", "oxygen_saturation", "blood_pressure"]),
        st.sampled_from([True, True, False]),
        st.integers(1, 700),
        st.sampled_from(["", "", "", "closed", "discard"]),
    ),
    max_size=60,
)


def made(series: list[Any]) -> list[tuple[Reading, str]]:
    at_s, found = 0, []
    for kind, junk, after_s, deed in series:
        at_s += after_s
        quality = OUT if junk else ()
        value = (20 if junk else 70) if kind != "blood_pressure" else None
        one = pressure(40, 20, at_s, *quality) if value is None else reading(kind, value, at_s, *quality)
        found.append((one, deed))
    return found


@given(SERIES, st.integers(0, 60))
def test_a_restart_anywhere_changes_nothing(series: list[Any], cut: int) -> None:
    mine, other = rule(), rule()
    disk: dict[str, bytes] = {}
    for n, (one, deed) in enumerate(made(series)):
        if n == cut:
            disk |= other.memory()
            other = rule()
            other.load(disk)
        assert wake(mine, one.at_ms) == wake(other, one.at_ms)
        told = mine.take(one, CUFF, one.at_ms)
        assert told == other.take(one, CUFF, one.at_ms)
        for verdict in told:
            if deed == "closed" and isinstance(verdict, Finding):
                mine.closed(alert(verdict), one.at_ms)
                other.closed(alert(verdict), one.at_ms)
        if deed == "discard":
            mine.discard("A", one.at_ms - MINUTE)
            other.discard("A", one.at_ms - MINUTE)


@given(SERIES)
def test_it_ends_only_what_it_told_and_never_tells_the_same_twice(series: list[Any]) -> None:
    part, standing = rule(), ""
    for one, _ in made(series):
        for verdict in part.take(one, CUFF, one.at_ms):
            said = short(verdict)
            assert said != standing
            assert (said == "cleared") <= bool(standing)
            standing = "" if said == "cleared" else said


@given(SERIES, st.randoms(use_true_random=False))
def test_readings_may_come_in_any_order(series: list[Any], luck: Any) -> None:
    readings = [one for one, _ in made(series)]
    luck.shuffle(readings)
    part = rule()
    for one in readings:
        part.take(one, CUFF, BEGIN_MS + 12 * HOUR)
        part.memory()
    wake(part, BEGIN_MS + 24 * HOUR)


def test_reborn_is_the_same() -> None:
    disk: dict[str, bytes] = {}
    part: Any = rule()
    play(part, pulses(23, 60, 60, *OUT))
    part = reborn(part, rule, disk)

    assert play(part, pulses(23, 60, 120, *OUT, begin_s=120)) == [(120, "warning")]


def test_a_late_word_that_it_was_off_takes_only_what_was_measured_until_it_was_put_on_again() -> None:
    part = rule()
    play(part, pulses(23, 60, 60, *OUT))
    part.discard("A", BEGIN_MS - 600 * S, BEGIN_MS + 30 * S)

    assert play(part, pulses(23, 60, 180, *OUT, begin_s=120)) == [(180, "warning")]
