"""What lasts is told, what flickers is not; what ends is told once it has ended for good."""

from __future__ import annotations

import math
import random
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from drivers.measurement import Kind
from gateway.alert import COULD_NOT_CONFIRM, Clearing, Finding, RuleRef
from gateway.rules.rows import PARTS
from tests.gateway.rules.ward import BEGIN_MS, DATA, HOUR_S, MINUTE_S, Ward, pressure, reading, stream, table

# --- how long it must last ------------------------------------------------------------------------------------------


def test_one_wild_reading_in_a_calm_stream_is_no_reason_for_an_alert() -> None:
    ward = Ward()

    ward.takes(*stream("heart_rate", [72] * 60 + [210] + [72] * 600))

    assert ward.told == []


def test_a_minute_beyond_the_critical_limit_is_critical() -> None:
    ward = Ward()

    ward.takes(*stream("oxygen_saturation", [85] * 61))

    assert ward.priorities == ["critical"]


def test_less_than_a_minute_beyond_the_critical_limit_is_not() -> None:
    ward = Ward()

    ward.takes(*stream("oxygen_saturation", [97] * 100 + [85] * 60 + [97] * 600))

    assert ward.told == []


def test_what_was_seen_of_a_wearer_who_is_forgotten_counts_no_more() -> None:
    ward = Ward()
    ward.takes(*stream("oxygen_saturation", [85] * 50))

    ward.rules.forget("W-017")
    soon = ward.takes(*stream("oxygen_saturation", [85] * 50, since_s=50))
    (found,) = ward.takes(*stream("oxygen_saturation", [85] * 20, since_s=100))

    assert soon == []
    assert min(one.at_ms for one in found.readings) >= BEGIN_MS + 50_000


def test_who_is_forgotten_is_in_no_memory() -> None:
    ward = Ward()
    ward.takes(reading("oxygen_saturation", 85, 0), pressure(190, 110, 0), reading("oxygen_saturation", 85, 0, wearer="W-018"))

    ward.rules.forget("W-017")

    assert list(ward.rules.memory()) == ["series/oxygen_saturation/W-018"]


def test_of_others_nothing_is_forgotten() -> None:
    ward = Ward()
    ward.takes(*stream("oxygen_saturation", [85] * 50))

    ward.rules.forget("W-018")

    assert ward.takes(*stream("oxygen_saturation", [85] * 20, since_s=50))


def test_who_is_forgotten_is_not_waited_for() -> None:
    ward = Ward()
    ward.takes(pressure(190, 110, 0))

    ward.rules.forget("W-017")

    assert ward.rules.next_ms() is None
    assert ward.waits_until(2 * HOUR_S) == []


def test_a_finding_names_the_rule_the_limit_and_the_readings_that_show_it() -> None:
    ward = Ward()
    readings = stream("heart_rate", [155] * 60 + [161] + [155] * 60, every_s=5)

    ward.takes(*readings)

    assert ward.findings[0] == Finding(
        kind="heart_rate",
        priority="critical",
        at_ms=readings[-1].at_ms,
        rule=RuleRef(id="HR-UNKNOWN", table=table().version, limit=150),
        wearer="W-017",
        device="C0:FF:EE:00:00:01",
        readings=(readings[0], readings[60], readings[-1]),
    )


@pytest.mark.parametrize(("pulse", "within_s"), [(28, 15), (185, 60)])
def test_an_extreme_pulse_is_critical_within_a_minute(pulse: int, within_s: int) -> None:
    ward = Ward()

    ward.takes(*stream("heart_rate", [pulse] * (within_s + 1)))

    assert ward.priorities == ["critical"]
    assert ward.findings[0].rule.id == "HR-EXTR"


def test_one_extremely_slow_pulse_and_no_other_reading_is_told_in_doubt() -> None:
    ward = Ward()
    ward.lives(*stream("heart_rate", [70] * 20 + [28], every_s=5))

    early = ward.lives(until_s=100 + 119)
    [finding] = ward.lives(until_s=100 + 120)

    assert early == []
    assert isinstance(finding, Finding)
    assert (finding.priority, finding.unconfirmed, finding.detail) == ("warning", True, COULD_NOT_CONFIRM)
    assert finding.rule.id == "HR-EXTR"


def test_the_next_reading_of_it_makes_it_critical_or_refutes_it() -> None:
    for then, outcome in ((28, ("critical", False, True)), (70, ("warning", True, False))):
        ward = Ward()
        ward.lives(reading("heart_rate", 28, 0), reading("heart_rate", then, HOUR_S))

        assert [(alert.priority, alert.unconfirmed, alert.open) for alert in ward.alerts] == [outcome]


def test_a_slow_band_is_given_three_of_its_intervals() -> None:
    ward = Ward()

    told = ward.lives(*stream("heart_rate", [70, 70, 28], every_s=600), until_s=1200 + 1799)

    assert told == []
    assert ward.lives(until_s=1200 + 1800) != []


def test_a_band_that_was_taken_off_misses_nothing() -> None:
    ward = Ward()

    ward.lives(*stream("heart_rate", [70] * 20 + [28], every_s=5), reading("worn", False, 110), until_s=HOUR_S)

    assert ward.told == []


def test_of_a_band_that_measures_now_and_then_two_in_a_row_are_enough() -> None:
    ward = Ward()

    ward.takes(*stream("heart_rate", [75, 155, 156], every_s=10 * MINUTE_S))

    assert ward.priorities == ["critical"]
    assert [one.value for one in ward.findings[0].readings] == [155, 156]


def test_of_a_band_that_measures_now_and_then_one_is_not() -> None:
    ward = Ward()

    ward.takes(*stream("heart_rate", [75, 155, 75, 155, 75, 75, 155], every_s=10 * MINUTE_S))

    assert ward.told == []


def test_of_a_band_that_is_taken_off_and_put_on_the_last_and_the_first_reading_are_not_two_in_a_row() -> None:
    ward = Ward()

    ward.takes(*stream("heart_rate", [75] * 120 + [155]))
    ward.takes(*stream("heart_rate", [155] + [75] * 120, since_s=HOUR_S))

    assert ward.told == []


def test_what_lasts_over_a_pause_is_told_with_the_second_reading_after_it() -> None:
    ward = Ward()
    ward.takes(*stream("heart_rate", [155] * 20, every_s=5))

    first, second = stream("heart_rate", [155] * 2, every_s=5, since_s=HOUR_S)

    assert ward.takes(first) == []
    assert [one.priority for one in ward.takes(second) if isinstance(one, Finding)] == ["critical"]


def test_two_readings_more_than_a_day_apart_are_not_two_in_a_row() -> None:
    ward = Ward()

    ward.takes(*stream("heart_rate", [155, 156], every_s=27 * HOUR_S))

    assert ward.told == []


@pytest.mark.parametrize("beyond", range(0, 101, 10))
def test_half_of_the_time_beyond_is_enough_and_less_is_not(beyond: int) -> None:
    ward = Ward()
    mixed = [155 if number * beyond % 100 < beyond else 75 for number in range(600)]

    ward.takes(*stream("heart_rate", mixed, every_s=5))

    assert ("critical" in ward.priorities) == (beyond >= 50)


# --- when it is over ------------------------------------------------------------------------------------------------


def a_warning_holds() -> Ward:
    ward = Ward()
    ward.takes(*stream("oxygen_saturation", [90] * 90))
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

    ward.takes(*stream("oxygen_saturation", [92] * HOUR_S, since_s=100))

    assert [one for one in ward.told if isinstance(one, Clearing)] == []


def test_a_relapse_begins_the_two_minutes_anew() -> None:
    ward = a_warning_holds()

    ward.takes(*stream("oxygen_saturation", ([97] * 100 + [90]) * 5, since_s=100))

    assert ward.told == []


def test_silence_ends_nothing() -> None:
    ward = a_warning_holds()

    told = ward.waits_until(24 * HOUR_S)

    assert told == []
    assert ward.alerts[0].open


def test_a_critical_alert_stays_open_when_the_value_is_normal_again() -> None:
    ward = Ward()

    ward.takes(*stream("oxygen_saturation", [85] * 90 + [97] * 200))

    assert ward.alerts[0].condition == "cleared"
    assert ward.alerts[0].open


def test_what_was_over_must_last_again_before_it_is_told_again() -> None:
    ward = Ward()
    ward.takes(*stream("oxygen_saturation", [90] * 90 + [97] * 200))

    told = ward.takes(*stream("oxygen_saturation", [90] * 50, since_s=300))

    assert [type(one) for one in ward.told] == [Finding, Clearing]
    assert told == []


# --- one state for one kind of one wearer ---------------------------------------------------------------------------


def test_what_becomes_more_urgent_is_told_and_stays_one_alert() -> None:
    ward = Ward()

    ward.takes(*stream("oxygen_saturation", [90] * 90 + [85] * 90))

    assert ward.priorities == ["warning", "critical"]
    assert [alert.priority for alert in ward.alerts] == ["critical"]


def test_what_becomes_less_urgent_is_not_told() -> None:
    ward = Ward()
    ward.takes(*stream("oxygen_saturation", [90] * 90 + [85] * 90))

    told = ward.takes(*stream("oxygen_saturation", [90] * 600, since_s=200))

    assert told == []


def test_what_becomes_urgent_once_more_is_told_once_more() -> None:
    ward = Ward()
    ward.takes(*stream("oxygen_saturation", [90] * 90 + [85] * 90 + [91] * 300))

    told = ward.takes(*stream("oxygen_saturation", [85] * 90, since_s=500))

    assert [one.priority for one in told if isinstance(one, Finding)] == ["critical"]


def test_wearers_and_kinds_do_not_mix() -> None:
    ward = Ward()

    for at_s in range(0, 90, 10):
        ward.takes(reading("oxygen_saturation", 85, at_s, wearer=f"W-{at_s % 30}"), reading("heart_rate", 72, at_s))

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

    ward.takes(*(reading("oxygen_saturation", 85, at_s, quality=("questionable:jump",)) for at_s in range(61)))

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
        if kind not in ("blood_pressure", "body_temperature"):
            yield from ((kind, name) for name, row in DATA[kind]["limits"].items() if _holds_for_the_unknown(name, row))


def _holds_for_the_unknown(name: str, row: dict[str, str]) -> bool:
    return not name.startswith(("asleep_", "moving_", "own_")) and row.get("when") != "still"


@pytest.mark.parametrize("wave", WAVES)
@pytest.mark.parametrize(("kind", "name"), [*streamed_limits()])
def test_a_value_that_swings_around_a_limit_every_second_for_an_hour_makes_one_alert(kind: Kind, name: str, wave: str) -> None:
    ward = Ward()
    limit = DATA[kind]["limits"][name]["limit"]

    for at_s in range(HOUR_S):
        outwards = 1 if name.endswith("_high") else -1
        ward.takes(reading(kind, round(limit - outwards * WAVES[wave](at_s), 2), at_s))

    assert len(ward.alerts) == 1


@pytest.mark.parametrize("name", [name for name in DATA["blood_pressure"]["limits"] if not name.startswith("own_")])
def test_a_pressure_that_swings_around_a_limit_makes_one_alert(name: str) -> None:
    ward = Ward()
    limit = DATA["blood_pressure"]["limits"][name]["limit"]

    for minute in range(60):
        value = limit + (1 if minute % 2 else -1)
        ward.takes(pressure(value, 75, minute * 60) if name.startswith("systolic") else pressure(130, value, minute * 60))

    assert len(ward.alerts) == 1


def test_hours_of_readings_leave_no_more_behind_than_half_an_hour() -> None:
    ward, sizes = Ward(), []
    tracemalloc.start()

    for at_s in range(20_000):
        ward.rules.take(reading("heart_rate", 72 + at_s % 40, at_s), BEGIN_MS + at_s * 1000)
        if at_s in (2_000, 19_000):
            sizes.append(tracemalloc.get_traced_memory()[0])

    tracemalloc.stop()
    assert sizes[1] < sizes[0] + 20_000
    assert sizes[1] < 1_000_000
