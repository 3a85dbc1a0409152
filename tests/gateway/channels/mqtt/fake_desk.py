"""The deliveries and the desk as the uplink sees them, in memory: they keep what they are told, and the tests look into it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from itertools import count

from msgspec.structs import replace

from fake_devices.patience import HANGS_S
from gateway.alert import Alert, AlertEvent, Delivery, EventName, Priority, RuleRef, lateness_s
from gateway.alerts import outbox
from gateway.alerts.outbox import Outbox
from gateway.changes import Changes
from gateway.clock import Clock
from gateway.commands import AnsweredCommand, Command, Reply
from gateway.readings import Reading
from gateway.router import Router


class FakeDesk:
    """`raises` is the test's verb; the rest is the uplink's. A receipt `ok` ends a delivery, nothing else does."""

    def __init__(self, clock: Clock) -> None:
        self.changes = Changes()
        self.outbox = Outbox()
        self.router = Router({"acknowledge": self._acknowledge}, self, clock)
        self.alerts: list[Alert] = []
        self.refused: list[str] = []
        self.losses = 0
        self.receipts: list[tuple[str, str, str]] = []
        self.commands: list[Command] = []
        self.again_s = outbox.SOON_S
        self._told = asyncio.Event()
        self._answers: dict[str, AnsweredCommand] = {}
        self._clock = clock
        self._numbers = count(1)

    def raises(
        self,
        priority: Priority = "critical",
        event: EventName = "raised",
        *,
        ago_s: float = 0,
        readings: Sequence[Reading] = (),
    ) -> AlertEvent:
        """An alert, so many seconds ago."""
        number = next(self._numbers)
        at_ms = self._clock.wall_ms() - int(ago_s * 1000)
        alert = Alert(
            number=number,
            epoch=3,
            kind="sos",
            priority=priority,
            condition="active",
            workflow="raised",
            seq=number,
            at_ms=at_ms,
            raised_ms=at_ms,
            rule=RuleRef("SOS", "1"),
            wearer="W-017",
            device="C0:FF:EE:00:00:01",
            readings=tuple(readings),
        )
        raised = AlertEvent(alert=alert, event=event, seq=number, at_ms=at_ms, text="help")
        self.alerts.append(alert)
        self.outbox.put(raised, Delivery(event=number, channel="mqtt"))
        self.changes.happened()
        return raised

    async def wait_for(self, found: Callable[[], object], limit_s: float = HANGS_S) -> None:
        """Returns when this is true; looked at whenever the uplink has told something. Raises TimeoutError."""
        async with asyncio.timeout(limit_s):
            while not found():
                self._told.clear()
                await self._told.wait()

    @property
    def any_open(self) -> bool:
        return bool(self.alerts)

    def take(self, now_s: float, *, again: bool) -> tuple[AlertEvent, Delivery] | None:
        waiting = self.outbox.take(now_s, again=again)
        return (waiting.event, waiting.delivery) if waiting else None

    def next_due_s(self, *, again: bool) -> float | None:
        return self.outbox.next_due_s(again=again)

    platform_answered = False

    def silent(self, now_s: float) -> bool:
        return self.outbox.unanswered(now_s)

    def reconnected(self) -> None:
        self.changes.happened()

    def disconnected(self) -> None:
        self.losses += 1
        self.outbox.all_due()
        self._tell()

    async def handed_over(self, seq: int) -> int:
        waiting = self.outbox.get(seq)
        assert waiting
        late_s = waiting.delivery.late_s
        if late_s is None:
            late_s = lateness_s(waiting.event.at_ms, self._clock.wall_ms())
            self.outbox.update(replace(waiting.delivery, late_s=late_s))
        return late_s

    async def sent(self, seq: int, now_s: float) -> None:
        if waiting := self.outbox.get(seq):
            self.outbox.update(replace(waiting.delivery, state="sent"))
        self.outbox.taken(seq, now_s)
        self._sooner(seq, now_s)

    def not_sent(self, seq: int, now_s: float, why: str, *, breaks_link: bool = False) -> None:
        self.refused.append(why)
        self.outbox.refused(seq, now_s, breaks_link=breaks_link)
        self._sooner(seq, now_s)

    def _sooner(self, seq: int, now_s: float) -> None:
        self.outbox.reschedule([seq], now_s - outbox.SOON_S + self.again_s)
        self._tell()

    async def receipt(self, name: str, status: str, reason: str) -> None:
        self.receipts.append((name, status, reason))
        if status == "ok":
            alert, _, seq = name.rpartition("A")[2].partition("#")
            for waiting in self.outbox.named(3, int(alert), int(seq) if seq else None, self._clock.monotonic_s()):
                self.outbox.update(replace(waiting.delivery, state="done"))
        self._tell()

    async def answered(self, command: str) -> AnsweredCommand | None:
        return self._answers.get(command)

    async def remember(self, *answered: AnsweredCommand, memories: Mapping[str, bytes] | None = None) -> None:
        self._answers |= {one.id: one for one in answered}

    async def _acknowledge(self, command: Command) -> Reply:
        self.commands.append(command)
        reply = Reply(id=command.id, verb=command.verb, status="done")
        await self.remember(AnsweredCommand(command.id, command.fingerprint, reply))
        self._tell()
        return reply

    def _tell(self) -> None:
        self._told.set()
        self.changes.happened()
