"""The alert events that are not delivered yet on one channel, and when each is due. Pure: time is a parameter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateway.alert import PRIORITIES, AlertEvent, Channel, Delivery, DeliveryState

# docs/platform.md: a rejected alert is sent again every 5 minutes; SCAIP resends every 5 to 20 s.
AGAIN_S: Mapping[DeliveryState, float] = {"waiting": 10.0, "sent": 10.0, "held": 10.0, "rejected": 300.0}
JITTER_S = 1.0
GOLDEN = 0.618  # its multiples, without their whole part, are spread evenly


def due_s(delivery: Delivery, last_s: float | None) -> float:
    """When it is due (monotonic seconds), never in step with others. `last_s`: when it was tried or answered last, if ever."""
    if last_s is None:
        return 0.0
    return last_s + AGAIN_S[delivery.state] + JITTER_S * (2 * (delivery.event * GOLDEN % 1) - 1)


@dataclass
class Waiting:
    """One event: how far it has come, when it was tried or answered last in this session, and whether it is in flight."""

    event: AlertEvent
    delivery: Delivery
    last_s: float | None = None
    in_flight: bool = False

    @property
    def due_s(self) -> float:
        """When it is due (monotonic seconds)."""
        return due_s(self.delivery, self.last_s)


class Outbox:
    """What waits for one channel, by the event's seq. `carried`: a session stands that hands over at once what comes in."""

    def __init__(self, channel: Channel) -> None:
        self.channel: Channel = channel
        self.carried = False
        self._waiting: dict[int, Waiting] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, event: AlertEvent, delivery: Delivery) -> None:
        """Due at once."""
        self._waiting[event.seq] = Waiting(event, delivery)

    def get(self, seq: int) -> Waiting | None:
        """None: its delivery is over."""
        return self._waiting.get(seq)

    def update(self, delivery: Delivery) -> None:
        """It has come so far."""
        if delivery.state == "done":
            self._waiting.pop(delivery.event, None)
        elif waiting := self._waiting.get(delivery.event):
            waiting.delivery = delivery

    def due(self, now_s: float) -> list[tuple[AlertEvent, Delivery]]:
        """What to hand over now: the most urgent alert first, then the oldest event. In flight until `landed`."""
        ready = [waiting for waiting in self._waiting.values() if not waiting.in_flight and waiting.due_s <= now_s]
        urgency = self._urgency() if ready else {}
        ready.sort(key=lambda waiting: (urgency[waiting.event.alert.number], waiting.event.seq))
        for waiting in ready:
            waiting.in_flight = True
        return [(waiting.event, waiting.delivery) for waiting in ready]

    def _urgency(self) -> dict[int, int]:
        """By alert: all its events are as urgent as the most urgent of them, so that they keep their order."""
        urgency: dict[int, int] = {}
        for waiting in self._waiting.values():
            alert = waiting.event.alert
            urgency[alert.number] = min(PRIORITIES.index(alert.priority), urgency.get(alert.number, len(PRIORITIES)))
        return urgency

    def next_due_s(self) -> float | None:
        """When the next event is due; None: nothing waits."""
        return min((waiting.due_s for waiting in self._waiting.values() if not waiting.in_flight), default=None)

    def landed(self, seqs: Iterable[int], now_s: float) -> None:
        """They were tried or answered now, and are due again as their state says."""
        for seq in seqs:
            if waiting := self._waiting.get(seq):
                waiting.in_flight, waiting.last_s = False, now_s

    def all_due(self) -> None:
        """A new session: nothing is in flight any more, everything is due."""
        for waiting in self._waiting.values():
            waiting.in_flight, waiting.last_s = False, None

    def named(self, epoch: int, alert: int, seq: int | None) -> list[Waiting]:
        """The event with this seq, or every event of the alert that has left (its acknowledgement may still be on the way)."""
        name = (epoch, alert)
        of_alert = [one for one in self._waiting.values() if (one.event.alert.epoch, one.event.alert.number) == name]
        if seq is not None:
            return [waiting for waiting in of_alert if waiting.event.seq == seq]
        return [waiting for waiting in of_alert if waiting.in_flight or waiting.delivery.state != "waiting"]

    def holds(self, alert: int) -> bool:
        """Whether an event of this alert waits."""
        return any(waiting.event.alert.number == alert for waiting in self._waiting.values())
