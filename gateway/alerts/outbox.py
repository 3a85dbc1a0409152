"""The alert events that are not delivered yet, and when each is due again. Pure: time is a parameter (monotonic seconds)."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass

from gateway.alert import PRIORITIES, AlertEvent

RESEND_S = 10.0  # SCAIP resends every 5 to 20 s
REJECTED_RESEND_S = 300.0  # CONTRACT 3: a rejected alert is sent again every 5 minutes
JITTER_S = 1.0


@dataclass
class Waiting:
    """One event: when it is due, and whether it is under way right now."""

    event: AlertEvent
    due_s: float
    under_way: bool = False


class Outbox:
    """What waits, by the event's seq."""

    def __init__(self) -> None:
        self._waiting: dict[int, Waiting] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, event: AlertEvent, now_s: float) -> None:
        """Due at once. All events of an alert are as urgent as the most urgent of them, so that they keep their order."""
        self._waiting[event.seq] = Waiting(event, now_s)
        of_alert = [waiting.event for waiting in self._waiting.values() if waiting.event.alert == event.alert]
        urgent = min((other.priority for other in of_alert), key=PRIORITIES.index)
        for other in of_alert:
            other.priority = urgent

    def done(self, events: Iterable[AlertEvent]) -> None:
        """Their delivery is over."""
        for event in events:
            self._waiting.pop(event.seq, None)

    def due(self, now_s: float) -> list[AlertEvent]:
        """Events to send now, the most urgent first, then the oldest. Each is under way until `again` or `done`."""
        ready = [waiting for waiting in self._waiting.values() if not waiting.under_way and waiting.due_s <= now_s]
        ready.sort(key=lambda waiting: (PRIORITIES.index(waiting.event.priority), waiting.event.seq))
        for waiting in ready:
            waiting.under_way = True
        return [waiting.event for waiting in ready]

    def next_due_s(self) -> float | None:
        """When the next event is due; None: nothing waits."""
        return min((waiting.due_s for waiting in self._waiting.values() if not waiting.under_way), default=None)

    def again(self, event: AlertEvent, now_s: float, after_s: float) -> None:
        """Due again after so many seconds, never in step with others."""
        if waiting := self._waiting.get(event.seq):
            waiting.under_way = False
            waiting.due_s = now_s + after_s + random.uniform(-JITTER_S, JITTER_S)  # noqa: S311 (no secret)

    def all_due(self) -> None:
        """A new session: nothing is under way any more, everything is due."""
        for waiting in self._waiting.values():
            waiting.under_way, waiting.due_s = False, 0.0

    def named(self, alert: int, seq: int | None) -> list[AlertEvent]:
        """The event with this seq, or every event of the alert that has left (its acknowledgement may still be under way)."""
        of_alert = [waiting for waiting in self._waiting.values() if waiting.event.alert == alert]
        if seq is not None:
            return [waiting.event for waiting in of_alert if waiting.event.seq == seq]
        return [waiting.event for waiting in of_alert if waiting.event.sent or waiting.under_way]

    def holds(self, alert: int) -> bool:
        """Whether an event of this alert waits."""
        return any(waiting.event.alert == alert for waiting in self._waiting.values())
