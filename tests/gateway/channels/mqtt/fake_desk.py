"""The desk as the uplink sees it, in memory: it keeps what it is told, and the tests look into it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count

from gateway.alert import Alert, AlertEvent, EventName, Priority, RuleRef
from gateway.alerts.outbox import Outbox
from gateway.clock import Clock
from gateway.messages import CommandMessage, ReplyMessage, alert_message
from tests.gateway.channels.mqtt.settings import GATEWAY


class FakeDesk:
    """`raises` is the test's verb; the rest is the uplink's. A receipt `ok` ends a delivery, nothing else does."""

    def __init__(self, clock: Clock) -> None:
        self.changed = asyncio.Event()
        self.outbox = Outbox()
        self.sent_events: list[AlertEvent] = []
        self.refused: list[str] = []
        self.receipts: list[tuple[str, str, str]] = []
        self.commands: list[CommandMessage] = []
        self._told = asyncio.Event()
        self._replies: dict[str, ReplyMessage] = {}
        self._clock, self.again_s = clock, 10.0
        self._numbers = count(1)

    def raises(self, priority: Priority = "critical", event: EventName = "raised", *, ago_s: float = 0) -> AlertEvent:
        """An alert, so many seconds ago."""
        number = next(self._numbers)
        at_ms = self._clock.wall_ms() - int(ago_s * 1000)
        alert = Alert(
            number=number,
            epoch=3,
            kind="sos",
            priority=priority,
            condition="active",
            workflow="stored",
            at_ms=at_ms,
            raised_ms=at_ms,
            rule=RuleRef("SOS", "1"),
            wearer="W-017",
            device="C0:FF:EE:00:00:01",
        )
        body = alert_message(alert, event, number, gateway=GATEWAY, text="help")
        raised = AlertEvent(alert=number, seq=number, event=event, priority=priority, at_ms=at_ms, body=body)
        self.outbox.put(raised, self._clock.monotonic_s())
        self.changed.set()
        return raised

    async def wait_for(self, found: Callable[[], object], limit_s: float = 10) -> None:
        """Returns when this is true; looked at whenever the uplink has told something. Raises TimeoutError."""
        async with asyncio.timeout(limit_s):
            while not found():
                self._told.clear()
                await self._told.wait()

    def due(self, now_s: float) -> list[AlertEvent]:
        return self.outbox.due(now_s)

    def next_due_s(self) -> float | None:
        return self.outbox.next_due_s()

    def reconnected(self) -> None:
        self.outbox.all_due()
        self.changed.set()

    async def late(self, event: AlertEvent, body: bytes) -> None:
        event.body, event.fresh = body, False

    async def sent(self, event: AlertEvent, now_s: float) -> None:
        self.sent_events.append(event)
        event.fresh = False
        self.outbox.again(event, now_s, self.again_s)
        self._tell()

    async def not_sent(self, event: AlertEvent, now_s: float, why: str) -> None:
        self.refused.append(why)
        self.outbox.again(event, now_s, self.again_s)
        self._tell()

    async def receipt(self, name: str, status: str, reason: str) -> None:
        self.receipts.append((name, status, reason))
        if status == "ok":
            self.outbox.done(self.outbox.named(int(name.rpartition("A")[2].partition("#")[0]), None))
        self._tell()

    async def answered(self, name: str) -> ReplyMessage | None:
        return self._replies.get(name)

    async def command(self, command: CommandMessage) -> ReplyMessage:
        self.commands.append(command)
        self._replies[command.id] = ReplyMessage(id=command.id, status="done")
        self._tell()
        return self._replies[command.id]

    def _tell(self) -> None:
        self._told.set()
        self.changed.set()
