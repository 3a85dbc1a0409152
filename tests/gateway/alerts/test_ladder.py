"""The ladder: nobody who calls for help is forgotten, whatever people, the platform and the clocks do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.alert import PAST_EVENT, Alert, Finding, Priority, Receipt, RuleRef
from gateway.alerts import ladder, lifecycle
from gateway.alerts.ladder import Duty, Steps
from gateway.alerts.lifecycle import Action
from gateway.commands import Rejected
from gateway.moment import Moment
from gateway.readings import Reading
from tests.thorough import times

NOW_MS = 1_795_500_000_000
START = Moment(NOW_MS, 1000.0, "boot-one")
DUTY = Duty()
FOR_WARNINGS = Duty(second_path_for="warning")


def at(seconds: float, began: Moment = START) -> Moment:
    return Moment(began.wall_ms + round(seconds * 1000), began.monotonic_s + seconds, began.boot)


def a_finding(
    priority: Priority = "critical",
    kind: Any = "sos",
    rule: str = "SOS",
    limit: float | None = None,
    table: str = "1",
    **others: Any,
) -> Finding:
    return Finding(
        kind=kind,
        priority=priority,
        at_ms=NOW_MS,
        rule=RuleRef(id=rule, table=table, limit=limit),
        wearer="W-017",
        device="C0:FF:EE:00:00:01",
        **others,
    )


def raised(finding: Finding | None = None, duty: Duty = DUTY) -> Alert:
    finding = finding or a_finding()
    return ladder.found(None, lifecycle.open_alert(1, finding, NOW_MS), finding, duty, START)


def finds(alert: Alert, finding: Finding, now: Moment, duty: Duty = DUTY) -> Alert:
    return ladder.found(alert, lifecycle.step(alert, finding)[0], finding, duty, now)


def does(alert: Alert, verb: str, now: Moment) -> Alert:
    after, _ = lifecycle.step(alert, Action(verb=verb, actor="Li"))
    return ladder.answered(after, verb, now)


def ticks(alert: Alert, now: Moment, duty: Duty = DUTY) -> Alert:
    level = ladder.level_due(alert, duty, now)
    return ladder.escalated(alert, level) if level > alert.level else alert


def levels(alert: Alert, *seconds: float, duty: Duty = DUTY) -> list[int]:
    return [ladder.level_due(alert, duty, at(after_s)) for after_s in seconds]


def paths(alert: Alert, *seconds: float, duty: Duty = DUTY) -> list[bool]:
    return [ladder.second_path_open(alert, duty, at(after_s)) for after_s in seconds]


# --- nobody answers ---------------------------------------------------------------------------------------------------


def test_nobody_answers() -> None:
    alert = raised()

    assert levels(alert, 0, 59.9, 60, 179.9, 180, 479.9, 480, 780, 180 + 300 * 100) == [0, 0, 1, 1, 2, 2, 3, 4, 102]
    assert paths(alert, 0, 29.9, 30, 1e6) == [False, False, True, True]


def test_its_numbers_are_the_technicians() -> None:
    duty = Duty(receipt_s=10, person_s=15, again_s=30, repeat_s=60)

    assert levels(raised(), 14, 15, 30, 89, 90, duty=duty) == [0, 1, 2, 2, 3]
    assert paths(raised(), 9, 10, duty=duty) == [False, True]


def test_of_steps_slept_through_only_the_last_is_told_and_the_next_is_on_time() -> None:
    alert = ticks(raised(), at(500))

    assert alert.level == 3
    assert ladder.next_s(alert, DUTY, at(500)) == pytest.approx(280)
    assert levels(alert, 500, 779, 780) == [3, 3, 4]


def test_the_next_step_is_known_beforehand() -> None:
    alert = raised()

    assert ladder.next_s(alert, DUTY, at(0)) == 30
    assert ladder.next_s(alert, DUTY, at(30)) == 30
    assert ladder.next_s(alert, DUTY, at(60)) == 0
    assert ladder.next_s(ticks(alert, at(60)), DUTY, at(60)) == pytest.approx(120)


# --- the platform's word ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "open_at_s"),
    [
        pytest.param("ok", [False, False, False, True], id="ok"),
        pytest.param("rejected", [True, True, True, True], id="rejected"),
        pytest.param("none", [False, False, True, True], id="no word"),
    ],
)
def test_what_a_receipt_means_for_the_second_path(word: Receipt, open_at_s: list[bool]) -> None:
    alert = raised()

    alert = ladder.received(alert, alert, word)

    assert paths(alert, 0, 29, 30, 60) == open_at_s


def test_from_the_first_level_on_no_receipt_keeps_the_second_path_shut() -> None:
    alert = ticks(raised(), at(60))

    assert paths(ladder.received(alert, alert, "ok"), 61, 1000) == [True, True]


def test_a_receipt_of_what_was_less_urgent_says_nothing_about_what_became_critical() -> None:
    warning = raised(a_finding("warning", "heart_rate", "HR-ABS"))
    critical = finds(warning, a_finding("critical", "heart_rate", "HR-ABS"), at(1000))

    assert ladder.received(critical, warning, "ok") == critical
    assert paths(ladder.received(critical, critical, "ok"), 1031) == [False]
    assert paths(critical, 1031) == [True]


# --- people -----------------------------------------------------------------------------------------------------------


def test_acknowledged_but_nobody_is_sent() -> None:
    alert = does(ticks(raised(), at(60)), "acknowledge", at(70))

    assert levels(alert, 70, 249, 250, 549, 550, 850) == [1, 1, 2, 2, 3, 4]
    assert paths(alert, 70, 249, 250) == [False, False, True]


def test_another_person_who_acknowledges_gives_it_more_time() -> None:
    alert = ticks(does(raised(), "acknowledge", at(10)), at(190))
    assert alert.level == 1

    alert = does(alert, "acknowledge", at(200))

    assert paths(alert, 201, 379) == [False, False]
    assert levels(alert, 379, 380) == [1, 2]


@pytest.mark.parametrize("verb", ["dispatch", "on_scene", "resolve", "cancel"])
def test_when_somebody_is_on_the_way_or_it_is_closed_the_ladder_is_over(verb: str) -> None:
    alert = does(ticks(raised(), at(200)), verb, at(210))

    assert levels(alert, 210, 1e7) == [2, 2]
    assert paths(alert, 210, 1e7) == [False, False]
    assert ladder.next_s(alert, DUTY, at(1e7)) is None


@pytest.mark.parametrize("verb", ["acknowledge", "dispatch", "on_scene"])
@pytest.mark.parametrize(
    "worse",
    [
        pytest.param(a_finding("critical", "heart_rate", "HR-ABS"), id="more urgent"),
        pytest.param(a_finding("warning", "heart_rate", "HR-EXTR", 180), id="a limit further out"),
        pytest.param(a_finding("warning", "heart_rate", "HR-ABS", 40), id="a limit of the other side"),
    ],
)
def test_what_becomes_worse_after_the_answer_begins_anew_with_the_next_level(verb: str, worse: Finding) -> None:
    alert = raised(a_finding("warning", "heart_rate", "HR-ABS", 111), FOR_WARNINGS)
    alert = does(ticks(alert, at(60), FOR_WARNINGS), verb, at(70))

    alert = finds(alert, worse, at(1000), FOR_WARNINGS)

    assert levels(alert, 1000, 1059, 1060, 1180, duty=FOR_WARNINGS) == [1, 1, 2, 3]
    assert paths(alert, 1029, 1030, duty=FOR_WARNINGS) == [False, True]


@pytest.mark.parametrize("verb", ["acknowledge", "dispatch", "on_scene"])
def test_a_further_press_after_the_answer_begins_anew(verb: str) -> None:
    alert = finds(does(raised(), verb, at(10)), a_finding(), at(1000))

    assert levels(alert, 1059, 1060, 1180) == [0, 1, 2]


def test_a_person_who_answers_again_ends_the_ladder_that_began_anew_after_a_dispatch() -> None:
    alert = finds(does(raised(), "dispatch", at(10)), a_finding(), at(1000))

    acknowledged = does(alert, "acknowledge", at(1010))

    assert acknowledged.workflow == "dispatched"
    assert levels(acknowledged, 1189, 1190) == [0, 1]
    assert ladder.next_s(does(acknowledged, "dispatch", at(1020)), DUTY, at(1e7)) is None


def test_a_further_press_that_nobody_answered_asks_once_more_and_changes_no_step() -> None:
    alert = raised()

    again = finds(alert, a_finding(), at(50))

    assert again.ladder
    assert again.ladder.rounds == 1
    assert levels(again, 59, 60) == levels(alert, 59, 60) == [0, 1]


def test_the_same_limit_again_after_the_answer_begins_nothing() -> None:
    alert = does(raised(a_finding("critical", "heart_rate", "HR-ABS", 131)), "dispatch", at(10))

    again = finds(alert, a_finding("critical", "heart_rate", "HR-ABS", 131, table="2"), at(1000))

    assert ladder.next_s(again, DUTY, at(1e7)) is None


def measured(limit: float, value: float, at_ms: int) -> Finding:
    reading = Reading(
        wearer="W-017",
        device="C0:FF:EE:00:00:01",
        driver="ble-heart-rate",
        kind="heart_rate",
        value=value,
        at_ms=at_ms,
        received_ms=at_ms,
        clock="synced",
    )
    return a_finding("critical", "heart_rate", f"HR-{limit:g}", limit, readings=(reading,))


@pytest.mark.parametrize(
    ("first", "then", "anew"),
    [
        pytest.param((131, 140), (180, 185), True, id="further out above"),
        pytest.param((180, 185), (131, 140), False, id="less far out above"),
        pytest.param((40, 38), (30, 28), True, id="further out below"),
        pytest.param((30, 28), (40, 38), False, id="less far out below"),
        pytest.param((131, 140), (40, 38), True, id="of the other side"),
        pytest.param((40, 38), (131, 140), True, id="of the other side, upwards"),
    ],
)
@pytest.mark.parametrize("verb", ["acknowledge", "dispatch"])
def test_after_an_answer_only_a_limit_further_out_or_of_the_other_side_begins_anew(
    verb: str, first: tuple[float, float], then: tuple[float, float], anew: bool
) -> None:
    alert = does(raised(measured(*first, NOW_MS)), verb, at(10))

    again = finds(alert, measured(*then, NOW_MS + 60_000), at(60))

    assert again.ladder
    assert again.ladder.answered is not anew
    assert (again.ladder.run == 2) is anew


# --- which alerts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "finding",
    [
        pytest.param(a_finding("critical", "technical"), id="about the gateway itself"),
        pytest.param(a_finding("critical", test=True), id="a test"),
        pytest.param(a_finding("warning", "heart_rate", detail=PAST_EVENT), id="found in what came late"),
        pytest.param(a_finding("advisory", "battery"), id="an advisory"),
    ],
)
@pytest.mark.parametrize("duty", [DUTY, FOR_WARNINGS], ids=["for critical", "for warnings"])
def test_who_is_never_on_the_ladder(finding: Finding, duty: Duty) -> None:
    alert = raised(finding, duty)

    assert levels(alert, 60, 1e7, duty=duty) == [0, 0]
    assert paths(alert, 60, 1e7, duty=duty) == [False, False]
    assert ladder.next_s(alert, duty, at(0)) is None


def test_a_warning_that_nobody_acknowledges_is_told_once_more_after_half_an_hour() -> None:
    alert = raised(a_finding("warning", "heart_rate"))

    assert levels(alert, 60, 1799, 1800, 1e7) == [0, 0, 1, 1]
    assert paths(alert, 1e7) == [False]
    assert ladder.next_s(alert, DUTY, at(0)) == 1800
    assert ladder.next_s(ticks(alert, at(1800)), DUTY, at(1800)) is None
    assert levels(does(alert, "acknowledge", at(1700)), 1e7) == [0]


def test_a_warning_of_the_second_path_is_on_the_ladder_like_a_critical_alert() -> None:
    alert = raised(a_finding("warning", "heart_rate"), FOR_WARNINGS)

    assert levels(alert, 59, 60, 180, duty=FOR_WARNINGS) == [0, 1, 2]
    assert paths(alert, 30, duty=FOR_WARNINGS) == [True]


def test_what_becomes_critical_counts_from_then_and_what_was_on_the_ladder_goes_on() -> None:
    critical = a_finding("critical", "heart_rate")

    begins = finds(raised(a_finding("warning", "heart_rate")), critical, at(100))
    goes_on = finds(raised(a_finding("warning", "heart_rate"), FOR_WARNINGS), critical, at(100), FOR_WARNINGS)

    assert levels(begins, 159, 160) == [0, 1]
    assert levels(goes_on, 59, 60, 179, 180, duty=FOR_WARNINGS) == [0, 1, 1, 2]


# --- the clocks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step_s", [-1e8, -3600, 3600, 1e8])
def test_a_wall_clock_that_steps_moves_nothing_within_a_boot(step_s: float) -> None:
    now = at(60)

    stepped = Moment(now.wall_ms + int(step_s * 1000), now.monotonic_s, now.boot)

    assert ladder.level_due(raised(), DUTY, stepped) == 1


def test_over_a_restart_of_the_machine_the_wall_clock_counts() -> None:
    later = Moment(NOW_MS + 60_000, 5.0, "boot-two")

    alert = ladder.carried_over(raised(), DUTY, later)

    assert ladder.level_due(alert, DUTY, later) == 1
    assert ladder.level_due(alert, DUTY, at(119, later)) == 1
    assert ladder.level_due(alert, DUTY, at(120, later)) == 2


def test_a_wall_clock_that_fell_back_over_a_restart_makes_no_step_come_later_than_from_the_last_one() -> None:
    told = ticks(raised(), at(60))
    earlier = Moment(0, 5.0, "boot-two")

    alert = ladder.carried_over(told, DUTY, earlier)

    assert ladder.level_due(alert, DUTY, at(119, earlier)) == 1
    assert ladder.level_due(alert, DUTY, at(120, earlier)) == 2


def test_a_second_restart_in_the_same_boot_changes_nothing() -> None:
    booted = Moment(NOW_MS + 60_000, 5.0004, "boot-two")
    alert = ladder.carried_over(does(raised(), "acknowledge", at(10)), DUTY, booted)

    again = ladder.carried_over(alert, DUTY, at(118.6047, booted))

    assert again == alert


def test_who_acknowledged_before_a_restart_has_as_long_as_before() -> None:
    earlier = Moment(0, 5.0, "boot-two")

    alert = ladder.carried_over(does(raised(), "acknowledge", at(10)), DUTY, earlier)

    assert alert.ladder
    assert alert.ladder.acknowledged == earlier
    assert ladder.level_due(alert, DUTY, at(179, earlier)) == 0
    assert ladder.level_due(alert, DUTY, at(180, earlier)) == 1


@given(st.integers(1, 50), st.floats(0, 1e6))
def test_a_step_is_due_exactly_when_it_says(step: int, every_s: float) -> None:
    steps = Steps(60, 180, every_s + 1)

    assert steps.due(steps.due_s(step) + 1e-6) >= step
    assert steps.due(steps.due_s(step) - 1e-3) < step


# --- whatever happens -------------------------------------------------------------------------------------------------

duties = st.sampled_from([DUTY, FOR_WARNINGS, Duty(receipt_s=60, person_s=60), Duty(person_s=600, again_s=601, repeat_s=30)])
passes = st.floats(0, 2_000)
deeds = st.one_of(
    st.tuples(st.just("find"), st.sampled_from([a_finding(), a_finding(rule="SOS-2"), a_finding("warning")])),
    st.tuples(st.just("do"), st.sampled_from(["acknowledge", "dispatch", "on_scene", "resolve", "cancel"])),
    st.tuples(st.just("receive"), st.sampled_from(["ok", "rejected"])),
    st.tuples(st.just("restart"), st.floats(-1e6, 1e6)),
    st.tuples(st.just("tick"), st.none()),
)
stories = st.lists(st.tuples(passes, deeds), max_size=12)


class Story:
    """What becomes of a critical alert, and the clocks meanwhile."""

    def __init__(self, duty: Duty) -> None:
        self.alert, self.now, self.duty = raised(duty=duty), START, duty

    def goes_on(self, passed_s: float, deed: str, what: Any) -> None:
        self.now = at(passed_s, self.now)
        match deed:
            case "find":
                self.alert = finds(self.alert, what, self.now, self.duty)
            case "receive":
                self.alert = ladder.received(self.alert, self.alert, what)
            case "tick":
                self.alert = ticks(self.alert, self.now, self.duty)
            case "restart":
                self.now = Moment(self.now.wall_ms + int(what * 1000), 5.0, self.now.boot + "+")
                self.alert = ladder.carried_over(self.alert, self.duty, self.now)
            case "do":
                try:
                    self.alert = does(self.alert, what, self.now)
                except Rejected:
                    assert not self.alert.open

    @property
    def taken_care_of(self) -> bool:
        return not self.alert.open or (self.alert.ladder is not None and self.alert.ladder.dispatched)


@given(duties, stories)
@settings(max_examples=times(133, 400), deadline=None)
def test_an_open_critical_alert_to_which_nobody_was_sent_always_has_a_next_step(duty: Duty, story: list[Any]) -> None:
    told = Story(duty)
    for passed_s, (deed, what) in story:
        told.goes_on(passed_s, deed, what)

        next_s = ladder.next_s(told.alert, duty, told.now)
        assert told.taken_care_of == (next_s is None)
        if next_s is not None:
            assert next_s <= max(duty.again_s, duty.person_s, duty.repeat_s) + 1e-3
            then = at(next_s + 1e-3, told.now)
            level_rises = ladder.level_due(told.alert, duty, then) > told.alert.level
            path_opens = not ladder.second_path_open(told.alert, duty, told.now) and ladder.second_path_open(
                told.alert, duty, then
            )
            assert level_rises or path_opens, "the next step is none"


@given(duties, stories)
@settings(max_examples=times(133, 400), deadline=None)
def test_levels_never_fall_and_nothing_is_told_of_what_is_taken_care_of(duty: Duty, story: list[Any]) -> None:
    told = Story(duty)
    for passed_s, (deed, what) in story:
        before = told.alert.level
        told.goes_on(passed_s, deed, what)

        assert told.alert.level >= before
        if told.taken_care_of:
            assert ladder.level_due(told.alert, duty, at(1e6, told.now)) == told.alert.level
            assert not ladder.second_path_open(told.alert, duty, at(1e6, told.now))


@given(duties, stories)
@settings(max_examples=times(66, 200), deadline=None)
def test_without_a_person_the_level_rises_for_ever(duty: Duty, story: list[Any]) -> None:
    told = Story(duty)
    for passed_s, (deed, what) in story:
        if deed != "do":
            told.goes_on(passed_s, deed, what)

    begun = told.alert.level
    for _ in range(5):
        told.goes_on(duty.again_s + duty.person_s + duty.repeat_s, "tick", None)

    assert told.alert.level >= begun + 5
