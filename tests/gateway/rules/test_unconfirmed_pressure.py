"""A first blood pressure beyond a limit is told at once; a second one confirms it, refutes it, or does not come."""

from __future__ import annotations

import pytest

from drivers.measurement import BloodPressure
from gateway.alert import COULD_NOT_CONFIRM, NOT_CONFIRMED, Clearing, Finding
from gateway.readings import Reading
from tests.gateway.rules.ward import HOUR_S, MINUTE_S, Ward, pressure, reading


def an_unconfirmed_crisis() -> Ward:
    ward = Ward()
    ward.takes(pressure(205, 100, 0))
    return ward


def test_the_first_reading_beyond_a_limit_is_told_at_once_as_an_unconfirmed_warning() -> None:
    ward = an_unconfirmed_crisis()

    [finding] = ward.findings

    assert (finding.priority, finding.unconfirmed, finding.detail) == ("warning", True, "")
    assert (finding.rule.id, finding.rule.limit) == ("SBP-HIGH", 200)
    assert [one.value for one in finding.readings] == [BloodPressure(205, 100)]


def test_a_second_one_a_minute_later_confirms_it_and_the_same_alert_becomes_critical() -> None:
    ward = an_unconfirmed_crisis()

    ward.takes(pressure(202, 98, MINUTE_S))

    assert [(one.priority, one.unconfirmed) for one in ward.findings] == [("warning", True), ("critical", False)]
    assert [(alert.priority, alert.unconfirmed) for alert in ward.alerts] == [("critical", False)]
    assert len(ward.alerts[0].readings) == 2


def test_the_second_one_confirms_it_whatever_was_measured_just_before_the_first() -> None:
    ward = Ward()

    ward.takes(pressure(120, 80, 0), pressure(205, 100, 20), pressure(206, 100, 85))

    assert [(alert.priority, alert.unconfirmed) for alert in ward.alerts] == [("critical", False)]


def test_a_second_one_sooner_than_25_seconds_says_nothing_either_way() -> None:
    ward = an_unconfirmed_crisis()

    told = ward.takes(pressure(206, 100, 24), pressure(120, 80, 24.9))

    assert told == []


def test_a_second_one_that_is_normal_refutes_it_and_the_alert_is_closed_as_not_confirmed() -> None:
    ward = an_unconfirmed_crisis()

    [clearing] = ward.takes(pressure(128, 82, 90))

    assert isinstance(clearing, Clearing)
    assert clearing.detail == NOT_CONFIRMED
    assert (ward.alerts[0].open, ward.alerts[0].detail, len(ward.alerts[0].readings)) == (False, NOT_CONFIRMED, 2)


def test_without_a_second_one_within_ten_minutes_it_stays_a_warning_that_could_not_be_confirmed() -> None:
    ward = an_unconfirmed_crisis()

    early = ward.waits_until(10 * MINUTE_S - 1)
    [finding] = ward.waits_until(10 * MINUTE_S)
    later = ward.waits_until(HOUR_S)

    assert (early, later) == ([], [])
    assert isinstance(finding, Finding)
    assert (finding.priority, finding.unconfirmed, finding.detail) == ("warning", True, COULD_NOT_CONFIRM)
    assert [(alert.open, alert.priority, alert.detail) for alert in ward.alerts] == [(True, "warning", COULD_NOT_CONFIRM)]


def test_what_could_not_be_confirmed_in_time_can_be_later() -> None:
    ward = an_unconfirmed_crisis()
    ward.waits_until(10 * MINUTE_S)

    ward.takes(pressure(206, 99, HOUR_S))

    assert [(alert.priority, alert.unconfirmed, alert.detail) for alert in ward.alerts] == [("critical", False, "")]


@pytest.mark.parametrize("second", [pressure(206, 99, 90), pressure(128, 82, 90)], ids=["confirmed", "refuted"])
def test_nobody_waits_any_longer_once_the_second_one_came(second: object) -> None:
    ward = an_unconfirmed_crisis()
    ward.takes(second)  # type: ignore[arg-type]

    told = ward.waits_until(HOUR_S)

    assert told == []


def test_a_second_one_that_is_only_high_makes_it_a_confirmed_warning() -> None:
    ward = an_unconfirmed_crisis()

    ward.takes(pressure(184, 98, 2 * MINUTE_S))

    assert [(alert.priority, alert.unconfirmed, alert.rule.limit) for alert in ward.alerts] == [("warning", False, 180)]


def test_two_of_three_confirm_it_although_one_between_them_was_normal() -> None:
    ward = an_unconfirmed_crisis()

    ward.takes(pressure(128, 82, 2 * MINUTE_S), pressure(206, 99, 4 * MINUTE_S))

    assert (ward.findings[-1].priority, ward.findings[-1].unconfirmed) == ("critical", False)


def test_a_low_pressure_is_unconfirmed_first_too() -> None:
    ward = Ward()

    ward.takes(pressure(88, 55, 0), pressure(86, 54, 2 * MINUTE_S))

    assert [(one.priority, one.unconfirmed, one.rule.id) for one in ward.findings] == [
        ("warning", True, "SBP-LOW"),
        ("critical", False, "SBP-LOW"),
    ]


def test_either_number_of_a_pressure_can_confirm_it() -> None:
    ward = Ward()

    ward.takes(pressure(182, 124, 0), pressure(150, 123, 2 * MINUTE_S))

    assert (ward.findings[-1].priority, ward.findings[-1].rule.id) == ("critical", "DBP-HIGH")


def test_a_first_crisis_of_somebody_whose_pressure_is_high_already_is_told_at_once() -> None:
    ward = Ward()
    ward.takes(pressure(185, 95, 0), pressure(186, 95, 2 * MINUTE_S))

    [first] = ward.takes(pressure(205, 95, 4 * MINUTE_S))
    ward.takes(pressure(206, 95, 6 * MINUTE_S))

    assert isinstance(first, Finding)
    assert (first.unconfirmed, first.rule.limit) == (True, 200)
    assert [(alert.priority, alert.unconfirmed) for alert in ward.alerts] == [("critical", False)]


def test_what_confirms_one_limit_and_is_the_first_beyond_another_is_told_as_both() -> None:
    ward = Ward()
    ward.takes(pressure(205, 95, 0))

    ward.takes(pressure(230, 95, MINUTE_S))

    assert [(one.priority, one.unconfirmed, one.rule.limit) for one in ward.findings[1:]] == [
        ("critical", False, 200),
        ("warning", True, 220),
    ]
    assert [(alert.priority, alert.unconfirmed, alert.rule.limit) for alert in ward.alerts] == [("critical", True, 220)]


def usual(systolic: float, days: int = 6) -> list[Reading]:
    return [pressure(systolic, 75, day * 24 * HOUR_S) for day in range(days)]


def test_a_pressure_of_95_is_told_where_it_is_a_fall_from_the_usual() -> None:
    fallen, usually_low, unknown = Ward(), Ward(), Ward()

    fallen.takes(*usual(125), pressure(95, 60, 6 * 24 * HOUR_S))
    usually_low.takes(*usual(102), pressure(95, 60, 6 * 24 * HOUR_S))
    unknown.takes(*usual(125, days=2), pressure(95, 60, 6 * 24 * HOUR_S))

    assert [(one.rule.id, one.unconfirmed) for one in fallen.findings] == [("SBP-FALL", True)]
    assert usually_low.told == unknown.told == []


def test_a_temperature_far_above_the_usual_is_told_before_it_is_a_fever() -> None:
    ward = Ward()

    ward.takes(*(reading("body_temperature", 36.1, day * 24 * HOUR_S) for day in range(6)))
    ward.takes(reading("body_temperature", 37.3, 6 * 24 * HOUR_S))

    assert [(one.rule.id, one.priority) for one in ward.findings] == [("TEMP-OWN", "warning")]


def test_a_confirmed_pressure_is_over_with_the_next_normal_one() -> None:
    ward = an_unconfirmed_crisis()
    ward.takes(pressure(206, 99, 2 * MINUTE_S))

    [clearing] = ward.takes(pressure(125, 80, 10 * MINUTE_S))

    assert isinstance(clearing, Clearing)
    assert clearing.detail == ""
    assert (ward.alerts[0].condition, ward.alerts[0].open) == ("cleared", True)


def test_a_clock_that_is_set_back_does_not_make_the_wait_longer() -> None:
    ward = an_unconfirmed_crisis()
    ward.waits_until(-365 * 24 * HOUR_S)

    told = ward.waits_until(-365 * 24 * HOUR_S + 10 * MINUTE_S)

    assert [one.detail for one in told] == [COULD_NOT_CONFIRM]
