"""The deliveries to the platform: how far each event has come, on disk; what the other side says of it."""

from __future__ import annotations

from msgspec.structs import replace

from gateway.alert import AlertEvent, Delivery, DeliveryState, Need, Receipt, lateness_s
from gateway.alerts import ladder, lifecycle
from gateway.alerts.book import AlertBook, ParsedId
from gateway.alerts.desk import Desk
from gateway.alerts.outbox import Waiting
from gateway.alerts.technical import over, technical
from gateway.changes import Changes
from gateway.clock import Clock
from gateway.logger import Logger
from gateway.store.keeping import Transaction

log = Logger()

STATES: dict[str, DeliveryState] = {"ok": "done", "hold": "held", "rejected": "rejected"}


class Deliveries:
    """What is handed over, and what becomes of it. `need`: what ends a delivery, a receipt or the broker's word."""

    def __init__(self, book: AlertBook, desk: Desk, clock: Clock, need: Need = "receipt") -> None:
        self._book, self._desk, self._clock = book, desk, clock
        self._outbox = book.outbox
        self._need: Need = need
        self._was_silent = False
        self.platform_answered = False  # whether the platform has said anything of an alert since the start

    # --- upwards ------------------------------------------------------------------------------------------------------

    @property
    def changes(self) -> Changes:
        """Something may be due earlier than thought."""
        return self._book.changes

    @property
    def any_open(self) -> bool:
        """Whether an alert needs somebody."""
        return bool(self._book.open_alerts)

    def take(self, now_s: float, *, again: bool) -> tuple[AlertEvent, Delivery] | None:
        """What to hand over now, for the first time or `again`: the most urgent alert first; None: nothing is due.

        It is in flight until `sent`, `not_sent` or `disconnected`.
        """
        waiting = self._outbox.take(now_s, again=again)
        return (waiting.event, waiting.delivery) if waiting else None

    def next_due_s(self, *, again: bool) -> float | None:
        """When the next first sending, or repeat, is due (monotonic seconds); None: nothing waits."""
        return self._outbox.next_due_s(again=again)

    def silent(self, now_s: float) -> bool:
        """Whether the broker takes alerts, and the platform does not answer; another session is no answer."""
        return self._was_silent or self._is_silent(now_s)

    def silent_from_s(self) -> float | None:
        """When it will be, unless it answers before (monotonic seconds); None: nothing is to be answered."""
        return self._outbox.unanswered_from_s()

    def _is_silent(self, now_s: float) -> bool:
        return self._outbox.connected and self._outbox.unanswered(now_s)

    def reconnected(self) -> None:
        """A new session: what waits is due at once."""
        self._outbox.connected = True
        self.changes.happened()

    def disconnected(self) -> None:
        """The session is over: nothing is in flight any more."""
        self._outbox.connected = False
        self._outbox.all_due()
        self.changes.happened()

    async def handed_over(self, seq: int) -> int:
        """It is about to be handed over: how late (s), as it says from now on. That is part of its bytes, and on disk by now.

        Where the session stood when the event was stored it is there already; else all that wait are settled in one commit.
        """
        if any(one.event.seq == seq for one in self._outbox.never_left()):
            await self._settle_lateness()
        waiting = self._outbox.get(seq)
        if waiting is None:
            return 0  # its delivery is over by now
        delivery = replace(waiting.delivery, tries=waiting.delivery.tries + 1)
        self._outbox.update(delivery)  # on disk with its next change of state
        return delivery.late_s or 0

    async def _settle_lateness(self) -> None:
        now_ms = self._clock.wall_ms()
        for one in self._outbox.never_left():
            late = replace(one.delivery, late_s=lateness_s(one.event.at_ms, now_ms))
            self._outbox.update(late)
            self._book.store.hold(Transaction(deliveries=[late]))
        await self._book.stored()

    async def sent(self, seq: int, now_s: float) -> None:
        """The other side took it. Where that is enough its delivery is over, else a receipt is awaited."""
        self._outbox.taken(seq, now_s)
        waiting = self._outbox.get(seq)
        if waiting is None:
            return
        if self._need == "puback":
            self._receive([waiting], "ok")
        elif waiting.delivery.state == "waiting":
            alert = self._book.get(waiting.event.alert.number)
            after = lifecycle.step(alert, lifecycle.Sent())[0] if alert else None
            self._book.keep(after, deliveries=[replace(waiting.delivery, state="sent")])
        self._say_if_silent()
        self.changes.happened()

    def not_sent(self, seq: int, now_s: float, why: str, *, breaks_link: bool = False) -> None:
        """It was refused, in words or by hanging up: it stays, and is tried again."""
        log.warning("alert not sent", seq=seq, why=why)
        self._outbox.refused(seq, now_s, breaks_link=breaks_link)
        self.changes.happened()

    def _say_if_silent(self, *, heard: bool = False) -> None:
        """Once when it begins, and once when it ends: with a word of the platform (`heard`), not with another session."""
        self.platform_answered |= heard
        silent = self._is_silent(self._clock.monotonic_s())
        if silent and not self._was_silent:
            log.warning("the platform gives no receipts", waiting=len(self._outbox))
        if heard and self._was_silent and not silent:
            log.info("the platform gives receipts again")
        self._was_silent = silent or (self._was_silent and not heard)

    # --- from above ---------------------------------------------------------------------------------------------------

    async def receipt(self, id_: str, status: str, reason: str) -> None:
        """The platform names an alert (`gateway/epoch/A4`: see `Outbox.named`) or one event (`...A4#2071`)."""
        name, now_s = self._book.read(id_), self._clock.monotonic_s()
        if name is None:
            return
        if status == "rejected":  # told before it counts: a kill between the two must not hide it
            await self._say_rejected(name, reason)
        named, before = self._outbox.named(*name, now_s), self._book.get(name.alert)
        if not named:
            return
        self._outbox.answered([waiting.event.seq for waiting in named], now_s)
        self._receive(named, status)
        if before and before.rejected and status != "rejected":
            await self._desk.clear(over("alert_rejected", self._clock.wall_ms(), device=self._book.id_of(before)))
        self._say_if_silent(heard=True)
        self.changes.happened()

    def _receive(self, named: list[Waiting], status: str) -> None:
        """The platform's word on these events of one alert. `hold` is a receipt too: it has it, people need not be asked."""
        deliveries = [replace(waiting.delivery, state=STATES[status]) for waiting in named]
        before = self._book.get(named[0].event.alert.number)
        after = before
        if after is not None:
            if status != "rejected":
                after, _ = lifecycle.step(after, lifecycle.Received())
                after = replace(after, received_ms=after.received_ms or self._clock.wall_ms())
            after = replace(after, rejected=self._book.now() if status == "rejected" else None)
            word: Receipt = "rejected" if status == "rejected" else "ok"
            for waiting in named:
                after = ladder.received(after, waiting.event.alert, word)
        self._book.keep(after, deliveries=deliveries)

    async def _say_rejected(self, name: ParsedId, reason: str) -> None:
        """Once, however often it is rejected."""
        named = self._outbox.named(*name, self._clock.monotonic_s())
        alert = self._book.get(name.alert)
        if not named or alert is None or alert.rejected:
            return
        log.error("the platform rejects an alert", seq=named[0].event.seq)  # its own words may quote the wearer or a value
        if alert.kind != "technical":  # no alert about an alert about an alert
            now_ms, device = self._clock.wall_ms(), self._book.id_of(alert)
            await self._desk.find(technical("alert_rejected", now_ms, device=device, priority="critical", reason=reason))
