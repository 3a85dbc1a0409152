"""The desk: stores each transition of an alert before anybody is told, and answers the platform's receipts and commands.

It drives the pure life cycle (`lifecycle.py`) and the outbox that the uplink empties (`outbox.py`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import structlog
from msgspec.structs import replace

from drivers.driver import Signal
from gateway import messages
from gateway.alert import Alert, AlertEvent, Clearing, EventName, Finding
from gateway.alerts import lifecycle
from gateway.alerts.outbox import REJECTED_RESEND_S, RESEND_S, Outbox
from gateway.alerts.technical import technical
from gateway.clock import Clock
from gateway.messages import CommandMessage, ReplyMessage
from gateway.readings import Reading
from gateway.store.alerts import AlertStore
from gateway.words import alerts as texts

log = structlog.get_logger()

Need = Literal["receipt", "puback"]

# What the wearer should have been told by the time an alert is so far.
OWED: Mapping[str, Signal] = {"received": "received", "acknowledged": "received", "dispatched": "help_on_the_way"}
FINAL = frozenset({"done", "sent", "unsupported"})  # what came of telling it, when nothing more can come of trying again


class Wish(NamedTuple):
    """The wearer of this band should be told something about this alert."""

    alert: int
    device: str
    signal: Signal


class Desk:
    """All alerts that somebody still has to know of. One transition is made after another, each on disk before it counts."""

    def __init__(
        self, *, gateway: str, epoch: int, language: str, store: AlertStore, clock: Clock, alerts_need: Need = "receipt"
    ) -> None:
        self._gateway, self._epoch, self._language = gateway, epoch, language
        self._store, self._clock = store, clock
        self._puback_is_enough = alerts_need == "puback"
        self._alerts: dict[int, Alert] = {}
        self._outbox = Outbox()
        self._one_at_a_time = asyncio.Lock()
        self._id = re.compile(rf"{re.escape(gateway)}/\d{{1,18}}/A(\d{{1,18}})(?:#(\d{{1,18}}))?")
        self.changed = asyncio.Event()
        self.wishes: asyncio.Queue[Wish] = asyncio.Queue()

    async def resume(self) -> None:
        """Take up what an earlier life of the gateway left open."""
        for alert in await self._store.open_alerts():
            self._alerts[alert.number] = alert
            signal = OWED.get(alert.workflow)
            if signal and alert.band.get(signal) not in FINAL:
                self._wish(alert, signal)
        for event in await self._store.undelivered():
            self._outbox.put(event, self._clock.monotonic_s())

    @property
    def open_alerts(self) -> list[Alert]:
        """Those that still need somebody."""
        return [alert for alert in self._alerts.values() if alert.open]

    def is_open(self, number: int) -> bool:
        """Whether this alert still needs somebody."""
        return number in self._alerts and self._alerts[number].open

    @property
    def waiting(self) -> int:
        """How many events are not delivered yet."""
        return len(self._outbox)

    # --- from below: findings -------------------------------------------------------------------------------------

    async def find(
        self, finding: Finding, *, claimed: Sequence[Reading] = (), memories: Mapping[str, bytes] | None = None
    ) -> None:
        """Raise an alert, or tell the open one of it. On disk, with the press's own memory, when it returns."""
        async with self._one_at_a_time:
            alert = lifecycle.find(self._alerts.values(), finding)
            transition = lifecycle.step(alert, finding) if alert else self._raise(finding)
            await self._keep(*transition, claimed=claimed, memories=memories)

    def _raise(self, finding: Finding) -> tuple[Alert, EventName]:
        alert = lifecycle.open_alert(self._store.next_alert(), finding, self._clock.wall_ms())
        return replace(alert, epoch=self._epoch), "raised"

    async def remember(self, memories: Mapping[str, bytes]) -> None:
        """The memory of presses that call nobody; on disk when it returns."""
        await self._store.save(memories=memories)

    async def clear(self, clearing: Clearing, *, claimed: Sequence[Reading] = ()) -> None:
        """The cause of an open alert is gone. Nothing happens where there is none."""
        async with self._one_at_a_time:
            alert = lifecycle.find(self._alerts.values(), clearing)
            if alert is not None:
                await self._keep(*lifecycle.step(alert, clearing), claimed=claimed)

    async def _keep(
        self,
        alert: Alert,
        name: EventName | None,
        *,
        claimed: Sequence[Reading] = (),
        memories: Mapping[str, bytes] | None = None,
        commands: Mapping[str, bytes] | None = None,
    ) -> None:
        """One transition: first on the disk, then known to the rest of the gateway."""
        alert, _ = lifecycle.step(alert, lifecycle.Stored())
        events = [self._event(alert, name)] if name else []
        await self._store.save(alerts=[alert], events=events, claimed=claimed, memories=memories or {}, commands=commands or {})
        self._alerts[alert.number] = alert
        for event in events:
            self._outbox.put(event, self._clock.monotonic_s())
            log.info("alert", id=self._name(alert), kind=alert.kind, event_name=name, priority=alert.priority)
        self.changed.set()
        self._forget_if_over(alert)

    def _event(self, alert: Alert, name: EventName) -> AlertEvent:
        seq = self._store.next_seq()
        body = messages.alert_message(alert, name, seq, gateway=self._gateway, text=texts.text(alert, self._language))
        return AlertEvent(alert=alert.number, seq=seq, event=name, priority=alert.priority, at_ms=alert.at_ms, body=body)

    def _name(self, alert: Alert) -> str:
        return messages.alert_id(self._gateway, alert)

    def _forget_if_over(self, alert: Alert) -> None:
        if not alert.open and not self._outbox.holds(alert.number):
            self._alerts.pop(alert.number, None)

    # --- upwards: what the uplink sends ---------------------------------------------------------------------------

    def due(self, now_s: float) -> list[AlertEvent]:
        """Events to send now, the most urgent first. Each is under way until `sent` or `not_sent`."""
        return self._outbox.due(now_s)

    def next_due_s(self) -> float | None:
        """When the next event is due (monotonic seconds); None: nothing waits."""
        return self._outbox.next_due_s()

    def reconnected(self) -> None:
        """A new session: what waits is due at once."""
        self._outbox.all_due()
        self.changed.set()

    async def late(self, event: AlertEvent, body: bytes) -> None:
        """The event's first sending comes late, and its message says so from now on."""
        event.body, event.fresh = body, False
        await self._store.save(events=[event])

    async def sent(self, event: AlertEvent, now_s: float) -> None:
        """The broker took it with a good reason code. Where that is enough its delivery is over, else a receipt is awaited."""
        async with self._one_at_a_time:
            self._outbox.again(event, now_s, RESEND_S)
            if not event.sent and not event.done:
                event.sent, event.fresh, event.done = True, False, self._puback_is_enough
                await self._deliver(lifecycle.Sent(), [event])
        self.changed.set()

    async def not_sent(self, event: AlertEvent, now_s: float, why: str) -> None:
        """The broker refused it, or the link was lost: it stays, and is tried again."""
        log.warning("alert not sent", seq=event.seq, why=why)
        self._outbox.again(event, now_s, RESEND_S)
        self.changed.set()

    async def _deliver(self, happened: lifecycle.Sent | lifecycle.Received, events: list[AlertEvent]) -> None:
        """Delivery went on for these events of one alert."""
        alert = self._alerts.get(events[0].alert)
        if alert is not None:
            alert, _ = lifecycle.step(alert, happened)
        await self._store.save(alerts=[alert] if alert else [], events=events)
        self._outbox.done(event for event in events if event.done)
        if alert is not None:
            self._alerts[alert.number] = alert
            self._forget_if_over(alert)

    # --- from above: receipts and commands ------------------------------------------------------------------------

    async def receipt(self, name: str, status: str, reason: str) -> None:
        """The platform names an alert (`gateway/epoch/A4`: all its events that were sent) or one event (`...A4#2071`)."""
        events = self._outbox.named(*self._numbers(name))
        if not events:
            return
        if status == "ok":
            await self._received(events)
        else:
            after_s = RESEND_S if status == "hold" else REJECTED_RESEND_S
            for event in events:
                self._outbox.again(event, self._clock.monotonic_s(), after_s)
            if status == "rejected":
                await self._say_rejected(events[0], reason)
        self.changed.set()

    def _numbers(self, name: str) -> tuple[int, int | None]:
        """The number of the alert, and of the event where it is named; alert 0, which there is not, where none of ours is."""
        match = self._id.fullmatch(name)
        return (int(match[1]), int(match[2]) if match[2] else None) if match else (0, None)

    async def _received(self, events: list[AlertEvent]) -> None:
        async with self._one_at_a_time:
            for event in events:
                event.done = True
            await self._deliver(lifecycle.Received(), events)
            alert = self._alerts.get(events[0].alert)
            if alert is not None and "received" not in alert.band:
                self._wish(alert, "received")

    async def _say_rejected(self, event: AlertEvent, reason: str) -> None:
        alert = self._alerts.get(event.alert)
        log.error("the platform rejects an alert", seq=event.seq, reason=reason)
        if alert is not None and alert.kind != "technical":  # no alert about an alert about an alert
            await self.find(technical("alert_rejected", self._clock.wall_ms(), device=self._name(alert), priority="critical"))

    async def answered(self, name: str) -> ReplyMessage | None:
        """The answer that a command of this id got when it came before."""
        known = await self._store.command(name)
        return messages.decode_reply(known) if known else None

    async def command(self, command: CommandMessage) -> ReplyMessage:
        """Do what a person asks, once: the same command again gets the same answer."""
        async with self._one_at_a_time:
            if known := await self.answered(command.id):
                return known
            alert = self._alerts.get(self._numbers(str(command.args.get("alert", "")))[0])
            if alert is None or not alert.open:
                return await self._refuse(command, "no open alert has this id; args.alert names one as gateway/epoch/A4")
            try:
                after, event = lifecycle.step(alert, lifecycle.Command(command.verb, command.actor))
            except lifecycle.NotPossible as why:
                return await self._refuse(command, str(why))
            result: dict[str, object] = {"alert": self._name(after), "workflow": after.workflow}
            reply = ReplyMessage(id=command.id, status="done", result=result)
            await self._keep(after, event, commands={command.id: messages.encode(reply)})
            if event == "dispatched":
                self._wish(after, "help_on_the_way")
            return reply

    async def _refuse(self, command: CommandMessage, reason: str) -> ReplyMessage:
        reply = ReplyMessage(id=command.id, status="rejected", reason=reason)
        await self._store.save(commands={command.id: messages.encode(reply)})
        return reply

    # --- the wearer -----------------------------------------------------------------------------------------------

    def _wish(self, alert: Alert, signal: Signal) -> None:
        if alert.device and alert.kind != "technical" and not alert.test:
            self.wishes.put_nowait(Wish(alert.number, alert.device, signal))

    async def told(self, wish: Wish, result: str) -> None:
        """What came of a wish. Whether the band showed that help is on the way is worth an event of its own."""
        async with self._one_at_a_time:
            alert = self._alerts.get(wish.alert)
            if alert is not None and alert.band.get(wish.signal) != result:
                alert = replace(alert, band={**alert.band, wish.signal: result})
                await self._keep(alert, "updated" if wish.signal == "help_on_the_way" else None)
