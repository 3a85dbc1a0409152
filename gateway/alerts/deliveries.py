"""The deliveries of one channel: how far each event has come, on disk; what the other side says of it."""

from __future__ import annotations

import structlog
from msgspec.structs import replace

from gateway.alert import AlertEvent, Channel, Delivery, DeliveryState, Need, Receipt
from gateway.alerts import ladder, lifecycle
from gateway.alerts.book import AlertBook
from gateway.alerts.desk import Desk
from gateway.alerts.outbox import Outbox, Waiting
from gateway.alerts.technical import technical
from gateway.changes import Changes
from gateway.clock import Clock
from gateway.language import Said

log = structlog.get_logger()

STATES: dict[str, DeliveryState] = {"ok": "done", "hold": "held", "rejected": "rejected"}


class Deliveries:
    """What a channel hands over, and what becomes of it. `need`: what ends a delivery, a receipt or the channel's own word."""

    def __init__(self, book: AlertBook, desk: Desk, clock: Clock, channel: Channel = "mqtt", need: Need = "receipt") -> None:
        self._book, self._desk, self._clock = book, desk, clock
        self._outbox: Outbox = book.outboxes[channel]
        self._need: Need = need

    # --- upwards ------------------------------------------------------------------------------------------------------

    @property
    def changes(self) -> Changes:
        """Something may be due earlier than thought."""
        return self._book.changes

    def due(self, now_s: float) -> list[tuple[AlertEvent, Delivery]]:
        """What to hand over now, the most urgent alert first. Each is in flight until `sent`, `not_sent` or `disconnected`."""
        return self._outbox.due(now_s)

    def next_due_s(self) -> float | None:
        """When the next event is due (monotonic seconds); None: nothing waits."""
        return self._outbox.next_due_s()

    def reconnected(self) -> None:
        """A new session: what waits is due at once."""
        self._outbox.carried = True
        self._outbox.all_due()
        self.changes.happened()

    def disconnected(self) -> None:
        """The session is over: nothing is in flight any more."""
        self._outbox.carried = False
        self._outbox.all_due()
        self.changes.happened()

    async def handed_over(self, seq: int, late_s: int) -> None:
        """It is about to be handed over. How late that is is part of its bytes, so it is on disk when this returns.

        Where the session stood when the event was stored it is there already.
        """
        async with self._book.one_at_a_time:
            waiting = self._outbox.get(seq)
            if waiting is None:
                return
            tried = replace(waiting.delivery, tries=waiting.delivery.tries + 1)
            if tried.late_s is None:
                await self._book.keep(None, deliveries=[replace(tried, late_s=late_s)])
            else:
                self._outbox.update(tried)  # on disk with its next change of state

    async def sent(self, seq: int, now_s: float) -> None:
        """The other side took it. Where that is enough its delivery is over, else a receipt is awaited."""
        async with self._book.one_at_a_time:
            self._outbox.landed([seq], now_s)
            waiting = self._outbox.get(seq)
            if waiting is None:
                return
            if self._need == "puback":
                await self._receive([waiting], "ok")
            elif waiting.delivery.state == "waiting":
                alert = self._book.get(waiting.event.alert.number)
                after = lifecycle.step(alert, lifecycle.Sent())[0] if alert else None
                await self._book.keep(after, deliveries=[replace(waiting.delivery, state="sent")])
        self.changes.happened()

    async def not_sent(self, seq: int, now_s: float, why: str | Said) -> None:
        """It was refused, or the link was lost: it stays, and is tried again."""
        log.warning("alert not sent", seq=seq, why=why)
        self._outbox.landed([seq], now_s)
        self.changes.happened()

    # --- from above ---------------------------------------------------------------------------------------------------

    async def receipt(self, id_: str, status: str, reason: str) -> None:
        """The platform names an alert (`gateway/epoch/A4`: all its events that were sent) or one event (`...A4#2071`)."""
        async with self._book.one_at_a_time:
            name = self._book.read(id_)
            named = self._outbox.named(*name) if name else []
            if not named:
                return
            self._outbox.landed([waiting.event.seq for waiting in named], self._clock.monotonic_s())
            await self._receive(named, status)
        if status == "rejected":
            await self._say_rejected(named[0].event, reason)
        self.changes.happened()

    async def _receive(self, named: list[Waiting], status: str) -> None:
        """The platform's word on these events of one alert. `hold` is a receipt too: people need not be asked."""
        deliveries = [replace(waiting.delivery, state=STATES[status]) for waiting in named]
        before = self._book.get(named[0].event.alert.number)
        after = before
        if after is not None:
            if status == "ok":
                after, _ = lifecycle.step(after, lifecycle.Received())
                after = replace(after, received_ms=after.received_ms or self._clock.wall_ms())
            word: Receipt = "rejected" if status == "rejected" else "ok"
            for waiting in named:
                after = ladder.received(after, waiting.event.alert, word)
        await self._book.keep(after, deliveries=deliveries)

    async def _say_rejected(self, event: AlertEvent, reason: str) -> None:
        alert = event.alert
        log.error("the platform rejects an alert", seq=event.seq, reason=reason)
        if alert.kind != "technical":  # no alert about an alert about an alert
            now_ms, device = self._clock.wall_ms(), self._book.id_of(alert)
            await self._desk.find(technical("alert_rejected", now_ms, device=device, priority="critical"))
