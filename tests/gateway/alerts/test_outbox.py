"""What waits to be handed over: urgent first, again until it is confirmed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.alert import Alert, AlertEvent, Delivery, DeliveryState, Priority, RuleRef
from gateway.alerts.outbox import AGAIN_S, JITTER_S, Outbox, due_s


def event(seq: int, priority: Priority = "critical", alert: int = 1) -> AlertEvent:
    state: dict[str, Any] = {"kind": "sos", "condition": "active", "workflow": "raised", "at_ms": 0, "raised_ms": 0}
    of = Alert(number=alert, epoch=3, priority=priority, rule=RuleRef("SOS", "1"), **state)
    return AlertEvent(alert=of, event="raised", seq=seq, at_ms=0, text="help")


def outbox_of(*events: AlertEvent) -> Outbox:
    outbox = Outbox("mqtt")
    for one in events:
        outbox.put(one, Delivery(event=one.seq, channel="mqtt"))
    return outbox


def seqs_due(outbox: Outbox, now_s: float) -> list[int]:
    return [one.seq for one, _ in outbox.due(now_s)]


def becomes(outbox: Outbox, seq: int, state: DeliveryState, now_s: float) -> None:
    waiting = outbox.get(seq)
    assert waiting
    outbox.update(replace(waiting.delivery, state=state))
    outbox.landed([seq], now_s)


def test_the_most_urgent_alert_comes_first_then_the_oldest() -> None:
    priorities: tuple[Priority, ...] = ("advisory", "critical", "warning", "critical")
    outbox = outbox_of(*(event(seq, priority, alert=seq) for seq, priority in enumerate(priorities, 1)))

    assert seqs_due(outbox, 0) == [2, 4, 3, 1]


def test_the_events_of_an_alert_keep_their_order_when_it_becomes_more_urgent() -> None:
    outbox = outbox_of(event(1, "warning", alert=1), event(2, "critical", alert=2), event(3, "critical", alert=1))

    assert seqs_due(outbox, 0) == [1, 2, 3]


def test_what_is_in_flight_is_not_handed_over_a_second_time() -> None:
    outbox = outbox_of(event(1))

    assert seqs_due(outbox, 0) == [1]
    assert seqs_due(outbox, 100) == []
    assert outbox.next_due_s() is None


@pytest.mark.parametrize(("state", "again_s"), [("waiting", 10), ("sent", 10), ("held", 10), ("rejected", 300)])
def test_what_was_tried_is_due_again_as_its_state_says(state: DeliveryState, again_s: float) -> None:
    outbox = outbox_of(event(1))
    outbox.due(0)

    becomes(outbox, 1, state, now_s=5)

    assert seqs_due(outbox, 5 + again_s - JITTER_S - 0.1) == []
    assert outbox.next_due_s() == pytest.approx(5 + again_s, abs=JITTER_S)
    assert seqs_due(outbox, 5 + again_s + JITTER_S) == [1]


@given(st.integers(1, 1 << 40), st.sampled_from(sorted(AGAIN_S)), st.floats(0, 1e8))
def test_nothing_waits_longer_than_its_state_says_and_a_second(seq: int, state: DeliveryState, last_s: float) -> None:
    delivery = Delivery(event=seq, channel="mqtt", state=state)

    assert due_s(delivery, None) == 0
    assert abs(due_s(delivery, last_s) - last_s - AGAIN_S[state]) <= JITTER_S + 1e-6


def test_a_new_session_makes_everything_due_at_once() -> None:
    outbox = outbox_of(event(1), event(2))
    outbox.due(0)
    becomes(outbox, 2, "rejected", now_s=0)

    outbox.all_due()

    assert seqs_due(outbox, 0.1) == [1, 2]


def test_the_name_of_an_alert_means_what_has_left() -> None:
    outbox = outbox_of(event(1), event(2))
    outbox.due(0)
    becomes(outbox, 1, "sent", now_s=0)
    outbox.put(event(3), Delivery(event=3, channel="mqtt"))

    assert [one.event.seq for one in outbox.named(3, 1, None)] == [1, 2]  # one has arrived, one is in flight


def test_the_name_of_an_event_means_this_event() -> None:
    outbox = outbox_of(event(1), event(2))

    assert [one.event.seq for one in outbox.named(3, 1, 2)] == [2]
    assert outbox.named(3, 1, 3) == []
    assert outbox.named(2, 1, 2) == []  # of another epoch
    assert outbox.named(3, 0, None) == []


def test_what_is_done_waits_no_more() -> None:
    outbox = outbox_of(event(1, alert=7))
    assert outbox.holds(7)

    becomes(outbox, 1, "done", now_s=0)

    assert len(outbox) == 0
    assert not outbox.holds(7)
    assert seqs_due(outbox, 1000) == []
