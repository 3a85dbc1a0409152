"""Several signs that are each a little wrong at the same time are told, as a warning."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.driver import SensorTraits
from drivers.measurement import BloodPressure
from gateway.alert import Clearing, Finding
from gateway.readings import Reading
from gateway.rules import news2
from gateway.rules.several_signs import SeveralSigns
from gateway.rules.situation import Situation
from tests.gateway.rules.signs import BEGIN_MS, HOUR, TABLE, S, alert, play, pressure, reading, wake

REST = Situation(steps_5min=0, still_s=600, sensor=SensorTraits(cuff=True, site="finger", worn=True))
ASLEEP = Situation(steps_5min=0, still_s=3600, asleep=True, sensor=REST.sensor)
WALKS = Situation(steps_5min=400, still_s=0, sensor=REST.sensor)
WRIST = Situation(steps_5min=0, still_s=600, sensor=SensorTraits(cuff=False, site="wrist", worn=True))


def rule() -> SeveralSigns:
    return SeveralSigns(TABLE)


def stream(kind: str, value: float, until_s: float, begin_s: float = 0, every_s: float = 60) -> list[Reading]:
    count = int((until_s - begin_s) // every_s) + 1
    return [reading(kind, value, begin_s + n * every_s) for n in range(count)]


def together(*series: list[Reading]) -> list[Reading]:
    return sorted((one for readings in series for one in readings), key=lambda one: one.at_ms)


# --- scores ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "scores"),
    [
        ("respiratory_rate", {8: 3, 9: 1, 11: 1, 12: 0, 20: 0, 21: 2, 24: 2, 25: 3}),
        ("oxygen_saturation", {91: 3, 92: 2, 93: 2, 94: 1, 95: 1, 96: 0, 100: 0}),
        ("blood_pressure", {90: 3, 91: 2, 100: 2, 101: 1, 110: 1, 111: 0, 219: 0, 220: 3}),
        ("heart_rate", {40: 3, 41: 1, 50: 1, 51: 0, 90: 0, 91: 1, 110: 1, 111: 2, 130: 2, 131: 3}),
        ("body_temperature", {35.0: 3, 35.1: 1, 36.0: 1, 36.1: 0, 38.0: 0, 38.1: 1, 39.0: 1, 39.1: 2}),
    ],
)
def test_the_scores_are_those_of_news2(kind: str, scores: dict[float, int]) -> None:
    def value(number: float) -> Any:
        return BloodPressure(number, 60) if kind == "blood_pressure" else number

    assert {number: news2.score(kind, value(number)) for number in scores} == scores


# --- what is told ----------------------------------------------------------------------------------------------------------


def test_a_fast_pulse_and_a_fever_are_told() -> None:
    readings = together(stream("heart_rate", 115, 600), [reading("body_temperature", 38.3, 100)])

    assert play(rule(), readings, REST) == [(300, "warning")]


def test_one_sign_alone_is_not() -> None:
    assert play(rule(), stream("heart_rate", 125, 3600), REST) == []
    assert play(rule(), [reading("body_temperature", 38.3, 0)], REST) == []


def test_scores_that_add_up_to_five_are_told() -> None:
    readings = together(
        stream("heart_rate", 115, 600),
        stream("oxygen_saturation", 94, 600),
        [pressure(96, 60, 0)],
        stream("heart_rate", 115, 0),
    )

    assert play(rule(), readings, REST) == [(300, "warning")]


def test_four_are_not() -> None:
    readings = together(stream("heart_rate", 95, 900), stream("oxygen_saturation", 94, 900), [pressure(105, 60, 0)])

    assert play(rule(), readings, REST) == []


def test_it_must_last_in_a_stream() -> None:
    pulse = [*stream("heart_rate", 115, 240), *stream("heart_rate", 80, 600, 300)]

    assert play(rule(), together([reading("body_temperature", 38.3, 0)], pulse), REST) == []


def test_a_slow_band_tells_it_with_its_second_reading() -> None:
    readings = together([reading("body_temperature", 38.3, 0)], stream("heart_rate", 115, 1800, 0, 600))

    assert play(rule(), readings, REST) == [(600, "warning")]


def test_a_fever_of_more_than_an_hour_ago_counts_no_more() -> None:
    readings = together([reading("body_temperature", 38.3, 0)], stream("heart_rate", 115, 5400, 3500))

    assert play(rule(), readings, REST) == []


def test_who_walks_has_a_fast_pulse() -> None:
    readings = together([reading("body_temperature", 38.3, 0)], stream("heart_rate", 125, 1800))

    assert play(rule(), readings, WALKS) == []


def test_oxygen_at_the_wrist_counts_one_less() -> None:
    readings = together(stream("oxygen_saturation", 93, 900), [reading("body_temperature", 38.3, 0)])

    assert play(rule(), readings, REST) == [(300, "warning")]
    assert play(rule(), readings, WRIST) == []


def test_asleep_oxygen_counts_one_less() -> None:
    readings = together(stream("oxygen_saturation", 93, 900), [reading("body_temperature", 38.3, 0)])

    assert play(rule(), readings, ASLEEP) == []


def test_where_one_is_critical_people_are_called_by_it() -> None:
    readings = together(stream("heart_rate", 140, 900), [reading("body_temperature", 38.3, 0)])

    assert play(rule(), readings, REST) == []


def test_what_is_told_are_the_readings_and_no_sum() -> None:
    readings = together(stream("heart_rate", 115, 600), [reading("body_temperature", 38.3, 100)])
    part = rule()
    (found,) = [verdict for one in readings for verdict in part.take(one, REST, one.at_ms)]

    assert isinstance(found, Finding)
    assert (found.kind, found.rule.id, found.rule.limit, found.unconfirmed) == ("several_signs", "SIGNS", None, False)
    assert [(one.kind, one.value) for one in found.readings] == [("body_temperature", 38.3), ("heart_rate", 115)]


# --- its end ---------------------------------------------------------------------------------------------------------------


def test_it_ends_a_quarter_of_an_hour_after_one_of_them_is_normal() -> None:
    readings = together(
        [reading("body_temperature", 38.3, 0)], stream("heart_rate", 115, 600), stream("heart_rate", 75, 3000, 660)
    )

    assert play(rule(), readings, REST) == [(300, "warning"), (660 + 900, "cleared")]


def test_it_ends_without_a_reading_too() -> None:
    part = rule()
    play(part, together([reading("body_temperature", 38.3, 0)], stream("heart_rate", 115, 600)), REST)

    ((at_s, what),) = wake(part, BEGIN_MS + 10 * HOUR)
    assert what == "cleared"
    assert 3600 + 900 <= at_s <= 3600 + 901


def test_closed_and_holding_it_is_told_anew_an_hour_later() -> None:
    part = rule()
    readings = together([reading("body_temperature", 38.3, at_s) for at_s in (0, 3000, 6000)], stream("heart_rate", 115, 9000))
    told = []
    for one in readings:
        told += wake(part, one.at_ms)
        for verdict in part.take(one, REST, one.at_ms):
            assert isinstance(verdict, Finding)
            told.append((one.at_ms, "warning"))
            if len(told) == 1:
                part.closed(alert(verdict), one.at_ms)

    assert told == [(BEGIN_MS + 300 * S, "warning"), (300 + 3600, "warning")]


def test_closed_and_over_it_is_not_told_anew() -> None:
    part = rule()
    for one in together([reading("body_temperature", 38.3, 0)], stream("heart_rate", 115, 300)):
        for verdict in part.take(one, REST, one.at_ms):
            assert isinstance(verdict, Finding)
            part.closed(alert(verdict), one.at_ms)

    assert play(part, stream("heart_rate", 70, 9000, 360), REST) == []


def test_off_the_wrist_what_was_measured_counts_no_more() -> None:
    part = rule()
    play(part, together([reading("body_temperature", 38.3, 0, device="T")], stream("heart_rate", 115, 240)), REST)
    part.discard("A", BEGIN_MS)

    assert play(part, stream("heart_rate", 115, 420, 300), REST) == []


@pytest.mark.parametrize("rest", [{"history": True}, {"received_ms": BEGIN_MS + 2 * HOUR}])
def test_what_came_late_says_nothing_of_now(rest: dict[str, Any]) -> None:
    readings = [reading("body_temperature", 38.3, 0, **rest), *stream("heart_rate", 115, 900)]

    assert [what for _, what in play(rule(), readings[:1], REST)] == []


def test_an_alert_of_an_earlier_life_can_end() -> None:
    part, after = rule(), rule()
    (found,) = [
        verdict
        for one in together([reading("body_temperature", 38.3, 0)], stream("heart_rate", 115, 300))
        for verdict in part.take(one, REST, one.at_ms)
    ]
    assert isinstance(found, Finding)
    after.resume(alert(found), BEGIN_MS + 310 * S)

    assert [what for _, what in wake(after, BEGIN_MS + HOUR)] in (["cleared"], [])
    assert [what for _, what in play(after, stream("heart_rate", 70, 3000, 400), REST)][-1:] in (["cleared"], [])
    assert wake(after, BEGIN_MS + 5 * HOUR) == []


SERIES = st.lists(
    st.tuples(
        st.sampled_from(["heart_rate", "oxygen_saturation", "blood_pressure", "body_temperature", "respiratory_rate"]),
        st.integers(0, 10),
        st.integers(1, 900),
        st.sampled_from([REST, WALKS, ASLEEP, WRIST]),
        st.sampled_from(["", "", "closed", "discard"]),
    ),
    max_size=60,
)
VALUES = {
    "heart_rate": (38, 45, 48, 60, 70, 80, 95, 105, 115, 125, 140),
    "oxygen_saturation": (80, 87, 89, 91, 92, 93, 94, 95, 96, 98, 100),
    "blood_pressure": (70, 88, 92, 97, 105, 120, 140, 150, 165, 182, 225),
    "body_temperature": (33.0, 34.8, 35.2, 36.0, 36.5, 37.0, 37.6, 37.9, 38.3, 39.2, 41.0),
    "respiratory_rate": (6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 30),
}


def made(series: list[Any]) -> list[tuple[Reading, Situation, str]]:
    at_s, found = 0, []
    for kind, place, after_s, situation, deed in series:
        at_s += after_s
        number = VALUES[kind][place]
        found.append((pressure(number, 60, at_s) if kind == "blood_pressure" else reading(kind, number, at_s), situation, deed))
    return found


@given(SERIES, st.integers(0, 60))
def test_a_restart_anywhere_changes_nothing(series: list[Any], cut: int) -> None:
    mine, other = rule(), rule()
    disk: dict[str, bytes] = {}
    for n, (one, situation, deed) in enumerate(made(series)):
        if n == cut:
            disk |= other.memory()
            other = rule()
            other.load(disk)
        assert wake(mine, one.at_ms) == wake(other, one.at_ms)
        told = mine.take(one, situation, one.at_ms)
        assert told == other.take(one, situation, one.at_ms)
        for verdict in told:
            if deed == "closed" and isinstance(verdict, Finding):
                mine.closed(alert(verdict), one.at_ms)
                other.closed(alert(verdict), one.at_ms)
        if deed == "discard":
            mine.discard("A", one.at_ms - 60 * S)
            other.discard("A", one.at_ms - 60 * S)


@given(SERIES)
def test_it_ends_only_what_it_told_and_never_tells_the_same_twice(series: list[Any]) -> None:
    part, stands = rule(), False
    for one, situation, _ in made(series):
        due_ms = part.next_ms()
        ticked = part.tick(one.at_ms) if due_ms is not None and due_ms <= one.at_ms else []
        for verdict in [*ticked, *part.take(one, situation, one.at_ms)]:
            assert isinstance(verdict, Clearing) is stands
            stands = not stands
    for verdict in part.tick(BEGIN_MS + 10_000 * HOUR) + part.tick(BEGIN_MS + 10_001 * HOUR):
        assert isinstance(verdict, Clearing) is stands
        stands = False
    assert not stands


@given(SERIES, st.randoms(use_true_random=False))
def test_readings_may_come_in_any_order(series: list[Any], luck: Any) -> None:
    readings = [one for one, _, _ in made(series)]
    luck.shuffle(readings)
    part = rule()
    for one in readings:
        part.take(one, REST, BEGIN_MS + 12 * HOUR)
    wake(part, BEGIN_MS + 24 * HOUR)
    assert part.next_ms() is None


def test_damaged_memory_is_left_aside_and_what_is_forgotten_too() -> None:
    part = rule()
    part.load({"several_signs/W": b"\x93", "several_signs/V": b"", "x": b"y"})
    play(part, [reading("body_temperature", 38.3, 0)], REST)
    part.forget("W")

    assert part.memory() == {"several_signs/W": b""}
