"""A second path without a modem: keeps what was sent, and answers as the test says."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import NamedTuple

from gateway.changes import Changes
from gateway.channels.sms.sms import DeliveryReport, IncomingSms, ModemState, SmsReceiver, SmsResult, Unsent


class SentSms(NamedTuple):
    """What left it."""

    number: str
    text: str


class FakeSmsPath:
    """Everything is sent at once, unless `results` has something else; what is left there is given out in order."""

    def __init__(self) -> None:
        self.tried = asyncio.Event()
        self.tried.set()
        self.changes = Changes()
        self.sent: list[SentSms] = []
        self.results: deque[SmsResult] = deque()
        self.takes_s = 0.0
        self.state: ModemState = "ready"
        self.why = ""
        self.signal: int | None = 20
        self.registered = True
        self.reports_come = True
        self.faults: list[str] = []
        self._receiver: SmsReceiver | None = None
        self._one_at_a_time = asyncio.Lock()
        self._references = 0

    def deliver_to(self, receiver: SmsReceiver) -> None:
        self._receiver = receiver

    async def send(self, number: str, text: str, *, go_on: Unsent | None = None) -> SmsResult:
        async with self._one_at_a_time:
            await asyncio.sleep(self.takes_s)
            if self.state not in ("ready", "searching", "no_network"):
                return SmsResult(outcome="fault", code=self.state)
            result = self.results.popleft() if self.results else self._next_sent()
            if result.outcome == "sent":
                self.sent.append(SentSms(number, text))
            return result

    def _next_sent(self) -> SmsResult:
        self._references = (self._references + 1) % 256
        return SmsResult(outcome="sent", references=(self._references,))

    def now(self, state: ModemState) -> None:
        """The modem is like this from now on."""
        self.state = state
        self.changes.happened()

    async def phone_sends(self, number: str, text: str, at_ms: int | None = None) -> None:
        """Somebody sends this; returns when it was taken."""
        assert self._receiver is not None
        await self._receiver.incoming(IncomingSms(sender=number, text=text, at_ms=at_ms))

    async def network_reports(self, report: DeliveryReport) -> None:
        """The service centre says this; returns when it was taken."""
        assert self._receiver is not None
        await self._receiver.report(report)
