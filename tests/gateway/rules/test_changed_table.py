"""Other limits while everything runs: they hold from the next reading, and what was seen and raised is not forgotten."""

from __future__ import annotations

import copy

from msgspec.structs import replace

from gateway.alert import COULD_NOT_CONFIRM, Clearing, Finding
from gateway.readings import Reading
from gateway.rules.table import RuleTable
from tests.gateway.rules.ward import DATA, HOUR_S, MINUTE_S, Ward, pressure, stream, table


def with_limit(kind: str, **numbers: float) -> RuleTable:
    return table().with_overrides({kind: numbers}, {})


LOW = [name for name in DATA["oxygen_saturation"]["limits"] if name.endswith("_low")]
STRICTER = {"critical_low": 90, "warning_low": 93, "advisory_low": 95}


def without(kind: str, *names: str) -> RuleTable:
    """The table as it is shipped, save for these limits."""
    data = copy.deepcopy(DATA)
    for name in names:
        del data[kind]["limits"][name]
    return RuleTable.read(data)


def low(values: list[float], since_s: float = 0) -> list[Reading]:
    return stream("oxygen_saturation", values, since_s=since_s)


def test_a_stricter_limit_holds_from_the_next_reading_and_counts_what_was_seen_before() -> None:
    ward = Ward()
    ward.takes(*low([90] * 100))
    assert ward.priorities == ["warning"]
    ward.rules.use(with_limit("oxygen_saturation", **STRICTER))

    told = ward.takes(*low([90], since_s=100))

    assert [one.priority for one in told if isinstance(one, Finding)] == ["critical"]


def test_readings_that_crossed_no_limit_then_count_for_one_that_they_cross_now() -> None:
    ward = Ward()
    ward.takes(*low([94] * 700))
    assert ward.told == []
    ward.rules.use(with_limit("oxygen_saturation", **STRICTER))

    told = ward.takes(*low([94], since_s=700))

    assert [one.priority for one in told if isinstance(one, Finding)] == ["advisory"]


def test_what_was_seen_counts_for_another_way_of_lasting_too() -> None:
    ward = Ward()
    ward.takes(*low([85] * 45))
    data = copy.deepcopy(DATA)
    data["oxygen_saturation"]["persistence"]["minute"]["lasting_s"] = 45
    ward.rules.use(RuleTable.read(data))

    told = ward.takes(*low([85], since_s=46))

    assert [one.priority for one in told if isinstance(one, Finding)] == ["critical"]


def test_what_was_found_in_late_readings_ends_with_its_limit_too() -> None:
    ward = Ward()
    ward.takes(*(replace(one, history=True) for one in low([85] * 90)))
    assert ward.priorities == ["warning"]

    ward.rules.use(without("oxygen_saturation", *LOW))

    assert [type(one) for one in ward.waits_until(130)] == [Clearing]


def test_a_change_alone_tells_nothing() -> None:
    ward = Ward()
    ward.takes(*low([89] * 120))

    ward.rules.use(with_limit("oxygen_saturation", critical_low=86))

    assert ward.waits_until(121) == []


def test_what_was_raised_ends_by_the_new_limit() -> None:
    ward = Ward()
    ward.takes(*low([87] * 120))
    assert ward.priorities[-1] == "critical"

    ward.rules.use(with_limit("oxygen_saturation", critical_low=81, warning_low=83, advisory_low=85))
    told = ward.takes(*low([88] * 200, since_s=120))

    assert [type(one) for one in told] == [Clearing]


def test_an_alert_is_not_raised_again_by_a_limit_that_was_moved() -> None:
    ward = Ward()
    ward.takes(*low([85] * 120))
    raised = len(ward.findings)

    ward.rules.use(with_limit("oxygen_saturation", critical_low=86))
    ward.takes(*low([85] * 120, since_s=120))

    assert len(ward.findings) == raised
    assert len(ward.alerts) == 1


def test_what_a_limit_raised_that_is_no_more_ends_with_the_next_tick() -> None:
    ward = Ward()
    ward.takes(*low([85] * 120))

    ward.rules.use(without("oxygen_saturation", *LOW))

    assert ward.rules.next_ms() is not None
    assert [type(one) for one in ward.waits_until(130)] == [Clearing]
    assert ward.waits_until(140) == []


def test_and_with_the_next_reading_where_that_comes_first() -> None:
    ward = Ward()
    ward.takes(*low([85] * 120))

    ward.rules.use(without("oxygen_saturation", *LOW))

    assert [type(one) for one in ward.takes(*low([85], since_s=121))] == [Clearing]
    assert ward.waits_until(130) == []


def test_a_less_urgent_limit_that_still_holds_keeps_the_alert() -> None:
    ward = Ward()
    ward.takes(*low([85] * 1200))

    ward.rules.use(without("oxygen_saturation", "critical_low"))

    assert ward.waits_until(1210) == []


def test_who_waits_for_a_second_measurement_waits_on() -> None:
    ward = Ward()
    ward.takes(pressure(205, 100, 0))

    ward.rules.use(with_limit("blood_pressure", systolic_critical_high=190))

    assert [one.detail for one in ward.waits_until(HOUR_S)] == [COULD_NOT_CONFIRM]


def test_a_second_measurement_confirms_by_the_new_limit() -> None:
    ward = Ward()
    ward.takes(pressure(205, 100, 0))

    ward.rules.use(with_limit("blood_pressure", systolic_critical_high=190))
    ward.takes(pressure(192, 100, 2 * MINUTE_S))

    assert [(one.priority, one.unconfirmed) for one in ward.findings][-1] == ("critical", False)


def test_the_new_version_is_named_by_what_is_found_next() -> None:
    ward = Ward()
    ward.takes(*low([97] * 10))
    data = copy.deepcopy(DATA) | {"version": "another"}

    ward.rules.use(RuleTable.read(data))
    ward.takes(*low([85] * 120, since_s=10))

    assert {finding.rule.table for finding in ward.findings} == {"another"}
