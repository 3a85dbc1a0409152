"""The second path in the daemon: sends what waits as long as there is a modem, and takes in what comes.

A phone that cannot be reached for a while holds up nobody else. A message of which nobody knows whether it went out is sent
again: it has the alert's number, so people see that it is the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from msgspec import Struct

from gateway.alerts.desk import Desk
from gateway.alerts.technical import over, technical
from gateway.channels.sms.answering import Answering
from gateway.channels.sms.outgoing import SmsMessage, SmsQueue
from gateway.channels.sms.reports import MessageFate, ReportBook, SentMessage
from gateway.channels.sms.sms import DeliveryReport, IncomingSms, SmsPath, SmsResult, Unsent
from gateway.clock import Clock
from gateway.logger import Logger

log = Logger()

UNDELIVERED = "sms_undelivered"
MODEM = "modem"  # the device of its technical alerts
NO_MODEM = "no such path"
UNKNOWN_AGAIN_S = 5.0
SHORTEST_S = 0.01
LOOK_S = 30.0  # for what becomes due by the hour: the bound of the day, words that are too old


class _Again(Struct, frozen=True):
    """A message that did not go out, what is still to go of it, and not before when (monotonic seconds)."""

    message: SmsMessage
    unsent: Unsent | None
    after_s: float


class SecondPath:
    """`run` it with the modem as long as there is one."""

    def __init__(self, out: SmsQueue, answering: Answering, desk: Desk, clock: Clock) -> None:
        self._out, self._answering, self._desk, self._clock = out, answering, desk, clock
        self._again: dict[str, _Again] = {}
        self._reports: ReportBook | None = None
        self._path: SmsPath | None = None
        self._test_reports = ReportBook()
        self._test_fate: asyncio.Future[MessageFate] | None = None  # as long as somebody waits for it

    # --- out ----------------------------------------------------------------------------------------------------------

    async def run(self, path: SmsPath) -> None:
        """Send what waits, for ever."""
        self._path = path
        path.deliver_to(self)
        try:
            while True:
                seen, states = self._desk.changes.number, path.changes.number
                if not await self._send_one(path, states):
                    await self._desk.changes.wait_beyond_or(seen, self._look_again_s())
        finally:
            self._path, self._out.on_its_way = None, None

    async def send_waiting(self, path: SmsPath) -> None:
        """Send what waits now."""
        while await self._send_one(path, path.changes.number):
            pass

    async def _send_one(self, path: SmsPath, states: int) -> bool:
        """Whether there was one."""
        found = self._due()
        await self._desk.stored()
        if found is None:
            return False
        message, unsent = found
        self._out.on_its_way = message
        try:
            result = await path.send(message.number, message.text, go_on=unsent)
        finally:
            self._out.on_its_way = None
        await self._settle(message, result)
        if result.outcome == "fault":
            await path.changes.wait_beyond_or(states, LOOK_S)
        return True

    def _due(self) -> tuple[SmsMessage, Unsent | None] | None:
        """The next message that is new, or one that is to be tried again."""
        now_s = self._clock.monotonic_s()
        for phone, again in list(self._again.items()):
            if not self._out.is_wanted(again.message):
                del self._again[phone]
            elif again.after_s <= now_s:
                return again.message, again.unsent
        message = self._out.next(but=list(self._again))
        return (message, None) if message else None

    def _look_again_s(self) -> float:
        """When something may be due, unless there is something new before."""
        next_s = self.next_s()
        return max(SHORTEST_S, min(LOOK_S, LOOK_S if next_s is None else next_s))

    def next_s(self) -> float | None:
        """In how many seconds something is to be sent, or tried again, though nothing new comes; None: nothing is."""
        now_s = self._clock.monotonic_s()
        due = [max(0.0, again.after_s - now_s) for again in self._again.values()]
        due += [LOOK_S] if self._out.held_back_since_ms is not None else []
        return min(due, default=None)

    async def _settle(self, message: SmsMessage, result: SmsResult) -> None:
        self._again.pop(message.phone, None)
        log.info("sms", outcome=result.outcome, error=result.code, parts=message.parts, alerts=len(message.asks))
        if result.outcome == "sent":
            self._out.settled(message, "sent")
            self._remember(message, result.references)
            await self._desk.stored()
            await self._tell(delivered=True)
        elif result.outcome == "permanent":
            self._out.settled(message, "failed")
            await self._desk.stored()
            await self._tell(delivered=False)
        else:
            pause_s = {"temporary": result.again_s, "unknown": UNKNOWN_AGAIN_S}.get(result.outcome, 0.0)
            self._again[message.phone] = _Again(message, result.unsent, self._clock.monotonic_s() + pause_s)

    def _remember(self, message: SmsMessage, references: Sequence[int]) -> None:
        """Reports of it may come, and may have come."""
        if not message.asks or not references:
            return
        key = ",".join(f"{alert}:{n}" for alert, n in message.asks)
        sent = SentMessage(key, message.number, list(references), self._clock.wall_ms())
        known = self._book_of_reports.sent(sent)
        self._out.keep(self._out.kept.with_messages(self._book_of_reports.messages))
        if known:
            self._fate(sent)

    # --- in -----------------------------------------------------------------------------------------------------------

    async def incoming(self, message: IncomingSms) -> None:
        """A message: what it does is on the disk when this returns."""
        await self._answering.take(message.sender, message.text, message.at_ms)

    async def report(self, report: DeliveryReport) -> None:
        """The service centre's word of a message."""
        now_ms = self._clock.wall_ms()
        if self._test_fate and (test := self._test_reports.reported(report, now_ms)):
            self._end_test(test)
            return
        about = self._book_of_reports.reported(report, now_ms)
        if about is None:
            return
        self._out.keep(self._out.kept.with_messages(self._book_of_reports.messages))
        self._fate(about)
        await self._desk.stored()
        if about.fate in ("failed", "expired"):
            await self._tell(delivered=False)

    @property
    def _book_of_reports(self) -> ReportBook:
        if self._reports is None:
            self._reports = ReportBook(self._out.kept.messages)
        return self._reports

    def _fate(self, message: SentMessage) -> None:
        if message.fate == "pending":
            return
        pairs = (pair.split(":") for pair in message.key.split(","))
        asks = [(int(alert), int(n)) for alert, n in pairs]
        self._out.reported(asks, "delivered" if message.fate == "delivered" else "failed")

    # --- what people are told of the path itself ----------------------------------------------------------------------

    async def _tell(self, *, delivered: bool) -> None:
        """A message that cannot be delivered is a fault of its own, until the next that goes out."""
        told = any(alert.kind == "technical" and alert.detail == UNDELIVERED for alert in self._desk.open_alerts)
        now_ms = self._clock.wall_ms()
        if delivered and told:
            await self._desk.clear(over(UNDELIVERED, now_ms, device=MODEM))
        elif not delivered and not told:
            await self._desk.find(technical(UNDELIVERED, now_ms, device=MODEM))

    # --- tests ----------------------------------------------------------------------------------------------------------

    @property
    def is_ready(self) -> bool:
        """Whether the modem is in a network and has a signal."""
        path = self._path
        return path is not None and path.registered and path.state == "ready"

    async def test(self, number: str, text: str, *, watched: bool = False) -> str:
        """Send a text that is only a test: "" when it went out, else why not. `watched`: its fate is asked for then."""
        path = self._path
        if path is None:
            return NO_MODEM
        self._test_reports = ReportBook()
        self._test_fate = asyncio.get_running_loop().create_future() if watched else None
        result = await path.send(number, text)
        if result.outcome != "sent":
            self._test_fate = None
            return result.code or result.outcome
        self._out.count(text)
        await self._desk.stored()
        message = SentMessage("test", number, list(result.references), self._clock.wall_ms())
        if self._test_reports.sent(message):
            self._end_test(message)
        return ""

    @property
    def reports_come(self) -> bool:
        """Whether this modem can hand on delivery reports."""
        return self._path is not None and self._path.reports_come

    async def fate_of_test(self) -> MessageFate:
        """What the service centre says of the last test that went out; it may never say anything."""
        assert self._test_fate  # it went out
        try:
            return await self._test_fate
        finally:
            self._test_fate = None

    def _end_test(self, message: SentMessage) -> None:
        if message.fate != "pending" and self._test_fate and not self._test_fate.done():
            self._test_fate.set_result(message.fate)
