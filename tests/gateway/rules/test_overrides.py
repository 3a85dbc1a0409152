"""Other limits, for everybody and for one wearer: inside the rails, in order, and with somebody who answers for them."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.errors import ConfigError
from gateway.words.mistakes import what
from tests.gateway.rules.ward import HOUR_S, Ward, reading, steps, stream, table, together

HIS_OWN = {"reason": "atrial fibrillation, rate agreed with her doctor", "by": "Dr. Example"}


def test_an_override_for_everybody_moves_the_limit_for_everybody() -> None:
    ward = Ward(table().with_overrides({"oxygen_saturation": {"critical_low": 85}}, {}))

    ward.takes(*stream("oxygen_saturation", [87] * 120))

    assert ward.priorities == ["warning"]


def test_an_override_for_one_wearer_leaves_the_others_alone() -> None:
    ward = Ward(table().with_overrides({}, {"W-017": {"oxygen_saturation": {"critical_low": 85, **HIS_OWN}}}))

    ward.takes(*stream("oxygen_saturation", [87] * 120))
    ward.takes(*(reading("oxygen_saturation", 87, at_s, wearer="W-018") for at_s in range(120)))

    assert [finding.wearer for finding in ward.findings if finding.priority == "critical"] == ["W-018"]


def test_a_wearers_override_stands_above_that_for_everybody() -> None:
    rules = {"oxygen_saturation": {"critical_low": 85}}
    ward = Ward(table().with_overrides(rules, {"W-017": {"oxygen_saturation": {"critical_low": 81, **HIS_OWN}}}))

    ward.takes(*stream("oxygen_saturation", [83] * 120))

    assert ward.priorities == ["warning"]


def test_an_alert_names_the_limit_that_was_in_force() -> None:
    ward = Ward(table().with_overrides({}, {"W-017": {"heart_rate": {"critical_high": 160, **HIS_OWN}}}))

    ward.takes(*stream("heart_rate", [165] * 130, every_s=5))

    assert ward.findings[0].rule.limit == 160


def numbers(kind: str, **settings: float) -> dict[str, float]:
    limits = table().with_overrides({kind: settings}, {}).limits("W-017", kind)
    assert limits is not None
    return {limit.name: limit.limit for limit in limits.limits}


def test_an_override_of_critical_high_binds_every_situation_of_that_side() -> None:
    moved = numbers("heart_rate", critical_high=160)

    assert moved["unknown_warning_high"] == moved["unknown_critical_high"] == moved["moving_advisory_high"] == 160
    assert moved["unknown_advisory_high"] == 160
    assert (moved["warning_high"], moved["extreme_high"], moved["asleep_critical_low"]) == (111, 180, 35)


def test_with_it_nobody_is_called_for_less_when_no_steps_are_known() -> None:
    ward = Ward(table().with_overrides({}, {"W-017": {"heart_rate": {"critical_high": 150, **HIS_OWN}}}))

    ward.takes(*stream("heart_rate", [145] * 300, every_s=5))

    assert ward.told == []


def test_a_stricter_override_makes_the_other_situations_stricter_by_as_much() -> None:
    moved = numbers("heart_rate", critical_high=125)

    assert (moved["unknown_warning_high"], moved["unknown_critical_high"], moved["moving_advisory_high"]) == (125, 144, 125)
    assert moved["unknown_advisory_high"] == 116


def test_what_is_said_of_a_situation_itself_stands() -> None:
    moved = numbers("heart_rate", critical_high=160, unknown_critical_high=170)

    assert moved["unknown_critical_high"] == 170


def test_an_override_of_critical_low_binds_the_nights_rows() -> None:
    assert numbers("heart_rate", critical_low=36)["asleep_warning_low"] == 36
    assert numbers("heart_rate", critical_low=45)["asleep_warning_low"] == 45
    assert numbers("heart_rate", critical_low=45)["asleep_critical_low"] == 40


def test_scale_2_of_news2_can_be_set_for_a_wearer_also_for_the_night() -> None:
    scale_2 = {"critical_low": 83, "warning_low": 85, "advisory_low": 87, **HIS_OWN}
    ward = Ward(table().with_overrides({}, {"W-017": {"oxygen_saturation": scale_2}}))
    night_s = 15 * HOUR_S

    ward.takes(*stream("oxygen_saturation", [88] * 120))
    ward.takes(
        *together(steps(0, night_s, night_s + 3 * HOUR_S), stream("oxygen_saturation", [88] * 120, 60, night_s + HOUR_S))
    )

    assert ward.priorities == []


def test_the_day_of_the_next_review_is_known() -> None:
    wearers = {
        "W-017": {"heart_rate": {"critical_high": 150, **HIS_OWN, "review_by": "2027-05-24"}},
        "W-018": {"heart_rate": {"critical_high": 150, **HIS_OWN, "review_by": date(2027, 6, 1)}},
        "W-019": {"heart_rate": {"critical_high": 150, **HIS_OWN}},
    }

    reviews = table().with_overrides({}, wearers).reviews

    assert reviews == {"W-017/heart_rate": date(2027, 5, 24), "W-018/heart_rate": date(2027, 6, 1)}


@pytest.mark.parametrize("day", ["soon", "", 7, "2027-13-01"])
@pytest.mark.parametrize("remark", ["date", "review_by"])
def test_a_date_that_is_none_is_told(remark: str, day: object) -> None:
    (problem,) = table().problems({}, {"W-017": {"heart_rate": {"critical_high": 150, **HIS_OWN, remark: day}}})

    assert (problem.path[-1], what(problem.code, problem.facts, "en")) == (remark, "must be a day, such as 2027-01-31")


@pytest.mark.parametrize(
    ("settings", "path", "words"),
    [
        pytest.param(
            {"heart_rate": {"critical_high": 600}},
            ("rules", "heart_rate", "critical_high"),
            "600 is outside the rails; 110 to 180 /min is allowed (default 131)",
            id="outside the rails",
        ),
        pytest.param(
            {"heart_rate": {"critical_high": float("nan")}},
            ("rules", "heart_rate", "critical_high"),
            "nan is outside the rails; 110 to 180 /min is allowed (default 131)",
            id="not a number",
        ),
        pytest.param(
            {"heart_rate": {"critical_high": "131"}},
            ("rules", "heart_rate", "critical_high"),
            "must be a number in /min, such as 131",
            id="a text",
        ),
        pytest.param(
            {"heart_rate": {"critical_high": True}},
            ("rules", "heart_rate", "critical_high"),
            "must be a number in /min, such as 131",
            id="a truth",
        ),
        pytest.param(
            {"heart_rat": {"critical_high": 131}},
            ("rules", "heart_rat"),
            "there are no limits for this kind of reading; did you mean heart_rate?",
            id="a misspelt kind",
        ),
        pytest.param(
            {"heart_rate": {"critical_hihg": 131}},
            ("rules", "heart_rate", "critical_hihg"),
            "there is no such limit; did you mean critical_high?",
            id="a misspelt limit",
        ),
        pytest.param(
            {"sos": {"level": "advisory"}},
            ("rules", "sos"),
            "there are no limits for this kind of reading; "
            "there are heart_rate, blood_pressure, body_temperature, oxygen_saturation, respiratory_rate",
            id="an SOS that somebody wants to weaken",
        ),
        pytest.param(
            {"heart_rate": 131},
            ("rules", "heart_rate"),
            "must be a section with limits, such as critical_high = 131",
            id="no section",
        ),
        pytest.param(
            {"heart_rate": {"critical_high": 111}},
            ("rules", "heart_rate", "critical_high"),
            "critical_high = 111 must be above warning_high = 111",
            id="out of order",
        ),
        pytest.param(
            {"heart_rate": {"warning_high": 128}},
            ("rules", "heart_rate", "warning_high"),
            "critical_high = 131 must be above warning_high = 128, by 5 /min at least: "
            "an alert ends only so far inside its limit",
            id="too near to the next limit",
        ),
        pytest.param(
            {"oxygen_saturation": {"critical_low": 91}},
            ("rules", "oxygen_saturation", "critical_low"),
            "critical_low = 91 must be below warning_low = 91",
            id="out of order on the low side",
        ),
    ],
)
def test_an_override_that_cannot_be_is_told_with_its_key_and_what_would_be_right(
    settings: dict[str, object], path: tuple[str, ...], words: str
) -> None:
    (problem,) = table().problems(settings, {})

    assert (problem.path, what(problem.code, problem.facts, "en")) == (path, words)


@pytest.mark.parametrize("missing", ["reason", "by"])
@pytest.mark.parametrize("instead", [None, "", "  ", 7])
def test_other_limits_for_one_wearer_need_a_reason_and_somebody_who_decided(missing: str, instead: object) -> None:
    settings = {"critical_high": 150, **HIS_OWN, missing: instead}
    if instead is None:
        del settings[missing]

    problems = table().problems({}, {"W-017": {"heart_rate": settings}})

    assert [problem.path for problem in problems] == [("wearer", "W-017", "heart_rate", missing)]
    assert [problem.code for problem in problems] == [f"limit_no_{missing}"]


def test_a_wearers_limits_are_checked_together_with_those_for_everybody() -> None:
    rules = {"heart_rate": {"critical_high": 150, "warning_high": 140}}

    problems = table().problems(rules, {"W-017": {"heart_rate": {"critical_high": 135, **HIS_OWN}}})

    assert [problem.path for problem in problems] == [("wearer", "W-017", "heart_rate", "critical_high")]


def test_a_mistake_for_everybody_is_not_told_again_for_each_wearer() -> None:
    rules = {"heart_rate": {"warning_high": 130}}

    problems = table().problems(rules, {"W-017": {"heart_rate": {"critical_low": 35, **HIS_OWN}}})

    assert [problem.path for problem in problems] == [("rules", "heart_rate", "warning_high")]


def test_a_date_and_a_date_of_review_may_be_given() -> None:
    remarks = {**HIS_OWN, "date": "2026-11-24", "review_by": "2027-05-24"}

    problems = table().problems({}, {"W-017": {"heart_rate": {"critical_high": 150, **remarks}}})

    assert problems == []


def test_a_wearer_without_sections_is_told() -> None:
    problems = table().problems({}, {"W-017": 150})

    assert problems == [(("wearer", "W-017"), "limit_wearer_no_section", {"wearer": "W-017"})]


def test_every_problem_is_told_at_once() -> None:
    problems = table().problems(
        {"heart_rate": {"critical_high": 600, "nonsense": 1}}, {"W-017": {"oxygen_saturation": {"critical_low": 10}}}
    )

    assert len(problems) == 5


def test_a_table_with_faulty_overrides_is_not_made() -> None:
    with pytest.raises(ConfigError, match=r"rules\.heart_rate\.critical_high: limit_outside_rails, value 600"):
        table().with_overrides({"heart_rate": {"critical_high": 600}}, {})
