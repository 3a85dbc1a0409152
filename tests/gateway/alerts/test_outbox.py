"""What waits to be sent: urgent first, again until it is confirmed."""

from __future__ import annotations

import pytest

from gateway.alert import AlertEvent, Priority
from gateway.alerts.outbox import JITTER_S, RESEND_S, Outbox


def event(seq: int, priority: Priority = "critical", alert: int = 1) -> AlertEvent:
    return AlertEvent(alert=alert, seq=seq, event="raised", priority=priority, at_ms=0, body=b"{}")


def test_the_most_urgent_comes_first_then_the_oldest() -> None:
    outbox = Outbox()
    priorities: tuple[Priority, ...] = ("advisory", "critical", "warning", "critical")
    for seq, priority in enumerate(priorities, 1):
        outbox.put(event(seq, priority, alert=seq), now_s=0)

    assert [due.seq for due in outbox.due(0)] == [2, 4, 3, 1]


def test_the_events_of_an_alert_keep_their_order_when_it_becomes_more_urgent() -> None:
    outbox = Outbox()
    outbox.put(event(1, "warning", alert=1), now_s=0)
    outbox.put(event(2, "critical", alert=2), now_s=0)

    outbox.put(event(3, "critical", alert=1), now_s=0)

    assert [due.seq for due in outbox.due(0)] == [1, 2, 3]


def test_what_is_under_way_is_not_sent_a_second_time() -> None:
    outbox = Outbox()
    outbox.put(event(1), now_s=0)

    outbox.due(0)

    assert outbox.due(100) == []
    assert outbox.next_due_s() is None


def test_what_was_sent_is_due_again_after_ten_seconds() -> None:
    outbox = Outbox()
    outbox.put(event(1), now_s=0)
    (sent,) = outbox.due(0)

    outbox.again(sent, now_s=5, after_s=RESEND_S)

    assert outbox.next_due_s() == pytest.approx(15, abs=JITTER_S)
    assert outbox.due(15 - JITTER_S - 0.1) == []
    assert outbox.due(15 + JITTER_S) == [sent]


def test_a_new_session_makes_everything_due_at_once() -> None:
    outbox = Outbox()
    outbox.put(event(1), now_s=0)
    outbox.put(event(2), now_s=0)
    first, second = outbox.due(0)
    outbox.again(second, now_s=0, after_s=300)

    outbox.all_due()

    assert outbox.due(0.1) == [first, second]


def test_the_name_of_an_alert_means_what_has_left() -> None:
    outbox = Outbox()
    outbox.put(event(1), now_s=0)
    outbox.due(0)
    outbox.put(event(2), now_s=0)

    assert [named.seq for named in outbox.named(1, None)] == [1]


def test_the_name_of_an_event_means_this_event() -> None:
    outbox = Outbox()
    outbox.put(event(1), now_s=0)
    outbox.put(event(2), now_s=0)

    assert [named.seq for named in outbox.named(1, 2)] == [2]
    assert outbox.named(1, 3) == []
    assert outbox.named(0, None) == []


def test_what_is_done_waits_no_more() -> None:
    outbox = Outbox()
    outbox.put(event(1, alert=7), now_s=0)
    assert outbox.holds(7)

    outbox.done([event(1, alert=7)])

    assert len(outbox) == 0
    assert not outbox.holds(7)
    assert outbox.due(1000) == []
