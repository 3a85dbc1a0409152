"""Which alert leaves first."""

from __future__ import annotations

from gateway.alert import Alert, AlertEvent, Delivery, Priority, RuleRef
from gateway.channels.mqtt.alert_lane import most_urgent_first


def ready(seq: int, alert: int, priority: Priority, epoch: int = 3) -> tuple[AlertEvent, Delivery]:
    state = Alert(
        number=alert,
        epoch=epoch,
        kind="sos",
        priority=priority,
        condition="active",
        workflow="raised",
        at_ms=0,
        raised_ms=0,
        rule=RuleRef("SOS", "1"),
    )
    return AlertEvent(alert=state, event="raised", seq=seq, at_ms=0, text=""), Delivery(event=seq, channel="mqtt")


def order(*waiting: tuple[AlertEvent, Delivery]) -> list[int]:
    return [event.seq for event, _ in most_urgent_first(waiting)]


def test_the_more_urgent_leaves_first_and_then_the_older() -> None:
    assert order(
        ready(4, 4, "critical"), ready(1, 1, "advisory"), ready(2, 2, "warning"), ready(3, 3, "critical")
    ) == [3, 4, 2, 1]  # fmt: skip


def test_what_became_urgent_takes_its_earlier_events_with_it_in_their_order() -> None:
    assert order(ready(1, 1, "warning"), ready(2, 2, "critical"), ready(3, 1, "critical")) == [1, 2, 3]


def test_alerts_of_two_stores_are_two_alerts_though_their_number_is_the_same() -> None:
    assert order(ready(1, 1, "advisory", epoch=3), ready(2, 1, "critical", epoch=4)) == [2, 1]
