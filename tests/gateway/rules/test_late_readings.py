"""Readings that come late, twice, or out of order: they are past events at most, and change nothing that they should not."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from drivers.measurement import BloodPressure
from gateway.alert import PAST_EVENT, Alert, Clearing, Finding
from gateway.alerts import lifecycle
from gateway.readings import Reading
from tests.gateway.rules.ward import BEGIN_MS, HOUR_S, MINUTE_S, Ward, pressure, reading, stream

NOW_S = 12 * HOUR_S


def stored(*readings: Reading, flagged: bool = True) -> list[Reading]:
    """These readings as they come out of a band's memory at noon."""
    return [replace(one, received_ms=BEGIN_MS + NOW_S * 1000, history=flagged) for one in readings]


@pytest.mark.parametrize("flagged", [True, False], ids=["flagged by the band", "by its age"])
def test_a_critical_value_of_hours_ago_is_a_past_event_and_a_warning(flagged: bool) -> None:
    ward = Ward()

    ward.takes(*stored(*stream("oxygen_saturation", [85] * 90, since_s=9 * HOUR_S), flagged=flagged))

    assert [(one.priority, one.detail, one.unconfirmed) for one in ward.findings] == [("warning", PAST_EVENT, False)]


def test_what_a_band_had_stored_a_minute_ago_is_a_past_event_too() -> None:
    ward = Ward()

    ward.takes(*stored(*stream("oxygen_saturation", [85] * 90, since_s=NOW_S - 2 * MINUTE_S)))

    assert ward.priorities == ["warning"]


@pytest.mark.parametrize(("minutes", "priority"), [(30, "critical"), (35, "warning")])
def test_up_to_half_an_hour_a_reading_is_one_of_now(minutes: int, priority: str) -> None:
    ward = Ward()

    low = stream("oxygen_saturation", [85] * 5, every_s=15, since_s=NOW_S - minutes * MINUTE_S)
    ward.takes(*stored(*low, flagged=False))

    assert ward.priorities == [priority]


def test_a_past_event_that_ended_in_the_past_is_raised_and_cleared() -> None:
    ward = Ward()

    ward.takes(*stored(*stream("oxygen_saturation", [85] * 90 + [97] * 130, since_s=9 * HOUR_S)))

    assert [alert.open for alert in ward.alerts] == [False]
    assert len(ward.told) == 2


def test_a_past_event_that_did_not_end_is_ended_by_readings_of_now() -> None:
    ward = Ward()
    ward.takes(*stored(*stream("oxygen_saturation", [85] * 90, since_s=9 * HOUR_S)))

    ward.takes(*stream("oxygen_saturation", [97] * 130, since_s=NOW_S))

    assert [type(one) for one in ward.told[1:]] == [Clearing]


def test_a_past_event_becomes_critical_when_it_still_lasts_now() -> None:
    ward = Ward()
    ward.takes(*stored(*stream("oxygen_saturation", [85] * 90, since_s=9 * HOUR_S)))

    ward.takes(*stream("oxygen_saturation", [85] * 90, since_s=NOW_S))

    assert [(alert.priority, alert.detail) for alert in ward.alerts] == [("critical", "")]


def test_normal_readings_of_the_past_end_nothing_of_now() -> None:
    ward = Ward()
    ward.takes(*stream("oxygen_saturation", [85] * 90, since_s=NOW_S - 90))

    told = ward.takes(*stored(*stream("oxygen_saturation", [97] * 600, since_s=9 * HOUR_S)))

    assert told == []
    assert ward.alerts[0].condition == "active"


def test_a_past_pressure_is_an_unconfirmed_past_event_and_nobody_waits_for_a_second_one() -> None:
    ward = Ward()

    ward.takes(*stored(pressure(190, 100, 9 * HOUR_S)))
    later = ward.waits_until(NOW_S + HOUR_S)

    assert [(one.priority, one.unconfirmed, one.detail) for one in ward.findings] == [("warning", True, PAST_EVENT)]
    assert later == []


def test_readings_of_more_than_a_day_ago_are_for_the_record_only() -> None:
    ward = Ward()

    told = ward.takes(*stored(*stream("oxygen_saturation", [85] * 600, since_s=NOW_S - 24 * HOUR_S - 700)))

    assert told == []


def test_a_repeat_confirms_nothing() -> None:
    ward = Ward()
    ward.takes(pressure(205, 100, 0))

    first = pressure(205, 100, 0)
    again = replace(first, received_ms=first.received_ms + 5 * MINUTE_S * 1000)
    told = ward.takes(again, again, again)

    assert told == []


def test_a_repeat_of_a_refuted_reading_does_not_raise_it_again() -> None:
    ward = Ward()
    ward.takes(pressure(205, 100, 0), pressure(120, 80, 2 * MINUTE_S))

    told = ward.takes(pressure(205, 100, 0), pressure(120, 80, 2 * MINUTE_S))

    assert told == []


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3], [0, 4, 1, 2, 3]])
@pytest.mark.parametrize(
    "values", [[85, 85, 85, 85, 85], [85, 97, 85, 97, 85], [97, 85, 85, 85, 97], [85, 97, 97, 97, 85], [85, 85, 97, 85, 85]]
)
def test_nothing_is_missed_in_whatever_order_readings_come(values: list[int], order: list[int]) -> None:
    sorted_ward, ward = Ward(), Ward()
    readings = stream("oxygen_saturation", values, every_s=20)

    sorted_ward.takes(*readings)
    ward.takes(*(readings[place] for place in order))

    assert set(ward.priorities) >= set(sorted_ward.priorities)
    assert ward.takes(*readings) == []


def test_what_a_cuff_sends_again_from_its_memory_is_no_past_event() -> None:
    ward = Ward()
    ward.takes(pressure(205, 100, 9 * HOUR_S), pressure(120, 80, 9 * HOUR_S + 120))

    told = ward.takes(*stored(pressure(205, 100, 9 * HOUR_S), pressure(120, 80, 9 * HOUR_S + 120)))

    assert told == []


def test_what_is_over_by_newer_readings_is_told_with_its_end() -> None:
    ward = Ward()
    ward.takes(*stream("oxygen_saturation", [97] * 9, every_s=80, since_s=10 * MINUTE_S))

    now_ms = BEGIN_MS + 25 * MINUTE_S * 1000
    told = ward.takes(*(reading("oxygen_saturation", 85, at_s, received_ms=now_ms) for at_s in range(100, 500, 100)))

    assert [type(one) for one in told] == [Finding, Clearing]


def test_what_is_older_than_all_that_counts_tells_nothing_of_now() -> None:
    ward = Ward()
    ward.takes(*stream("oxygen_saturation", [97] * 9, every_s=80, since_s=20 * MINUTE_S))

    now_ms = BEGIN_MS + 29 * MINUTE_S * 1000
    told = ward.takes(*(reading("oxygen_saturation", 85, at_s, received_ms=now_ms) for at_s in range(0, 600, 100)))

    assert told == []


def test_an_older_reading_does_not_end_what_newer_ones_hold() -> None:
    ward = Ward()
    ward.takes(pressure(205, 100, 0), pressure(206, 100, 5 * MINUTE_S))

    told = ward.takes(pressure(120, 80, 4 * MINUTE_S))

    assert told == []


def test_a_clock_that_is_set_back_blinds_no_rule() -> None:
    ward = Ward()
    ward.takes(*stream("oxygen_saturation", [97] * 200, since_s=24 * HOUR_S))

    ward.takes(*stream("oxygen_saturation", [85] * 90))

    assert ward.priorities == ["critical"]


def test_a_clock_that_is_set_back_ends_nothing_and_keeps_nothing_from_ending() -> None:
    ward = Ward()
    ward.takes(pressure(205, 100, 24 * HOUR_S))

    ward.takes(pressure(206, 100, MINUTE_S), pressure(206, 100, 3 * MINUTE_S))
    [over] = ward.takes(pressure(120, 80, 5 * MINUTE_S))

    assert [alert.priority for alert in ward.alerts] == ["critical"]
    assert isinstance(over, Clearing)


def test_after_a_clock_is_set_back_a_first_pressure_can_still_be_refuted() -> None:
    ward = Ward()
    ward.takes(pressure(205, 100, 24 * HOUR_S))

    ward.takes(pressure(120, 80, MINUTE_S), pressure(120, 80, 3 * MINUTE_S))

    assert [alert.open for alert in ward.alerts] == [False]


# --- after a restart ------------------------------------------------------------------------------------------------


def restarted(before: Ward, again: list[Reading], now_s: float) -> tuple[Ward, list[Any]]:
    """A new life: the latest readings are taken again, open alerts taken up; what is told newly."""
    after = Ward()
    after.alerts = before.alerts
    for one in again:
        after.rules.take(one, one.received_ms)
    return after, after._keep([*after.rules.resume(before.alerts, BEGIN_MS + round(now_s * 1000))])


def test_after_a_restart_what_was_told_is_not_told_again() -> None:
    readings = stream("oxygen_saturation", [85] * 90)
    before = Ward()
    before.takes(*readings)

    after, told = restarted(before, readings, 100)
    told += after.takes(*stream("oxygen_saturation", [85] * 90, since_s=100))

    assert told == []


def test_after_a_restart_an_open_warning_can_end() -> None:
    before = Ward()
    before.takes(*stream("oxygen_saturation", [90] * 90))

    after, told = restarted(before, [], 100)
    after.takes(*stream("oxygen_saturation", [98] * 130, since_s=HOUR_S))

    assert told == []
    assert [alert.open for alert in after.alerts] == [False]


def test_after_a_restart_an_unconfirmed_pressure_is_still_waited_for() -> None:
    before = Ward()
    before.takes(pressure(205, 100, 0))

    after, _ = restarted(before, [], MINUTE_S)
    after.waits_until(12 * MINUTE_S)

    assert after.alerts[0].detail == "could_not_confirm"


def test_after_a_restart_an_unconfirmed_pressure_can_be_confirmed() -> None:
    first = pressure(205, 100, 0)
    before = Ward()
    before.takes(first)

    after, _ = restarted(before, [first], MINUTE_S)
    after.takes(pressure(206, 100, 3 * MINUTE_S))

    assert [(alert.priority, alert.unconfirmed) for alert in after.alerts] == [("critical", False)]


def test_after_a_restart_a_high_pressure_is_not_confirmed_by_a_low_one() -> None:
    before = Ward()
    before.takes(pressure(205, 100, 0))

    after, _ = restarted(before, [], MINUTE_S)
    after.takes(pressure(85, 60, 3 * MINUTE_S))

    assert [alert.priority for alert in after.alerts] == ["warning"]


def test_after_a_restart_it_is_not_told_again_that_it_could_not_be_confirmed() -> None:
    before = Ward()
    before.takes(pressure(205, 100, 0))
    before.waits_until(10 * MINUTE_S)

    after, _ = restarted(before, [], HOUR_S)
    told = after.waits_until(3 * HOUR_S)

    assert told == []


def test_what_became_more_urgent_just_before_the_power_went_is_told_after_it() -> None:
    first, second = pressure(205, 100, 0), pressure(206, 100, 2 * MINUTE_S)
    before = Ward()
    before.takes(first)

    after, _ = restarted(before, [first, second], 3 * MINUTE_S)

    assert [(alert.priority, alert.unconfirmed) for alert in after.alerts] == [("critical", False)]


def test_what_was_found_but_not_told_before_the_power_went_is_told_after_it() -> None:
    readings = stream("oxygen_saturation", [85] * 90)

    _, told = restarted(Ward(), readings, 100)

    assert [one.priority for one in told] == ["critical"]


def test_an_alert_that_somebody_closed_is_not_taken_up() -> None:
    before = Ward()
    before.takes(*stream("oxygen_saturation", [90] * 90))
    before.alerts = [_closed(before.alerts[0])]

    after, _ = restarted(before, [], 100)
    told = after.takes(*stream("oxygen_saturation", [98] * 130, since_s=HOUR_S))

    assert told == []


def _closed(alert: Alert) -> Alert:
    return lifecycle.step(alert, lifecycle.Action(verb="resolve", actor="Li"))[0]


def test_a_restart_of_another_kind_of_alert_means_nothing_to_the_rules() -> None:
    before = Ward()
    before.takes(reading("battery", 3, 0), reading("blood_pressure", BloodPressure(120, 80), 0))

    _, told = restarted(before, [], 100)

    assert told == []
