"""What waits to be handed over: urgent first, again until it is confirmed, and nothing in the way of anything else."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.alert import Alert, AlertEvent, Delivery, DeliveryState, Priority, RuleRef
from gateway.alerts.outbox import JITTER_S, LATER_S, REJECTED_S, SOON_S, YOUNG_S, Outbox


def event(seq: int, priority: Priority = "critical", alert: int = 1) -> AlertEvent:
    state: dict[str, Any] = {"kind": "sos", "condition": "active", "workflow": "raised", "at_ms": 0, "raised_ms": 0}
    of = Alert(number=alert, epoch=3, priority=priority, rule=RuleRef("SOS", "1"), **state)
    return AlertEvent(alert=of, event="raised", seq=seq, at_ms=0, text="help")


def outbox_of(*events: AlertEvent) -> Outbox:
    outbox = Outbox()
    for one in events:
        outbox.put(one, Delivery(event=one.seq, channel="mqtt"))
    return outbox


def taken(outbox: Outbox, now_s: float, *, again: bool) -> list[int]:
    """All that may leave now; in flight from now on."""
    found = []
    while waiting := outbox.take(now_s, again=again):
        found.append(waiting.event.seq)
    return found


def first(outbox: Outbox, now_s: float = 0) -> list[int]:
    return taken(outbox, now_s, again=False)


def again(outbox: Outbox, now_s: float) -> list[int]:
    return taken(outbox, now_s, again=True)


def becomes(outbox: Outbox, seq: int, state: DeliveryState, now_s: float) -> None:
    waiting = outbox.get(seq)
    assert waiting
    outbox.update(replace(waiting.delivery, state=state))
    if state == "sent":
        outbox.taken(seq, now_s)
    else:
        outbox.answered([seq], now_s)


def named(outbox: Outbox, seq: int | None = None, now_s: float = 100, alert: int = 1, epoch: int = 3) -> list[int]:
    return [one.event.seq for one in outbox.named(epoch, alert, seq, now_s)]


# --- in which order -------------------------------------------------------------------------------------------------


def test_the_most_urgent_alert_comes_first_then_the_oldest() -> None:
    priorities: tuple[Priority, ...] = ("advisory", "critical", "warning", "critical")
    outbox = outbox_of(*(event(seq, priority, alert=seq) for seq, priority in enumerate(priorities, 1)))

    assert first(outbox) == [2, 4, 3, 1]


def test_what_is_wrong_with_the_gateway_leaves_after_all_that_is_about_people_and_an_unknown_caller_is_one() -> None:
    fault, caller = event(1, "critical", alert=1), event(2, "advisory", alert=2)
    outbox = outbox_of(
        replace(fault, alert=replace(fault.alert, kind="technical", detail="port_lost")),
        replace(caller, alert=replace(caller.alert, kind="technical", detail="unregistered_device")),
        event(3, "advisory", alert=3),
        event(4, "critical", alert=4),
    )

    assert first(outbox) == [4, 2, 3, 1]


def test_the_events_of_an_alert_keep_their_order_when_it_becomes_more_urgent() -> None:
    outbox = outbox_of(event(1, "warning", alert=1), event(2, "critical", alert=2), event(3, "critical", alert=1))

    assert first(outbox) == [1, 2, 3]


def test_what_is_in_flight_is_not_handed_over_a_second_time() -> None:
    outbox = outbox_of(event(1))

    assert first(outbox) == [1]
    assert first(outbox, 100) + again(outbox, 100) == []
    assert outbox.next_due_s(again=False) is outbox.next_due_s(again=True) is None


# --- again and again ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "again_s"), [("sent", SOON_S), ("held", SOON_S), ("rejected", REJECTED_S)])
def test_what_was_tried_is_due_again_as_its_state_says(state: DeliveryState, again_s: float) -> None:
    outbox = outbox_of(event(1))
    first(outbox)

    becomes(outbox, 1, state, now_s=5)

    assert again(outbox, 5 + again_s - JITTER_S - 0.1) == []
    assert outbox.next_due_s(again=True) == pytest.approx(5 + again_s, abs=JITTER_S)
    assert again(outbox, 5 + again_s + JITTER_S) == [1]


def sendings(outbox: Outbox, until_s: int) -> list[float]:
    """When it was sent, in whole seconds; the broker takes it each time, and nobody answers."""
    times = []
    for now_s in range(until_s):
        for seq in first(outbox, now_s) + again(outbox, now_s):
            becomes(outbox, seq, "sent", now_s)
            times.append(float(now_s))
    return times


def test_while_nobody_answers_it_is_sent_every_ten_seconds_and_then_ever_more_seldom_up_to_a_minute() -> None:
    times = sendings(outbox_of(event(7)), 3_600)

    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    young = [pause for time, pause in zip(times, pauses, strict=False) if time < YOUNG_S]
    assert all(SOON_S - JITTER_S <= pause <= SOON_S + JITTER_S + 1 for pause in young)
    assert pauses == pytest.approx(sorted(pauses), abs=2 * JITTER_S + 1)
    assert LATER_S - JITTER_S <= pauses[-1] <= LATER_S + JITTER_S + 1
    assert len(times) < 3_600 / LATER_S + 50


@given(st.integers(1, 1 << 40), st.floats(0, 1e8), st.floats(0, 1e8), st.integers(0, 5_000))
def test_nothing_waits_longer_than_a_minute_but_what_is_rejected(seq: int, since_s: float, last_s: float, refused: int) -> None:
    outbox = outbox_of(event(seq))
    waiting = outbox.get(seq)
    assert waiting
    waiting.since_s, waiting.last_s, waiting.refused, waiting.slower = since_s, since_s + last_s, refused, refused

    assert SOON_S - JITTER_S - 1e-6 <= waiting.due_s - waiting.last_s <= LATER_S + JITTER_S + 1e-6


def test_of_an_alert_only_the_newest_event_is_repeated() -> None:
    outbox = outbox_of(*(event(seq) for seq in range(1, 601)), event(700, alert=2))
    for seq in first(outbox):
        becomes(outbox, seq, "sent", now_s=0)

    assert again(outbox, 15) == [600, 700]


def test_what_came_before_it_is_repeated_when_somebody_listens() -> None:
    outbox = outbox_of(event(1), event(2), event(3))
    for seq in first(outbox):
        becomes(outbox, seq, "sent", now_s=0)

    becomes(outbox, 3, "done", now_s=20)

    assert again(outbox, 20) == [2]
    becomes(outbox, 2, "done", now_s=21)
    assert again(outbox, 21) == [1]


def test_an_event_that_is_rejected_does_not_hold_back_those_before_it() -> None:
    outbox = outbox_of(event(1), event(2))
    for seq in first(outbox):
        becomes(outbox, seq, "sent", now_s=0)

    becomes(outbox, 2, "rejected", now_s=1)

    assert again(outbox, 12) == [1]


# --- another session ------------------------------------------------------------------------------------------------


def test_a_new_session_makes_everything_due_at_once_but_what_is_rejected() -> None:
    outbox = outbox_of(event(1), event(2, alert=2), event(3, alert=3))
    first(outbox)
    becomes(outbox, 2, "rejected", now_s=0)
    becomes(outbox, 3, "sent", now_s=0)

    outbox.all_due()

    assert first(outbox, 1) + again(outbox, 1) == [1, 3]
    assert outbox.next_due_s(again=True) == pytest.approx(REJECTED_S, abs=JITTER_S)


def test_what_was_rejected_before_a_restart_keeps_its_time() -> None:
    outbox = Outbox()
    outbox.put(event(1), Delivery(event=1, channel="mqtt", state="rejected"), -200.0)

    outbox.all_due()

    assert again(outbox, 98) == []
    assert again(outbox, 102) == [1]


# --- what does not get through --------------------------------------------------------------------------------------


def test_what_the_broker_refuses_delays_nobody_and_is_tried_after_growing_pauses() -> None:
    outbox = outbox_of(event(1), event(2, alert=2))
    now_s, pauses = 0.0, []
    assert first(outbox) == [1, 2]
    becomes(outbox, 2, "done", now_s=0)
    for _ in range(5):
        outbox.refused(1, now_s)
        due_s = outbox.next_due_s(again=True)
        assert due_s
        pauses.append(due_s - now_s)
        now_s = due_s
        outbox.put(event(3, "advisory", alert=3), Delivery(event=3, channel="mqtt"))
        assert first(outbox, now_s) == [3]
        assert again(outbox, now_s) == [1]
        becomes(outbox, 3, "sent", now_s)
        becomes(outbox, 3, "done", now_s)

    assert pauses == pytest.approx([10, 20, 40, 60, 60], abs=JITTER_S)


def test_where_nothing_gets_through_one_is_tried_each_ten_seconds_in_turn_and_then_all_at_once() -> None:
    outbox = outbox_of(*(event(seq, alert=seq) for seq in range(1, 7)))
    for seq in first(outbox):
        outbox.refused(seq, 0)
    tried = []
    for now_s in range(1, 61):
        while waiting := outbox.take(now_s, again=True):
            tried.append(waiting.event.seq)
            outbox.refused(waiting.event.seq, now_s)
    assert sorted(tried) == sorted(set(tried))
    assert 5 <= len(tried) <= 6

    waiting = outbox.take(72, again=True)
    assert waiting
    becomes(outbox, waiting.event.seq, "sent", now_s=72)

    assert len(again(outbox, 72)) == 5


def test_a_new_session_does_not_hurry_what_the_broker_refuses() -> None:
    """Some brokers hang up after each refusal: they would do nothing else."""
    outbox = outbox_of(event(1))
    first(outbox)
    outbox.refused(1, 0)

    outbox.all_due()

    assert first(outbox, 2) + again(outbox, 2) == []


def test_once_the_broker_takes_what_it_refused_all_that_it_refused_is_due() -> None:
    outbox = outbox_of(event(1), event(2, alert=2), event(3, alert=3))
    for seq in first(outbox):
        outbox.refused(seq, 0)
    becomes(outbox, 3, "sent", now_s=5)
    for seq in (1, 2):
        outbox.refused(seq, 10)
    becomes(outbox, 3, "sent", now_s=15)
    outbox.refused(2, 16)
    becomes(outbox, 3, "done", now_s=17)
    assert again(outbox, 29) == []
    assert outbox.take(30, again=True) is outbox.get(1)
    assert again(outbox, 30) == []

    becomes(outbox, 1, "sent", now_s=30)

    assert again(outbox, 30) == [2]


def test_what_a_broker_breaks_link_on_is_sent_behind_all_others_and_ever_more_seldom() -> None:
    """One of ten, and each session ends with it; the first time nobody knows that it was for that."""
    outbox, poison, arrived, tried = outbox_of(*(event(seq, alert=seq) for seq in range(1, 11))), 4, set(), 0
    for session in range(100):
        now_s = float(session)
        leaving = itertools.chain(
            iter(lambda: outbox.take(now_s, again=False), None),  # noqa: B023
            iter(lambda: outbox.take(now_s, again=True), None),  # noqa: B023
        )
        for waiting in leaving:
            if waiting.event.seq == poison:
                tried += 1
                if tried > 1:
                    outbox.refused(poison, now_s, breaks_link=True)
                break
            becomes(outbox, waiting.event.seq, "done", now_s)
            arrived.add(waiting.event.seq)
        outbox.all_due()
        outbox.put(event(100 + session, alert=100 + session), Delivery(event=100 + session, channel="mqtt"))

    assert arrived >= {*range(1, 11), *range(100, 199)} - {poison}
    assert tried == 5  # at 0, 1, 11, 31, 71 s


def test_a_link_that_breaks_once_or_twice_delays_no_alert() -> None:
    outbox = outbox_of(event(1))
    for now_s in (0.0, 1.0):
        assert first(outbox, now_s) + again(outbox, now_s) == [1]
        outbox.all_due()

    assert first(outbox, 2) == [1]


# --- who answers ----------------------------------------------------------------------------------------------------


def test_a_platform_is_silent_that_has_said_nothing_for_half_a_minute() -> None:
    outbox = outbox_of(event(1))
    first(outbox)
    becomes(outbox, 1, "sent", now_s=5)
    assert not outbox.unanswered(34.9)
    assert outbox.unanswered(35)

    becomes(outbox, 1, "held", now_s=36)
    assert not outbox.unanswered(40)

    outbox.taken(1, 46)
    assert outbox.unanswered(76)
    outbox.all_due()
    assert not outbox.unanswered(78)  # another session: it may not have come


def test_a_message_that_the_broker_did_not_take_is_not_held_against_the_platform() -> None:
    outbox = outbox_of(event(1), event(2))
    first(outbox)
    outbox.refused(1, 0)

    assert not outbox.unanswered(1_000)


def test_the_name_of_an_alert_means_what_had_left_some_seconds_before() -> None:
    outbox = outbox_of(event(1), event(2))
    first(outbox)
    becomes(outbox, 1, "sent", now_s=0)
    becomes(outbox, 2, "sent", now_s=0)
    outbox.put(event(3), Delivery(event=3, channel="mqtt"))
    outbox.put(event(4), Delivery(event=4, channel="mqtt"))
    outbox.take(10, again=False)
    becomes(outbox, 3, "sent", now_s=10)

    assert named(outbox, now_s=10.1) == [1, 2]
    assert named(outbox, now_s=15) == [1, 2, 3]
    assert named(outbox, now_s=15, epoch=2) == []


def test_the_name_of_an_alert_means_its_oldest_event_where_all_have_left_only_now() -> None:
    """The receipt for the first press may cross the second one, which may not arrive."""
    outbox = outbox_of(event(1), event(2))
    first(outbox)
    becomes(outbox, 1, "sent", now_s=0)

    assert named(outbox, now_s=0.2) == [1]
    becomes(outbox, 1, "done", now_s=0.2)
    assert named(outbox, now_s=0.4) == [2]


def test_the_name_of_an_event_means_this_event() -> None:
    outbox = outbox_of(event(1), event(2))

    assert named(outbox, 2) == [2]
    assert named(outbox, 3) == []
    assert named(outbox, 2, epoch=2) == []
    assert named(outbox, alert=0) == []


def test_what_is_done_waits_no_more() -> None:
    outbox = outbox_of(event(1, alert=7))
    assert outbox.holds(7)

    becomes(outbox, 1, "done", now_s=0)

    assert len(outbox) == 0
    assert not outbox.holds(7)
    assert first(outbox, 1000) + again(outbox, 1000) == []
