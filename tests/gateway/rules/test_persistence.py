"""What lasts is told, what flickers is not; what ends is told once it has ended for good."""

from __future__ import annotations

import math
import random
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from drivers.measurement import Kind
from gateway.alert import Clearing, Finding, RuleRef
from gateway.rules.rows import PARTS
from tests.gateway.rules.ward import BEGIN_MS, DATA, HOUR_S, MINUTE_S, Ward, pressure, reading, stream

# --- how long it must last ------------------------------------------------------------------------------------------


def test_one_wild_reading_in_a_calm_stream_is_no_reason_for_an_alert() -> None:
    ward = Ward()

    ward.takes(*stream("heart_rate", [72] * 60 + [210] + [72] * 600))

    assert ward.told == []


def test_a_minute_beyond_the_critical_limit_is_critical() -> None:
    ward = Ward()

    ward.takes(*stream("heart_rate", [135] * 61))

    assert ward.priorities == ["critical"]


def test_what_was_seen_of_a_wearer_who_is_forgotten_counts_no_more() -> None:
    ward = Ward()
    ward.takes(*stream("heart_rate", [135] * 50))

    ward.rules.forget("W-017")
    soon = ward.takes(*stream("heart_rate", [135] * 50, since_s=50))
    (found,) = ward.takes(*stream("heart_rate", [135] * 20, since_s=100))

    assert soon == []
    assert min(one.at_ms for one in found.readings) >= BEGIN_MS + 50_000


def test_of_others_nothing_is_forgotten() -> None:
    ward = Ward()
    ward.takes(*stream("heart_rate", [135] * 50))

    ward.rules.forget("W-018")

    assert ward.takes(*stream("heart_rate", [135] * 20, since_s=50))


def test_who_is_forgotten_is_not_waited_for() -> None:
    ward = Ward()
    ward.takes(pressure(190, 110, 0))

    ward.rules.forget("W-017")

    assert ward.waits_until(2 * HOUR_S) == []


def test_less_than_a_minute_beyond_the_critical_limit_is_not() -> None:
    ward = Ward()

    ward.takes(*stream("heart_rate", [72] * 100 + [135] * 59 + [72] * 600))

    assert ward.told == []


@pytest.mark.parametrize("calm_s", range(0, 40, 7))
@pytest.mark.parametrize("every_s", [1, 2, 5, 7, 15, 20])
def test_what_lasts_is_found_within_its_minute_and_two_readings_that_count(calm_s: int, every_s: int) -> None:
    ward = Ward()
    ward.takes(*stream("heart_rate", [72] * (calm_s // every_s), every_s))

    ward.takes(*stream("heart_rate", [135] * (200 // every_s), every_s, since_s=calm_s))

    found_after_s = (ward.findings[0].at_ms - BEGIN_MS) / 1000 - calm_s
    assert 60 <= found_after_s <= 60 + 2 * max(15, every_s)


def test_three_of_five_are_enough() -> None:
    ward = Ward()

    ward.takes(*stream("heart_rate", [135, 80, 135, 80, 135], every_s=20))

    assert ward.priorities == ["critical"]


def test_two_of_five_are_not() -> None:
    ward = Ward()

    ward.takes(*stream("heart_rate", [135, 80, 80, 80, 135] * 5, every_s=20))

    assert ward.priorities == []


def test_the_alert_carries_the_readings_the_rule_and_the_limit_that_it_comes_of() -> None:
    ward = Ward()
    readings = stream("heart_rate", [135, 80, 136, 137], every_s=30)

    ward.takes(*readings)

    assert ward.findings[0] == Finding(
        kind="heart_rate",
        priority="critical",
        at_ms=readings[-1].at_ms,
        rule=RuleRef(id="HR-ABS", table="1", limit=131),
        wearer="W-017",
        device="C0:FF:EE:00:00:01",
        readings=tuple(readings),
    )


def test_an_extreme_pulse_is_critical_within_thirty_seconds() -> None:
    ward = Ward()

    ward.takes(*stream("heart_rate", [185] * 31))

    assert ward.priorities == ["critical"]
    assert ward.findings[0].rule.id == "HR-EXTR"


def test_a_warning_takes_ten_minutes() -> None:
    ward = Ward()

    early = ward.takes(*stream("heart_rate", [115] * 600))
    late = ward.takes(*stream("heart_rate", [115] * 60, since_s=600))

    assert early == []
    assert [one.priority for one in late if isinstance(one, Finding)] == ["warning"]


def test_of_a_band_that_measures_now_and_then_two_in_a_row_are_enough() -> None:
    ward = Ward()

    ward.takes(*stream("heart_rate", [75, 135, 136], every_s=10 * MINUTE_S))

    assert ward.priorities == ["critical"]
    assert [one.value for one in ward.findings[0].readings] == [135, 136]


def test_of_a_band_that_measures_now_and_then_one_is_not() -> None:
    ward = Ward()

    ward.takes(*stream("heart_rate", [75, 135, 75, 75, 135, 75, 75, 135], every_s=10 * MINUTE_S))

    assert ward.told == []


def test_a_stream_that_paused_is_not_a_band_that_measures_now_and_then() -> None:
    """The last reading before a band is taken off and the first after it is put on are often wrong."""
    ward = Ward()

    ward.takes(*stream("heart_rate", [75] * 120 + [135]))
    ward.takes(*stream("heart_rate", [135] + [75] * 120, since_s=HOUR_S))

    assert ward.told == []


def test_what_was_before_a_long_pause_does_not_count_with_what_is_after_it() -> None:
    ward = Ward()

    ward.takes(*stream("heart_rate", [75] * 60 + [135] * 30))
    ward.takes(*stream("heart_rate", [135] * 20 + [75] * 60, since_s=HOUR_S))

    assert ward.told == []


def test_two_readings_more_than_a_day_apart_are_not_two_in_a_row() -> None:
    ward = Ward()

    ward.takes(*stream("heart_rate", [135, 136], every_s=25 * HOUR_S))

    assert ward.told == []


def test_a_single_temperature_above_37_8_is_a_warning_and_37_3_only_when_repeated() -> None:
    at_once, repeated = Ward(), Ward()

    at_once.takes(reading("body_temperature", 37.9, 0))
    first = repeated.takes(reading("body_temperature", 37.3, 0))
    repeated.takes(reading("body_temperature", 37.3, 5 * MINUTE_S))

    assert at_once.priorities == ["warning"]
    assert first == []
    assert repeated.priorities == ["warning"]


def test_a_temperature_of_39_1_is_critical_once_it_is_repeated() -> None:
    ward = Ward()

    ward.takes(reading("body_temperature", 39.1, 0), reading("body_temperature", 39.2, 5 * MINUTE_S))

    assert ward.priorities == ["warning", "critical"]
    assert len(ward.alerts) == 1


# --- when it is over ------------------------------------------------------------------------------------------------


def a_warning_holds() -> Ward:
    ward = Ward()
    ward.takes(*stream("oxygen_saturation", [93] * 90))
    assert ward.priorities == ["warning"]
    ward.told.clear()
    return ward


def test_it_is_over_when_the_value_is_back_by_the_deadband_for_two_minutes() -> None:
    ward = a_warning_holds()

    early = ward.takes(*stream("oxygen_saturation", [97] * 120, since_s=100))
    ward.takes(*stream("oxygen_saturation", [97] * 5, since_s=220))

    assert early == []
    assert [type(one) for one in ward.told] == [Clearing]
    assert not ward.alerts[0].open


def test_within_the_deadband_it_is_not_over() -> None:
    ward = a_warning_holds()

    ward.takes(*stream("oxygen_saturation", [94] * HOUR_S, since_s=100))

    assert [one for one in ward.told if isinstance(one, Clearing)] == []


def test_a_relapse_begins_the_two_minutes_anew() -> None:
    ward = a_warning_holds()

    ward.takes(*stream("oxygen_saturation", ([97] * 100 + [93]) * 5, since_s=100))

    assert ward.told == []


def test_silence_ends_nothing() -> None:
    ward = a_warning_holds()

    told = ward.waits_until(24 * HOUR_S)

    assert told == []
    assert ward.alerts[0].open


def test_a_critical_alert_stays_open_when_the_value_is_normal_again() -> None:
    ward = Ward()

    ward.takes(*stream("heart_rate", [135] * 90 + [72] * 200))

    assert ward.alerts[0].condition == "cleared"
    assert ward.alerts[0].open


def test_what_was_over_must_last_again_before_it_is_told_again() -> None:
    ward = Ward()
    ward.takes(*stream("heart_rate", [115] * 700 + [72] * 200))

    told = ward.takes(*stream("heart_rate", [115] * 300, since_s=900))

    assert [type(one) for one in ward.told] == [Finding, Clearing]
    assert told == []


# --- one state for one kind of one wearer ---------------------------------------------------------------------------


def test_what_becomes_more_urgent_is_told_and_stays_one_alert() -> None:
    ward = Ward()

    ward.takes(*stream("heart_rate", [115] * 700 + [135] * 90))

    assert ward.priorities == ["warning", "critical"]
    assert [alert.priority for alert in ward.alerts] == ["critical"]


def test_what_becomes_less_urgent_is_not_told() -> None:
    ward = Ward()
    ward.takes(*stream("heart_rate", [115] * 700 + [135] * 90))

    told = ward.takes(*stream("heart_rate", [115] * 600, since_s=800))

    assert told == []


def test_what_becomes_urgent_once_more_is_told_once_more() -> None:
    ward = Ward()
    ward.takes(*stream("heart_rate", [115] * 700 + [135] * 90 + [115] * 300))

    told = ward.takes(*stream("heart_rate", [135] * 90, since_s=1100))

    assert [one.priority for one in told if isinstance(one, Finding)] == ["critical"]


def test_wearers_and_kinds_do_not_mix() -> None:
    ward = Ward()

    for at_s in range(0, 90, 10):
        ward.takes(reading("heart_rate", 135, at_s, wearer=f"W-{at_s % 30}"), reading("oxygen_saturation", 97, at_s))

    assert sorted(finding.wearer for finding in ward.findings) == ["W-0", "W-10", "W-20"]


def test_an_invalid_reading_is_never_used() -> None:
    ward = Ward()
    chance = random.Random(1)

    for at_s in range(HOUR_S):
        ward.takes(reading("heart_rate", chance.choice([0, 20, 255]), at_s, quality=("invalid:out_of_range",)))
        ward.takes(pressure(300, 200, at_s, quality=("questionable:jump", "invalid:out_of_range")))

    assert ward.told == []


def test_a_questionable_reading_counts() -> None:
    ward = Ward()

    ward.takes(*(reading("heart_rate", 135, at_s, quality=("questionable:jump",)) for at_s in range(61)))

    assert ward.priorities == ["critical"]


# --- around a limit -------------------------------------------------------------------------------------------------

Wave = Callable[[int], float]


def noise(at_s: int) -> float:
    return random.Random(at_s).gauss(0, 2)


WAVES: dict[str, Wave] = {
    "square": lambda at_s: 1 if at_s % 2 else -1,
    "wide square": lambda at_s: 9 if at_s % 2 else -9,
    "sine": lambda at_s: 4 * math.sin(at_s / 5),
    "slow sine": lambda at_s: -math.cos(at_s / 20),
    "noise": noise,
}


def streamed_limits() -> Iterator[tuple[Kind, str]]:
    for kind in PARTS:
        if kind != "blood_pressure":
            yield from ((kind, name) for name in DATA[kind]["limits"])


@pytest.mark.parametrize("wave", WAVES)
@pytest.mark.parametrize(("kind", "name"), [*streamed_limits()])
def test_a_value_that_swings_around_a_limit_every_second_for_an_hour_makes_one_alert(kind: Kind, name: str, wave: str) -> None:
    ward = Ward()
    limit, unit = DATA[kind]["limits"][name]["limit"], 0.1 if kind == "body_temperature" else 1

    for at_s in range(HOUR_S):
        outwards = 1 if name.endswith("_high") else -1
        ward.takes(reading(kind, round(limit - outwards * unit * WAVES[wave](at_s), 2), at_s))

    assert len(ward.alerts) == 1


@pytest.mark.parametrize("name", DATA["blood_pressure"]["limits"])
def test_a_pressure_that_swings_around_a_limit_makes_one_alert(name: str) -> None:
    ward = Ward()
    limit = DATA["blood_pressure"]["limits"][name]["limit"]

    for minute in range(60):
        value = limit + (1 if minute % 2 else -1)
        ward.takes(pressure(value, 75, minute * 60) if name.startswith("systolic") else pressure(130, value, minute * 60))

    assert len(ward.alerts) == 1


def test_an_hour_of_readings_leaves_no_more_behind_than_a_minute() -> None:
    ward = Ward()
    ward.takes(*stream("heart_rate", [72, 95] * 400))
    tracemalloc.start()

    for at_s in range(800, 20_000):
        ward.rules.take(reading("heart_rate", 72 + at_s % 40, at_s), BEGIN_MS + at_s * 1000)

    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 20_000
