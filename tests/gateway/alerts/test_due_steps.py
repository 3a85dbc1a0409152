"""What is due next is worked out once for each state of an alert, and anew for another duty, another shift, another clock."""

from __future__ import annotations

from functools import partial
from math import inf

import pytest
from msgspec.structs import replace

from gateway.alert import Alert, Finding, RuleRef
from gateway.alerts import ladder, lifecycle
from gateway.alerts.due_steps import DueSteps
from gateway.alerts.ladder import Duty
from gateway.moment import Moment
from tests.steps import steps

NOW = Moment(1_795_500_000_000, 1_000.0, "boot-one")
DUTY = Duty(receipt_s=30, person_s=60)
STEPS_AN_ALERT = 12  # of one that is as it was


def call(number: int) -> Alert:
    finding = Finding(kind="sos", priority="critical", at_ms=NOW.wall_ms, rule=RuleRef("SOS", "1"), wearer=f"W-{number}")
    return ladder.found(None, lifecycle.open_alert(number, finding, NOW.wall_ms), finding, DUTY, NOW)


def later(seconds: float, *, wall_set_s: float = 0) -> Moment:
    return Moment(NOW.wall_ms + round((seconds + wall_set_s) * 1000), NOW.monotonic_s + seconds, NOW.boot)


@pytest.fixture
def due() -> DueSteps:
    return DueSteps()


def test_a_change_of_one_alert_costs_little_for_each_of_the_others(due: DueSteps) -> None:
    alerts = [call(number) for number in range(200)]
    due.look(alerts, DUTY, ("wang",), NOW)
    alerts[7] = replace(alerts[7], level=1)
    _, taken = steps(partial(due.look, alerts, DUTY, ("wang",), later(1)))

    assert taken <= 200 * STEPS_AN_ALERT


def test_a_step_is_due_when_its_time_has_come_however_long_ago_it_was_worked_out(due: DueSteps) -> None:
    alerts = [call(1)]
    for seconds in (0, 10, 29):
        due.look(alerts, DUTY, (), later(seconds))

        assert due.first_s == due.due_s(alerts[0]) == NOW.monotonic_s + 30


def test_a_step_that_nobody_is_there_to_take_makes_room_for_the_one_after_it(due: DueSteps) -> None:
    alert = call(1)
    due.look([alert], DUTY, (), NOW)
    due.look([alert], DUTY, (), later(30))  # the second path opens, and nobody is on duty

    assert due.first_s == later(60).monotonic_s


def test_another_state_of_an_alert_is_worked_out_anew(due: DueSteps) -> None:
    before = call(1)
    assert before.ladder is not None
    due.look([before], DUTY, (), NOW)
    after = replace(before, ladder=replace(before.ladder, dispatched=True))

    assert due.due_s(after) == -inf  # nobody has looked at it
    due.look([after], DUTY, (), NOW)
    assert due.first_s == inf


def test_another_duty_counts_at_once(due: DueSteps) -> None:
    due.look([alert := call(1)], DUTY, (), NOW)
    due.look([alert], Duty(receipt_s=10, person_s=15), (), NOW)

    assert due.first_s == NOW.monotonic_s + 10


def test_who_comes_on_duty_is_asked_at_once(due: DueSteps) -> None:
    alert = call(1)
    due.look([alert], DUTY, (), later(40))
    before_s = due.first_s
    due.look([alert], DUTY, ("wang",), later(40))

    assert (before_s, due.first_s) == (later(60).monotonic_s, later(40).monotonic_s)


def test_what_is_counted_from_an_earlier_boot_follows_the_wall_clock(due: DueSteps) -> None:
    alert = call(1)
    assert alert.ladder is not None
    alert = replace(alert, ladder=replace(alert.ladder, since=replace(NOW, boot="boot-zero")))
    due.look([alert], DUTY, (), NOW)
    due.look([alert], DUTY, (), later(0, wall_set_s=25))

    assert due.first_s == NOW.monotonic_s + 5
