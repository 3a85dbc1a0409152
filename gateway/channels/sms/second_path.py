"""The second path in the daemon: sends what waits as long as there is a modem, and takes in what comes.

A phone that cannot be reached for a while holds up nobody else. A message of which nobody knows whether it went out is sent
again: it has the alert's number, so people see that it is the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from msgspec import Struct

from gateway.alerts.desk import Desk
from gateway.alerts.technical import over, technical
from gateway.channels.sms.answering import Answering
from gateway.channels.sms.outgoing import Message, Outgoing
from gateway.channels.sms.reports import ReportBook, SentMessage
from gateway.channels.sms.sms import DeliveryReport, IncomingSms, SmsPath, SmsResult, Unsent
from gateway.clock import Clock

log = structlog.get_logger()

UNDELIVERED = "sms_undelivered"
MODEM = "modem"  # the device of its technical alerts
UNKNOWN_AGAIN_S = 5.0
SHORTEST_S = 0.01
LOOK_S = 30.0  # for what becomes due by the hour: the bound of the day, words that are too old


class _Again(Struct, frozen=True):
    """A message that did not go out, what is still to go of it, and not before when (monotonic seconds)."""

    message: Message
    unsent: Unsent | None
    after_s: float


class SecondPath:
    """`run` it with the modem as long as there is one."""

    def __init__(self, out: Outgoing, answering: Answering, desk: Desk, clock: Clock) -> None:
        self._out, self._answering, self._desk, self._clock = out, answering, desk, clock
        self._again: dict[str, _Again] = {}
        self._reports: ReportBook | None = None
        self._path: SmsPath | None = None

    @property
    def faults(self) -> list[str]:
        """For the heartbeat."""
        return ["sms_bound"] if self._out.held_back else []

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

    def _due(self) -> tuple[Message, Unsent | None] | None:
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
        now_s = self._clock.monotonic_s()
        tries = [again.after_s - now_s for again in self._again.values()]
        together_s = self._out.next_s()
        return max(SHORTEST_S, min([LOOK_S, *tries, LOOK_S if together_s is None else together_s]))

    async def _settle(self, message: Message, result: SmsResult) -> None:
        self._again.pop(message.phone, None)
        log.info("sms", outcome=result.outcome, code=result.code, parts=message.parts, alerts=len(message.asks))
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

    def _remember(self, message: Message, references: Sequence[int]) -> None:
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
        about = self._book_of_reports.reported(report, self._clock.wall_ms())
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

    async def test(self, number: str, text: str) -> SmsResult | None:
        """Send a text that is only a test; None: there is no modem."""
        path = self._path
        if path is None:
            return None
        result = await path.send(number, text)
        if result.outcome == "sent":
            self._out.count(text)
            await self._desk.stored()
        return result
