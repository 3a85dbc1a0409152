"""The faults that real people's data showed in the first rules, each planted again: none of them may come back."""

from __future__ import annotations

import random

import pytest

from drivers.driver import SensorTraits
from drivers.measurement import Kind
from gateway.alert import COULD_NOT_CONFIRM, NOT_CONFIRMED, SENSOR_UNVALIDATED, Clearing, Finding
from tests.gateway.rules.ward import HOUR_S, MINUTE_S, Ward, pressure, reading, steps, stream, together

BAND = "C0:FF:EE:00:00:01"
WRIST = {BAND: SensorTraits(site="wrist", worn=True)}
CUFFLESS = {BAND: SensorTraits(cuff=False, site="wrist", worn=True)}


# --- 1: after a person closed the alert -----------------------------------------------------------------------------


def test_after_closing_what_still_holds_is_raised_anew_after_fifteen_minutes() -> None:
    ward = Ward()
    ward.lives(*stream("oxygen_saturation", [86] * 120, every_s=5))
    ward.closes(600)

    early = ward.lives(*stream("oxygen_saturation", [86] * 178, every_s=5, since_s=605))
    [again] = ward.lives(*stream("oxygen_saturation", [86] * 20, every_s=5, since_s=600 + 15 * MINUTE_S - 5))

    assert early == []
    assert isinstance(again, Finding)
    assert (again.priority, again.at_ms - ward.alerts[0].at_ms) == ("critical", (600 + 900 - 60) * 1000)
    assert len(ward.alerts) == 2


def test_after_closing_what_gets_worse_is_raised_at_once() -> None:
    ward = Ward()
    ward.lives(*stream("heart_rate", [155] * 130, every_s=5))
    ward.closes(650)

    ward.lives(*stream("heart_rate", [200] * 13, every_s=5, since_s=655))

    assert [(alert.rule.id, alert.workflow) for alert in ward.alerts] == [("HR-UNKNOWN", "resolved"), ("HR-EXTR", "raised")]


@pytest.mark.parametrize("sensors", [{}, WRIST], ids=["a finger", "a wrist"])
def test_after_closing_a_saturation_that_falls_on_is_raised_at_once(sensors: dict[str, SensorTraits]) -> None:
    ward = Ward(sensors=sensors)
    ward.lives(*stream("oxygen_saturation", [87] * 120, every_s=5))
    ward.closes(600)

    ward.lives(*stream("oxygen_saturation", [60] * 13, every_s=5, since_s=605))

    assert [(alert.rule.id, alert.open) for alert in ward.alerts] == [("SPO2", False), ("SPO2-EXTR", True)]


def test_after_closing_a_pressure_the_next_one_beyond_is_raised_at_once() -> None:
    ward = Ward()
    ward.lives(pressure(185, 100, 0), pressure(186, 100, 60))
    ward.closes(HOUR_S)

    ward.lives(pressure(78, 45, 24 * HOUR_S))
    ward.closes(25 * HOUR_S)
    ward.lives(pressure(215, 130, 30 * HOUR_S))

    assert [alert.rule.id for alert in ward.alerts] == ["SBP-HIGH", "SBP-LOW", "DBP-EXTR"]
    assert [(alert.priority, alert.unconfirmed) for alert in ward.alerts] == [("warning", False), *[("warning", True)] * 2]


def test_after_closing_a_warning_is_raised_anew_after_an_hour() -> None:
    ward = Ward()
    ward.lives(*stream("heart_rate", [135] * 130, every_s=5))
    ward.closes(650)

    ward.lives(*stream("heart_rate", [135] * 800, every_s=5, since_s=655))

    assert [(alert.priority, round((alert.at_ms - ward.alerts[0].at_ms) / 1000)) for alert in ward.alerts] == [
        ("warning", 0),
        ("warning", 650 + HOUR_S - 600),
    ]


def test_after_closing_a_band_that_measures_hourly_tells_with_its_next_reading() -> None:
    ward = Ward()
    ward.lives(*stream("heart_rate", [38, 38], every_s=HOUR_S))
    ward.closes(HOUR_S + 60)

    silent = ward.lives(until_s=2 * HOUR_S - 60)
    [again] = ward.lives(reading("heart_rate", 38, 2 * HOUR_S))

    assert silent == []
    assert isinstance(again, Finding)


def test_after_closing_what_is_over_is_not_raised_anew() -> None:
    ward = Ward()
    ward.lives(*stream("oxygen_saturation", [86] * 120, every_s=5))
    ward.closes(600)

    told = ward.lives(*stream("oxygen_saturation", [97] * 800, every_s=5, since_s=605), until_s=2 * HOUR_S)

    assert [one for one in told if isinstance(one, Finding)] == []


# --- 2: a first critical reading beside a standing warning ------------------------------------------------------------


@pytest.mark.parametrize(
    ("systolic", "diastolic", "rule"), [(210, 130, "DBP-EXTR"), (205, 95, "SBP-HIGH"), (78, 45, "SBP-LOW")]
)
def test_a_first_critical_pressure_is_told_at_once_while_a_warning_stands(systolic: int, diastolic: int, rule: str) -> None:
    ward = Ward()
    ward.lives(pressure(185, 95, 0), pressure(186, 95, 120), until_s=6 * HOUR_S - 1)

    ward.lives(pressure(systolic, diastolic, 6 * HOUR_S))
    [alert] = ward.alerts

    assert ward.event_names[-1] == "updated"
    assert (alert.unconfirmed, alert.rule.id, alert.readings[-1].value) == (True, rule, pressure(systolic, diastolic, 0).value)


def test_it_is_also_told_that_it_could_not_be_confirmed() -> None:
    ward = Ward()
    ward.lives(pressure(185, 95, 0), pressure(186, 95, 120), pressure(82, 48, 6 * HOUR_S), until_s=7 * HOUR_S)

    assert (ward.event_names[-1], ward.alerts[0].detail) == ("updated", COULD_NOT_CONFIRM)


def test_beyond_an_extreme_limit_what_could_not_be_confirmed_becomes_critical() -> None:
    ward = Ward()
    ward.lives(pressure(185, 95, 0), pressure(186, 95, 120), pressure(230, 95, 6 * HOUR_S), until_s=7 * HOUR_S)
    [alert] = ward.alerts

    assert ward.event_names[-1] == "escalated"
    assert (alert.priority, alert.unconfirmed, alert.detail) == ("critical", True, COULD_NOT_CONFIRM)


def test_a_normal_second_one_leaves_the_warning_that_stood() -> None:
    ward = Ward()
    ward.lives(pressure(185, 95, 0), pressure(186, 95, 120), pressure(210, 95, 6 * HOUR_S), pressure(183, 90, 6 * HOUR_S + 60))
    [alert] = ward.alerts

    assert (ward.event_names[-1], alert.condition) == ("updated", "active")
    assert (alert.unconfirmed, alert.detail, alert.rule.limit) == (False, NOT_CONFIRMED, 180)


# --- 3: another side, or farther out ----------------------------------------------------------------------------------


def test_the_other_side_is_told_with_its_value() -> None:
    ward = Ward()

    ward.lives(*stream("heart_rate", [155] * 130 + [34] * 130, every_s=5))
    [alert] = ward.alerts

    assert ward.event_names == ["raised", "updated"]
    assert (alert.rule.id, alert.readings[-1].value) == ("HR-LOW", 34)


def test_an_extreme_pressure_is_told_although_a_critical_one_stands() -> None:
    ward = Ward()

    ward.lives(pressure(205, 100, 0), pressure(205, 100, 60), pressure(235, 100, 120), pressure(236, 100, 180))

    assert [(finding.rule.id, finding.unconfirmed) for finding in ward.findings] == [
        ("SBP-HIGH", True),
        ("SBP-HIGH", False),
        ("SBP-EXTR", True),
        ("SBP-EXTR", False),
    ]


def test_a_low_pressure_is_told_although_a_high_one_stands() -> None:
    ward = Ward()

    ward.lives(pressure(190, 100, 0), pressure(190, 100, 60), pressure(78, 45, 3600))

    assert (ward.alerts[0].rule.id, ward.alerts[0].unconfirmed) == ("SBP-LOW", True)


# --- 4: a restart forgets nothing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "values", "every_s"),
    [
        pytest.param("body_temperature", [34.8, 34.7], 35 * MINUTE_S, id="a thermometer"),
        pytest.param("heart_rate", [38, 38], HOUR_S, id="a pulse once an hour"),
        pytest.param("oxygen_saturation", [84, 84], HOUR_S, id="a saturation once an hour"),
        pytest.param("heart_rate", [38, 38], 24 * HOUR_S, id="a pulse once a day"),
    ],
)
def test_a_restart_forgets_nothing_that_lies_hours_back(kind: Kind, values: list[float], every_s: float) -> None:
    ward = Ward()
    first, second = stream(kind, values, every_s=every_s)

    ward.lives(first)
    ward.restarts(every_s / 2)
    ward.lives(second)

    assert ward.alerts[0].priority == "critical"


def test_a_restart_forgets_no_pressure_of_yesterday() -> None:
    ward = Ward()
    ward.lives(pressure(205, 100, 0), until_s=HOUR_S)
    ward.restarts(2 * HOUR_S)

    ward.lives(pressure(206, 100, 40 * HOUR_S))

    assert (ward.alerts[0].priority, ward.alerts[0].unconfirmed) == ("critical", False)


def test_a_restart_does_not_begin_the_wait_for_a_second_measurement_anew() -> None:
    ward = Ward()
    ward.lives(pressure(205, 100, 0))
    ward.restarts(9 * MINUTE_S)

    ward.lives(until_s=10 * MINUTE_S)

    assert ward.alerts[0].detail == COULD_NOT_CONFIRM


# --- 7: breathing -----------------------------------------------------------------------------------------------------


def test_fast_breathing_for_half_an_hour_is_told() -> None:
    at_rest, unknown = Ward(), Ward()
    fast = stream("respiratory_rate", [34] * 31, every_s=MINUTE_S)

    at_rest.lives(*together(steps(0, -600, 1800), fast))
    unknown.lives(*fast)

    assert (at_rest.alerts[0].priority, at_rest.alerts[0].rule.id) == ("critical", "RESP")
    assert (unknown.alerts[0].priority, unknown.alerts[0].rule.id) == ("critical", "RESP-UNKNOWN")


# --- 8: motion --------------------------------------------------------------------------------------------------------


def test_a_fast_pulse_of_somebody_who_walks_calls_nobody() -> None:
    ward = Ward()

    ward.lives(*together(steps(120, 0, 1800), stream("heart_rate", [140] * 300, every_s=5, since_s=300)))

    assert ward.priorities == ["advisory"]


def test_the_same_pulse_of_somebody_who_stands_still_is_critical_within_five_minutes() -> None:
    ward = Ward()

    ward.lives(*together(steps(0, 0, 1800), stream("heart_rate", [140] * 62, every_s=5, since_s=900)))

    assert (ward.priorities, ward.findings[0].at_ms - ward.findings[0].readings[0].at_ms) == (["critical"], 300_000)


def test_who_stands_still_with_a_fast_pulse_after_a_walk_is_found() -> None:
    ward = Ward()
    walk, rest = steps(120, 0, 900), [reading("steps", 6800, at_s) for at_s in range(960, 2000, 60)]

    ward.lives(*together(walk, rest, stream("heart_rate", [140] * 240, every_s=5, since_s=600)))

    assert ward.priorities == ["advisory", "critical"]


@pytest.mark.parametrize(("pulse", "rule"), [(34, "HR-LOW"), (28, "HR-EXTR"), (185, "HR-EXTR")])
def test_motion_never_holds_back_a_low_or_an_extreme_pulse(pulse: int, rule: str) -> None:
    ward = Ward()

    ward.lives(*together(steps(120, 0, 900), stream("heart_rate", [pulse] * 40, every_s=5, since_s=600)))

    assert (ward.findings[0].priority, ward.findings[0].rule.id) == ("critical", rule)


# --- 9: a band on the table -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "said"), [("worn", False), ("charging", True)])
def test_a_band_that_is_not_worn_alarms_nobody(kind: Kind, said: bool) -> None:
    ward = Ward()
    ward.lives(reading("worn", True, 0), *stream("heart_rate", [155] * 118, every_s=5, since_s=1))

    ward.lives(reading(kind, said, 595), *stream("heart_rate", [155] * 400, every_s=5, since_s=600))

    assert ward.told == []


def test_what_was_measured_in_the_minute_before_the_band_was_off_counts_no_more() -> None:
    ward = Ward()
    ward.lives(*stream("heart_rate", [70] * 60, every_s=5), *stream("heart_rate", [29] * 3, every_s=5, since_s=300))
    told = len(ward.told)
    ward.lives(reading("worn", False, 312), reading("worn", True, 400))

    ward.lives(reading("heart_rate", 29, 405), *stream("heart_rate", [70] * 60, every_s=5, since_s=410))

    assert (told, len(ward.told)) == (0, 0)


# --- 10: oxygen at the wrist ------------------------------------------------------------------------------------------


def test_a_saturation_at_the_wrist_is_a_warning_until_a_finger_confirms_it() -> None:
    ward = Ward(sensors=WRIST)

    ward.lives(*stream("oxygen_saturation", [85] * 30, every_s=5))
    first = ward.alerts[0]
    ward.lives(reading("oxygen_saturation", 86, 200, device="C0:FF:EE:00:00:09"))

    assert (first.priority, first.detail) == ("warning", SENSOR_UNVALIDATED)
    assert (ward.event_names[-1], ward.alerts[0].priority, ward.alerts[0].detail) == ("escalated", "critical", "")


def test_a_saturation_of_90_that_lasts_minutes_of_a_night_calls_nobody() -> None:
    ward = Ward(sensors=WRIST)
    night_s = 14 * HOUR_S  # 21:00 and later in Shanghai
    hour = [96, 95, 94, 90, 89, 90, 95, 96, 92, 91, 92, 95] * 60

    ward.lives(
        *together(steps(0, night_s, night_s + 8000), stream("oxygen_saturation", hour, every_s=5, since_s=night_s + 2000))
    )

    assert [one for one in ward.priorities if one != "advisory"] == []


# --- 11 and 12: cuff and thermometer as people use them ----------------------------------------------------------------


@pytest.mark.parametrize("apart_s", [25, 27, 45, 60, 120, 180, 300, 900])
@pytest.mark.parametrize(("first", "second"), [(39.3, 39.3), (34.5, 34.6)])
def test_a_temperature_repeated_as_people_repeat_it_is_confirmed(first: float, second: float, apart_s: int) -> None:
    ward = Ward()

    ward.lives(reading("body_temperature", first, 0), reading("body_temperature", second, apart_s))

    assert ward.event_names == ["raised", "escalated"] if apart_s < 600 else ["raised", "updated", "escalated"]
    assert (ward.alerts[0].priority, ward.alerts[0].unconfirmed) == ("critical", False)


@pytest.mark.parametrize("value", [39.3, 34.0, 35.0, 37.9])
def test_one_temperature_alone_is_told_at_once(value: float) -> None:
    ward = Ward()

    ward.lives(reading("body_temperature", value, 0))

    assert [(alert.priority, alert.unconfirmed) for alert in ward.alerts] == [("warning", True)]


def test_a_pressure_repeated_after_45_seconds_is_confirmed() -> None:
    ward = Ward()

    ward.lives(pressure(205, 125, 0), pressure(204, 124, 45))

    assert [(alert.priority, alert.unconfirmed) for alert in ward.alerts] == [("critical", False)]


def test_a_normal_pressure_after_45_seconds_refutes() -> None:
    ward = Ward()

    ward.lives(pressure(205, 125, 0), pressure(130, 80, 45), until_s=HOUR_S)

    assert [(alert.open, alert.detail) for alert in ward.alerts] == [(False, NOT_CONFIRMED)]


# --- 13 and 17: sampling ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("every_s", [1, 5, 15, 60, 120, 290, 299, 300, 420, 599, 600, 601, 1800, HOUR_S])
@pytest.mark.parametrize(("pulse", "lasting_s"), [(155, 600), (135, 600), (38, 120), (120, 600)])
def test_no_way_of_sampling_is_a_cliff(pulse: int, lasting_s: int, every_s: float) -> None:
    ward = Ward()

    ward.lives(*stream("heart_rate", [pulse] * max(2, int(4000 // every_s)), every_s=every_s))

    delay_s = (ward.findings[0].at_ms - ward.findings[0].readings[0].at_ms) / 1000
    assert lasting_s <= delay_s < lasting_s + every_s or delay_s == every_s


def test_a_pulse_of_120_for_a_quarter_of_an_hour_is_found_on_a_band_of_five_minutes() -> None:
    ward = Ward()

    ward.lives(*together(steps(0, 0, 2400), stream("heart_rate", [70, 120, 120, 120, 120, 70], every_s=300, since_s=900)))

    assert ward.priorities == ["warning"]


@pytest.mark.parametrize("every_s", [5, 60])
def test_a_noisy_pulse_just_beyond_the_limit_is_found(every_s: float) -> None:
    found = 0
    for seed in range(20):
        ward, chance = Ward(), random.Random(seed)
        noisy = [round(chance.gauss(132, 3)) for _ in range(int(600 // every_s))]
        ward.lives(*together(steps(0, 0, 1800), stream("heart_rate", noisy, every_s=every_s, since_s=900)))
        found += "critical" in ward.priorities

    assert found >= 19


@pytest.mark.parametrize("every_s", [5, 60])
def test_half_of_the_readings_are_enough(every_s: float) -> None:
    ward, chance = Ward(), random.Random(5)
    lossy = [one for one in stream("heart_rate", [155] * int(1800 // every_s), every_s=every_s) if chance.random() < 0.5]

    ward.lives(*lossy)

    assert ward.findings[0].at_ms - lossy[0].at_ms <= (600 + 5 * every_s) * 1000


def test_one_normal_reading_of_a_fast_stream_does_not_begin_the_time_anew() -> None:
    ward = Ward()

    ward.lives(*stream("heart_rate", ([155] * 11 + [75]) * 12, every_s=5))

    assert ward.priorities == ["critical"]


# --- 14: chatter ------------------------------------------------------------------------------------------------------


def test_a_pulse_that_falls_for_some_minutes_and_rises_again_is_one_alert() -> None:
    ward = Ward()

    for hour in range(3):
        ward.lives(*stream("heart_rate", [155] * 180 + [100] * 90, every_s=5, since_s=hour * 1350))

    assert len(ward.alerts) == 1
    assert [one for one in ward.told if isinstance(one, Clearing)] == []


# --- 19: a pressure without a cuff ------------------------------------------------------------------------------------


def test_a_pressure_without_a_cuff_is_never_critical() -> None:
    ward = Ward(sensors=CUFFLESS)

    ward.lives(*(pressure(235, 135, minute * 60) for minute in range(30)), until_s=HOUR_S)

    assert {alert.priority for alert in ward.alerts} == {"warning"}
    assert SENSOR_UNVALIDATED in {alert.detail for _, alert in ward.events}


def test_a_cuff_that_measures_it_too_makes_it_critical() -> None:
    ward = Ward(sensors=CUFFLESS)
    ward.lives(*(pressure(205, 110, minute * 60) for minute in range(5)))

    ward.lives(pressure(204, 110, 400, device="C0:FF:EE:00:00:09"))

    assert (ward.event_names[-1], ward.alerts[0].priority, ward.alerts[0].detail) == ("escalated", "critical", "")


# --- 20: two sources in one row ---------------------------------------------------------------------------------------


def test_a_diastolic_pressure_of_110_is_told_like_a_systolic_one_of_180() -> None:
    diastolic, systolic = Ward(), Ward()

    diastolic.lives(pressure(150, 112, 0), pressure(150, 112, 60))
    systolic.lives(pressure(182, 90, 0), pressure(182, 90, 60))

    assert diastolic.priorities == systolic.priorities == ["warning", "warning"]
