"""The alert events that the platform does not have yet, and when each is due. Pure: time is a parameter.

First sendings wait for nobody. All that may be in the way of others is sent again, one after the other: what nobody has
answered, and what the broker refused. Of an alert only the newest event that has left is repeated: it carries
what those before it said. They are due when it is answered, for then somebody listens who may miss them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from gateway.alert import PRIORITIES, AlertEvent, Delivery

SOON_S, LATER_S = 10.0, 60.0  # between two sendings; SCAIP resends every 5 to 20 s
YOUNG_S = 180.0  # so long every SOON_S, then ever more seldom
REJECTED_S = 300.0  # docs/platform.md
SILENT_S = 30.0  # without an answer to an alert
CROSSING_S = 5.0  # a receipt and a message may be under way at the same time
MOST_DOUBLINGS = 8
JITTER_S = 1.0
GOLDEN = 0.618  # its multiples, without their whole part, are spread evenly


@dataclass
class Waiting:
    """One event: how far it has come, and what happened to it in this session (monotonic seconds).

    `last_s`: it was tried or answered last. `since_s`: the broker has it since, and nobody has answered. `refused`:
    how often in a row the broker refused it; `slower`: how often that was its own fault, for others got through.
    `breaks_link`: by hanging up.
    """

    event: AlertEvent
    delivery: Delivery
    last_s: float | None = None
    since_s: float | None = None
    refused: int = 0
    slower: int = 0
    breaks_link: bool = False
    in_flight: bool = False

    @property
    def is_first(self) -> bool:
        """It was never handed over, as far as is known, and stands in nobody's way."""
        return self.delivery.state == "waiting" and not self.refused

    @property
    def due_s(self) -> float:
        """When it is due (monotonic seconds), never in step with others; what does not get through has its turn instead."""
        if self.last_s is None:
            return 0.0
        jitter_s = 0.0 if self.refused else JITTER_S * (2 * (self.event.seq * GOLDEN % 1) - 1)
        return self.last_s + self._pause_s(self.last_s) + jitter_s

    def _pause_s(self, last_s: float) -> float:
        if self.delivery.state == "rejected":
            return REJECTED_S
        if self.refused:
            return min(LATER_S, SOON_S * 2.0 ** min(self.slower, MOST_DOUBLINGS))
        unanswered_s = 0.0 if self.since_s is None else last_s - self.since_s
        return min(LATER_S, max(SOON_S, unanswered_s * SOON_S / YOUNG_S))


class Outbox:
    """What waits for the platform, by the event's seq. `connected`: a session stands that hands over at once what comes in."""

    def __init__(self) -> None:
        self.connected = False
        self._waiting: dict[int, Waiting] = {}
        self._broker_took_s = -inf  # when the broker took something last

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, event: AlertEvent, delivery: Delivery, last_s: float | None = None) -> None:
        """Due at once; what was rejected (`last_s`: when) after its time."""
        self._waiting[event.seq] = Waiting(event, delivery, last_s)

    def get(self, seq: int) -> Waiting | None:
        """None: its delivery is over."""
        return self._waiting.get(seq)

    def update(self, delivery: Delivery) -> None:
        """It has come so far."""
        if delivery.state == "done":
            self._waiting.pop(delivery.event, None)
        elif waiting := self._waiting.get(delivery.event):
            waiting.delivery = delivery

    # --- what leaves ----------------------------------------------------------------------------------------------------

    def take(self, now_s: float, *, again: bool) -> Waiting | None:
        """The next first sending, or (`again`) repeat: of the most urgent alert the oldest event. In flight from now on."""
        ready = [waiting for waiting in self._of(again) if waiting.due_s <= now_s]
        if not ready:
            return None
        urgency = self._urgency()

        def turn(one: Waiting) -> tuple[int, bool, int, int]:
            return one.refused, one.delivery.state != "waiting", urgency[one.event.alert.number], one.event.seq

        chosen = min(ready, key=turn)
        chosen.in_flight = True
        return chosen

    def _of(self, again: bool) -> list[Waiting]:
        at_rest = [one for one in self._waiting.values() if not one.in_flight and one.is_first != again]
        if not again:
            return at_rest
        newest = {one.event.alert.number: one.event.seq for one in self._in_order() if one.delivery.state == "sent"}
        alone = not any(one.is_first for one in self._waiting.values())  # what may break the link breaks it for nobody else
        return [
            one for one in at_rest if one.event.seq >= newest.get(one.event.alert.number, 0) and (alone or not one.breaks_link)
        ]

    def _in_order(self) -> list[Waiting]:
        return sorted(self._waiting.values(), key=lambda one: one.event.seq)

    def _urgency(self) -> dict[int, int]:
        """By alert: all its events are as urgent as the most urgent of them, so that they keep their order.

        What is about the gateway itself comes after all that is about people, however old it is; who calls for help with a
        band that nobody enrolled is a person.
        """
        urgency: dict[int, int] = {}
        for waiting in self._waiting.values():
            alert = waiting.event.alert
            of_gateway = alert.kind == "technical" and alert.detail != "unregistered_device"
            rank = PRIORITIES.index(alert.priority) + len(PRIORITIES) * of_gateway
            urgency[alert.number] = min(rank, urgency.get(alert.number, rank))
        return urgency

    def next_due_s(self, *, again: bool) -> float | None:
        """When the next first sending, or repeat, is due; None: nothing waits."""
        return min((waiting.due_s for waiting in self._of(again)), default=None)

    # --- what becomes of it ---------------------------------------------------------------------------------------------

    def taken(self, seq: int, now_s: float) -> None:
        """The broker has it. What it refused before may get through now, too."""
        self._broker_took_s = now_s
        if waiting := self._waiting.get(seq):
            if waiting.refused:
                self._retry_refused()
            waiting.since_s = now_s if waiting.since_s is None else waiting.since_s
            waiting.refused = waiting.slower = 0
            waiting.breaks_link = False
        self.reschedule([seq], now_s)

    def _retry_refused(self) -> None:
        for waiting in self._waiting.values():
            if waiting.refused and not waiting.in_flight and waiting.delivery.state != "rejected":
                waiting.last_s = None

    def refused(self, seq: int, now_s: float, *, breaks_link: bool = False) -> None:
        """The broker does not take it, or hangs up. Nobody waits for it; where nothing gets through, one is tried for all."""
        waiting = self._waiting.get(seq)
        if waiting is None:
            return
        waiting.breaks_link = breaks_link
        its_own_fault = waiting.refused > 0 and (breaks_link or self._broker_took_s > (waiting.last_s or 0.0))
        waiting.refused, waiting.slower = waiting.refused + 1, waiting.slower + 1 if its_own_fault else 0
        same = [one.event.seq for one in self._waiting.values() if one.refused and not one.in_flight and not its_own_fault]
        self.reschedule([seq, *same], now_s)

    def reschedule(self, seqs: Iterable[int], now_s: float) -> None:
        """They were tried or answered now, and are due again as their state says."""
        for seq in seqs:
            if waiting := self._waiting.get(seq):
                waiting.in_flight, waiting.last_s = False, now_s

    def answered(self, seqs: Sequence[int], now_s: float) -> None:
        """The platform has said something of them."""
        for seq in seqs:
            if waiting := self._waiting.get(seq):
                waiting.since_s = None
        self.reschedule(seqs, now_s)

    def all_due(self) -> None:
        """Another session: nothing is in flight any more, and everything is due that stands in nobody's way."""
        for waiting in self._waiting.values():
            waiting.in_flight, waiting.since_s = False, None
            if not waiting.refused and waiting.delivery.state != "rejected":
                waiting.last_s = None

    # --- who answers ----------------------------------------------------------------------------------------------------

    def unanswered(self, now_s: float) -> bool:
        """Whether the broker has had an event for `SILENT_S` in this session, and the platform has said nothing of it."""
        from_s = self.unanswered_from_s()
        return from_s is not None and now_s >= from_s

    def unanswered_from_s(self) -> float | None:
        """When that is or was so (monotonic seconds), unless it says something before; None: it owes nothing."""
        sent = [one.since_s for one in self._waiting.values() if one.delivery.state in ("sent", "held")]
        return min((since_s + SILENT_S for since_s in sent if since_s is not None), default=None)

    def named(self, epoch: int, alert: int, seq: int | None, now_s: float) -> list[Waiting]:
        """The event with this seq. Without one, those of the alert that the platform must have meant.

        An event that has left only now may have crossed the receipt; but some event must have come, at least the oldest.
        """
        name = (epoch, alert)
        of_alert = [one for one in self._in_order() if (one.event.alert.epoch, one.event.alert.number) == name]
        if seq is not None:
            return [waiting for waiting in of_alert if waiting.event.seq == seq]
        left = [waiting for waiting in of_alert if waiting.in_flight or waiting.delivery.state != "waiting"]
        old = [one for one in left if not one.in_flight and (one.since_s is None or now_s - one.since_s >= CROSSING_S)]
        return old or left[:1]

    def never_left(self) -> list[Waiting]:
        """Those of which it is not settled yet how late they leave."""
        return [waiting for waiting in self._waiting.values() if waiting.delivery.late_s is None]

    def holds(self, alert: int) -> bool:
        """Whether an event of this alert waits."""
        return any(waiting.event.alert.number == alert for waiting in self._waiting.values())
