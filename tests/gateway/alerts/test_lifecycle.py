"""The promises of an alert's life: nothing closes a critical one but a person, nothing goes back, nothing is told twice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from drivers.measurement import Position, Value
from gateway.alert import (
    CLOSED,
    COULD_NOT_CONFIRM,
    NOT_CONFIRMED,
    PAST_EVENT,
    PRIORITIES,
    Alert,
    Clearing,
    Finding,
    LastPosition,
    Priority,
    RuleRef,
)
from gateway.alerts.lifecycle import (
    READINGS_KEPT,
    WORKFLOW,
    Action,
    Happening,
    Received,
    Sent,
    find,
    open_alert,
    step,
)
from gateway.alerts.technical import technical
from gateway.commands import Rejected
from gateway.readings import Reading
from tests.thorough import times

NOW_MS = 1_795_400_000_000


def a_reading(value: Value = 140, at_ms: int = NOW_MS) -> Reading:
    return Reading(
        wearer="W-017",
        device="C0:FF:EE:00:00:01",
        driver="ble-heart-rate",
        kind="heart_rate",
        value=value,
        at_ms=at_ms,
        received_ms=at_ms,
        clock="synced",
    )


def a_finding(**others: Any) -> Finding:
    told: dict[str, Any] = {
        "kind": "heart_rate",
        "priority": "warning",
        "at_ms": NOW_MS,
        "rule": RuleRef(id="HR-ABS", table="1", limit=111),
        "wearer": "W-017",
        "room": "3-201",
        "device": "C0:FF:EE:00:00:01",
        "readings": (a_reading(),),
    }
    return Finding(**{**told, **others})


def an_sos(**others: Any) -> Finding:
    return a_finding(kind="sos", priority="critical", rule=RuleRef(id="SOS", table="1"), **others)


def a_clearing(**others: Any) -> Clearing:
    return Clearing(**{"kind": "heart_rate", "at_ms": NOW_MS + 1, "wearer": "W-017", **others})


def act(verb: str, actor: str = "Li", **words: Any) -> Action:
    return Action(verb=verb, actor=actor, **words)


def an_alert(finding: Finding | None = None, *happened: Happening) -> Alert:
    alert = open_alert(1, finding or a_finding(), NOW_MS)
    for one in happened:
        alert, _ = step(alert, one)
    return alert


# --- a new alert ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("finding", [a_finding(), an_sos(), a_finding(kind="fall", priority="critical")])
def test_a_new_alert_is_active_at_once(finding: Finding) -> None:
    alert = open_alert(7, finding, NOW_MS + 5)

    assert (alert.number, alert.condition, alert.workflow, alert.raised_ms) == (7, "active", "raised", NOW_MS + 5)
    assert (alert.kind, alert.priority, alert.wearer, alert.room) == (finding.kind, finding.priority, "W-017", "3-201")
    assert alert.readings == finding.readings
    assert alert.open


# --- which alert a finding belongs to -------------------------------------------------------------------------------


def test_what_is_watched_of_each_band_of_a_wearer_is_an_alert_of_its_own() -> None:
    silent = {"kind": "silent", "readings": ()}
    watch = open_alert(1, a_finding(**silent, device="C0:FF:EE:00:00:01"), NOW_MS)

    assert find([watch], a_finding(**silent, device="C0:FF:EE:00:00:02")) is None
    assert find([watch], Clearing(kind="silent", at_ms=NOW_MS, wearer="W-017", device="C0:FF:EE:00:00:01")) is watch


def test_a_finding_belongs_to_the_open_alert_of_its_kind_and_wearer() -> None:
    alert = an_alert()

    assert find([alert], a_finding(device="C0:FF:EE:00:00:02")) is alert
    assert find([alert], a_finding(wearer="W-018")) is None
    assert find([alert], an_sos()) is None


def test_a_finding_does_not_wake_a_closed_alert() -> None:
    resolved = an_alert(a_finding(), act("resolve", "Li"))
    cleared = an_alert(a_finding(), a_clearing())

    assert find([resolved, cleared], a_finding()) is None


def test_a_critical_alert_whose_cause_is_gone_is_still_the_one() -> None:
    alert = an_alert(a_finding(priority="critical"), a_clearing())

    assert find([alert], a_finding()) is alert


def test_a_test_never_meets_a_real_alert() -> None:
    real, test = an_alert(an_sos()), an_alert(an_sos(test=True))

    assert find([real], an_sos(test=True)) is None
    assert find([test], an_sos()) is None
    assert find([test, real], an_sos()) is real
    assert find([an_alert(a_finding(test=True))], a_clearing()) is None


def test_a_technical_finding_belongs_to_the_alert_of_its_device_and_fault() -> None:
    port = a_finding(kind="technical", wearer="", device="hall-hub", detail="port_lost")
    alert = an_alert(port)

    assert find([alert], port) is alert
    assert find([alert], replace(port, device="other-hub")) is None
    assert find([alert], replace(port, detail="disk")) is None
    assert find([alert], a_clearing(kind="technical", wearer="", device="hall-hub", detail="port_lost")) is alert


# --- another finding ------------------------------------------------------------------------------------------------


def test_a_second_press_is_told_and_adds_its_reading() -> None:
    alert = an_alert(an_sos())

    after, event = step(alert, an_sos(readings=(a_reading("sos", NOW_MS + 900),)))

    assert event == "updated"
    assert len(after.readings) == 2


def test_even_a_press_that_looks_the_same_is_told() -> None:
    alert = an_alert(an_sos())

    after, event = step(alert, an_sos())

    assert (after, event) == (alert, "updated")


def test_the_same_finding_of_a_rule_is_not_told_again() -> None:
    alert = an_alert()

    assert step(alert, a_finding()) == (alert, None)


def test_what_is_more_urgent_escalates_the_same_alert_with_its_rule() -> None:
    more = a_finding(priority="critical", rule=RuleRef(id="HR-ABS", table="1", limit=131))

    after, event = step(an_alert(), more)

    assert event == "escalated"
    assert (after.priority, after.rule.limit, after.at_ms) == ("critical", 131, NOW_MS)


def test_the_rule_is_that_of_the_last_finding_of_now() -> None:
    alert = an_alert(a_finding(rule=RuleRef(id="HR-HIGH", table="1")))

    other_side, _ = step(alert, a_finding(rule=RuleRef(id="HR-LOW", table="1")))
    past, _ = step(other_side, a_finding(detail=PAST_EVENT, rule=RuleRef(id="HR-HIGH", table="1")))

    assert [one.rule.id for one in (other_side, past)] == ["HR-LOW"] * 2


def test_what_is_less_urgent_is_told_and_lowers_nothing() -> None:
    alert = an_alert(a_finding(priority="critical", rule=RuleRef(id="HR-REST", table="1", limit=131)))

    after, event = step(alert, a_finding(readings=(a_reading(35, NOW_MS + 1),), rule=RuleRef(id="HR-LOW", table="1", limit=40)))

    assert event == "updated"
    assert (after.priority, after.rule.limit) == ("critical", 40)


def test_a_confirmation_that_makes_it_more_urgent_escalates_the_same_alert() -> None:
    alert = an_alert(a_finding(unconfirmed=True))

    after, event = step(alert, a_finding(priority="critical"))

    assert event == "escalated"
    assert (after.priority, after.unconfirmed) == ("critical", False)


def test_a_confirmation_of_what_is_as_urgent_is_an_update() -> None:
    after, event = step(an_alert(a_finding(unconfirmed=True)), a_finding())

    assert (event, after.unconfirmed) == ("updated", False)


def test_a_first_measurement_farther_out_is_in_doubt_whatever_stood() -> None:
    doubtful = a_finding(unconfirmed=True, rule=RuleRef(id="SBP-EXTR", table="1", limit=220))

    after, event = step(an_alert(), doubtful)

    assert (event, after.unconfirmed, after.rule.limit) == ("updated", True, 220)


def test_what_came_late_puts_nothing_in_doubt() -> None:
    after, _ = step(an_alert(), a_finding(unconfirmed=True, detail=PAST_EVENT))

    assert not after.unconfirmed


def test_what_could_not_be_confirmed_beyond_an_extreme_limit_escalates_and_stays_unconfirmed() -> None:
    alone = a_finding(priority="critical", unconfirmed=True, detail=COULD_NOT_CONFIRM)

    after, event = step(an_alert(a_finding(unconfirmed=True)), alone)

    assert (event, after.priority, after.unconfirmed, after.detail) == ("escalated", "critical", True, COULD_NOT_CONFIRM)


def test_that_it_could_not_be_confirmed_is_told_once() -> None:
    alert = an_alert(a_finding(unconfirmed=True))
    finding = a_finding(unconfirmed=True, detail=COULD_NOT_CONFIRM)

    after, event = step(alert, finding)

    assert (after.detail, after.priority, event) == (COULD_NOT_CONFIRM, "warning", "updated")
    assert step(after, finding) == (after, None)


def test_a_past_event_does_not_make_an_alert_of_now_one_of_the_past() -> None:
    after, _ = step(an_alert(), a_finding(detail=PAST_EVENT, readings=(a_reading(150, NOW_MS - 9_000_000),)))

    assert after.detail == ""


def test_an_alert_of_the_past_becomes_one_of_now() -> None:
    after, _ = step(an_alert(a_finding(detail=PAST_EVENT)), a_finding())

    assert after.detail == ""


def test_a_finding_after_the_clearing_makes_a_critical_alert_active_again() -> None:
    alert = an_alert(a_finding(priority="critical"), a_clearing())

    after, event = step(alert, a_finding(priority="critical"))

    assert (after.condition, event) == ("active", "updated")


def test_the_first_and_the_newest_readings_are_kept() -> None:
    alert = an_alert(an_sos(readings=(a_reading("sos", NOW_MS),)))

    for number in range(1, 100):
        alert, _ = step(alert, an_sos(readings=(a_reading("sos", NOW_MS + number),)))

    assert [one.at_ms - NOW_MS for one in alert.readings] == [0, *range(81, 100)]
    assert len(alert.readings) == READINGS_KEPT


def test_a_reading_that_is_known_is_not_added_again() -> None:
    alert = an_alert(a_finding(readings=(a_reading(140, NOW_MS),)))

    after, _ = step(alert, a_finding(readings=(a_reading(140, NOW_MS), a_reading(141, NOW_MS + 1))))

    assert [one.value for one in after.readings] == [140, 141]


def test_the_last_known_place_is_the_newest() -> None:
    home = LastPosition(Position(30.53, 120.68), NOW_MS)
    alert = an_alert(an_sos(position=home))

    without, _ = step(alert, an_sos())
    moved, _ = step(alert, an_sos(position=LastPosition(Position(30.54, 120.69), NOW_MS + 1)))

    assert without.position == home
    assert moved.position == LastPosition(Position(30.54, 120.69), NOW_MS + 1)


# --- the cause is gone ----------------------------------------------------------------------------------------------


def test_a_warning_whose_cause_is_gone_is_closed() -> None:
    after, event = step(an_alert(), a_clearing(readings=(a_reading(80, NOW_MS + 1),)))

    assert (after.condition, after.workflow, event, after.open) == ("cleared", "raised", "cleared", False)
    assert [one.value for one in after.readings] == [140, 80]


@pytest.mark.fault("people and commands", "the cause is gone before anybody has looked", promise="a critical alert stays open")
def test_a_critical_alert_whose_cause_is_gone_stays_open() -> None:
    after, event = step(an_alert(a_finding(priority="critical")), a_clearing())

    assert (after.condition, event, after.open) == ("cleared", "cleared", True)


@pytest.mark.parametrize("kind", ["sos", "fall"])
def test_an_sos_and_a_fall_are_never_cleared_by_their_condition(kind: Any) -> None:
    alert = an_alert(a_finding(kind=kind, priority="critical"))

    assert step(alert, a_clearing(kind=kind)) == (alert, None)


def test_a_clearing_is_told_once() -> None:
    alert = an_alert(a_finding(priority="critical"), a_clearing())

    assert step(alert, a_clearing()) == (alert, None)


def test_a_clearing_says_that_it_was_not_confirmed() -> None:
    after, _ = step(an_alert(a_finding(unconfirmed=True)), a_clearing(detail=NOT_CONFIRMED))

    assert (after.detail, after.unconfirmed, after.open) == (NOT_CONFIRMED, True, False)


# --- on its way, and in people's hands ------------------------------------------------------------------------------


def test_the_way_of_an_alert_step_by_step() -> None:
    alert, told = an_alert(an_sos()), []

    for happened in (Sent(), Received(), act("acknowledge", "Li"), act("dispatch"), act("on_scene"), act("resolve", "Wu")):
        alert, event = step(alert, happened)
        told.append((alert.workflow, event))

    assert told == [
        ("sent", None),
        ("received", None),
        ("acknowledged", "acknowledged"),
        ("dispatched", "dispatched"),
        ("on_scene", "on_scene"),
        ("resolved", "resolved"),
    ]
    assert not alert.open


def test_steps_may_be_left_out() -> None:
    after, event = step(an_alert(an_sos()), act("resolve", "Li"))

    assert (after.workflow, event) == ("resolved", "resolved")


def test_a_receipt_that_comes_late_takes_nothing_back() -> None:
    alert = an_alert(an_sos(), act("dispatch", "Li"))

    assert step(alert, Received()) == (alert, None)
    assert step(alert, Sent()) == (alert, None)


@pytest.mark.parametrize("verb", ["acknowledge", "dispatch", "on_scene"])
def test_a_command_names_its_actor_and_the_same_again_changes_nothing(verb: str) -> None:
    alert = an_alert(an_sos(), act(verb, "Li"))

    assert alert.actor == "Li"
    assert step(alert, act(verb, "Wu")) == (alert, None)


def test_what_people_say_is_kept_also_where_it_is_no_step() -> None:
    alert = an_alert(an_sos(), act("dispatch", responder="V-12", eta_min=5))

    later, event = step(alert, act("dispatch", "Wu", eta_min=2))
    closed, _ = step(later, act("resolve", outcome="helped", note="a fall in the bath"))

    assert event is None
    assert (later.responder, later.eta_min, later.actor) == ("V-12", 2, "Li")
    assert (closed.responder, closed.outcome, closed.note) == ("V-12", "helped", "a fall in the bath")


def test_who_acknowledges_what_is_dispatched_changes_nothing() -> None:
    alert = an_alert(an_sos(), act("dispatch", "Li"))

    assert step(alert, act("acknowledge", "Wu")) == (alert, None)


@pytest.mark.parametrize("closing", ["resolve", "cancel"])
@pytest.mark.parametrize("verb", ["acknowledge", "dispatch", "on_scene", "resolve", "cancel"])
def test_a_closed_alert_refuses_every_command(closing: str, verb: str) -> None:
    alert = an_alert(an_sos(), act(closing, "Li"))

    with pytest.raises(Rejected, match=r"^alert is closed$"):
        step(alert, act(verb, "Wu"))


def test_a_warning_that_closed_by_itself_refuses_commands() -> None:
    alert = an_alert(a_finding(), a_clearing())

    with pytest.raises(Rejected, match=r"^alert is closed$"):
        step(alert, act("acknowledge", "Li"))


def test_nobody_came_is_not_hidden_by_a_normal_value() -> None:
    after, _ = step(an_alert(a_finding(priority="critical"), Received()), a_clearing())

    assert (after.condition, after.workflow, after.open) == ("cleared", "received", True)


# --- whatever happens -----------------------------------------------------------------------------------------------

priorities: st.SearchStrategy[Priority] = st.sampled_from(PRIORITIES)
moments = st.integers(NOW_MS, NOW_MS + 50)
details = st.sampled_from(["", PAST_EVENT, COULD_NOT_CONFIRM])
readings = st.builds(a_reading, st.integers(30, 200), moments)


def findings(kind: str) -> st.SearchStrategy[Finding]:
    return st.builds(
        a_finding,
        kind=st.just(kind),
        priority=st.just("critical") if kind in ("sos", "fall") else priorities,
        readings=st.lists(readings, max_size=3).map(tuple),
        unconfirmed=st.booleans(),
        detail=details,
    )


def happenings(kind: str, *, people: bool = True) -> st.SearchStrategy[Happening]:
    ways = [
        findings(kind),
        st.builds(a_clearing, kind=st.just(kind), detail=st.sampled_from(["", NOT_CONFIRMED])),
        st.sampled_from([Sent(), Received()]),
    ]
    verbs = st.sampled_from(["acknowledge", "dispatch", "resolve", "cancel", "on_scene"])
    return st.one_of(*ways, st.builds(act, verbs, st.sampled_from(["Li", "Wu"]))) if people else st.one_of(*ways)


kinds = st.sampled_from(["sos", "fall", "heart_rate", "technical"])


def live(alert: Alert, happened: Happening) -> tuple[Alert, str | None]:
    try:
        return step(alert, happened)
    except Rejected:
        return alert, None


@given(kinds.flatmap(lambda kind: st.tuples(findings(kind), st.lists(happenings(kind, people=False)))))
@settings(max_examples=times(100, 300), deadline=None)
def test_nothing_but_a_person_closes_a_critical_alert(story: tuple[Finding, list[Happening]]) -> None:
    alert = an_alert(replace(story[0], priority="critical"))

    for happened in story[1]:
        alert, _ = live(alert, happened)

        assert alert.open
        assert alert.priority == "critical"


@given(kinds.flatmap(lambda kind: st.tuples(findings(kind), st.lists(happenings(kind)))))
@settings(max_examples=times(100, 300), deadline=None)
def test_the_workflow_never_goes_back_and_the_closed_stays_closed(story: tuple[Finding, list[Happening]]) -> None:
    alert = an_alert(story[0])

    for happened in story[1]:
        before, (alert, _) = alert, live(alert, happened)

        assert before.workflow not in CLOSED or alert == before
        assert alert.workflow in CLOSED or WORKFLOW.index(alert.workflow) >= WORKFLOW.index(before.workflow)
        assert PRIORITIES.index(alert.priority) <= PRIORITIES.index(before.priority)
        assert (alert.number, alert.kind, alert.at_ms, alert.raised_ms) == (1, story[0].kind, NOW_MS, NOW_MS)


@given(kinds.flatmap(lambda kind: st.tuples(findings(kind), st.lists(happenings(kind)))))
@settings(max_examples=times(100, 300), deadline=None)
def test_what_is_told_happened_and_what_changed_for_people_is_told(story: tuple[Finding, list[Happening]]) -> None:
    alert = an_alert(story[0])

    for happened in story[1]:
        before, (alert, event) = alert, live(alert, happened)

        on_its_way = isinstance(happened, Sent | Received)
        pressed_again = isinstance(happened, Finding) and alert.kind in ("sos", "fall") and before.open
        assert (event is not None) == (not on_its_way and (alert != before or pressed_again))


@given(kinds.flatmap(lambda kind: st.tuples(findings(kind), st.lists(happenings(kind)))))
@settings(max_examples=times(100, 300), deadline=None)
def test_the_first_reading_is_never_dropped_and_the_list_never_grows_beyond_its_bound(
    story: tuple[Finding, list[Happening]],
) -> None:
    alert = an_alert(story[0])

    for happened in story[1]:
        before, (alert, _) = alert, live(alert, happened)

        assert alert.readings[:1] == before.readings[:1] or not before.readings
        assert len(alert.readings) <= READINGS_KEPT


@given(st.lists(happenings("sos")))
@settings(max_examples=times(100, 300), deadline=None)
def test_a_press_is_never_filtered_whatever_came_before(story: list[Happening]) -> None:
    alert = an_alert(an_sos())
    for happened in story:
        alert, _ = live(alert, happened)

    found = find([alert], an_sos())

    assert found is None or step(found, an_sos())[1] == "updated"
    assert (found is None) == (alert.workflow in CLOSED)


@pytest.mark.parametrize(("fault", "told"), [("store_repaired", "updated"), ("port_lost", None)])
def test_a_store_that_is_lost_once_more_is_told_while_its_alert_is_open(fault: str, told: str | None) -> None:
    finding = technical(fault, NOW_MS, device="readings.db gone")
    alert = open_alert(1, finding, NOW_MS)
    assert step(alert, finding)[1] == told
