"""A desk with people on duty, on real databases and a clock that the test moves; every SMS that is due goes at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from gateway.alert import Alert, AskResult, Finding, Priority, RuleRef
from gateway.alerts.book import AlertBook
from gateway.alerts.desk import Desk
from gateway.alerts.house import House
from gateway.alerts.ladder import Duty
from gateway.channels.sms.answering import Answering
from gateway.channels.sms.outgoing import SmsMessage, SmsQueue
from gateway.choices import Choices
from gateway.duty.duty_list import DutyList, Phone
from gateway.duty.responders import Volunteer, Volunteers
from gateway.language import Language
from gateway.replay.usual_choices import usual_choices
from gateway.settings.shipped import shipped_table
from gateway.store.opening import open_stores
from gateway.store.stores import Stores
from tests.gateway.upper_half import TestClock

ZONE = ZoneInfo("Asia/Shanghai")
WANG, LI, ZHAO, VOLUNTEER = "13800000001", "13800000002", "13800000003", "13800000012"
THREE = DutyList((Phone("wang", WANG), Phone("li", LI), Phone("zhao", ZHAO)))
NEAR = Volunteers((Volunteer("V-12", VOLUNTEER, 30.53, 120.68),))


@dataclass
class ADuty:
    """`sent`: when (seconds from the beginning), to whom, what."""

    book: AlertBook
    desk: Desk
    out: SmsQueue
    answering: Answering
    stores: Stores
    clock: TestClock
    began_s: float
    choices: Callable[[], Choices]
    sent: list[tuple[float, str, str]] = field(default_factory=list)
    results: dict[str, AskResult] = field(default_factory=dict)  # by phone, where it is not "sent"
    is_free: bool = True  # the modem
    a_part_s: float = 0.0  # how long it is busy with each part

    async def press(
        self, wearer: str = "W-017", room: str = "3-201", kind: str = "sos", priority: Priority = "critical"
    ) -> Alert:
        """Somebody calls."""
        finding = Finding(
            kind=kind,  # type: ignore[arg-type]  # a test's word
            priority=priority,
            at_ms=self.clock.wall_ms(),
            rule=RuleRef(id="SOS", table="1"),
            wearer=wearer,
            room=room,
        )
        await self.desk.find(finding)
        return next(alert for alert in self.book.alerts if alert.wearer == wearer and alert.kind == kind)

    async def passes(self, seconds: float) -> None:
        """Time; every step is taken when it is due, every message sent."""
        end_s = self.clock.now_s + seconds
        while True:
            await self.desk.tick()
            await self.send()
            step_s = self.desk.next_step_s()
            if step_s is None or self.clock.now_s + step_s > end_s:
                break
            self.clock.now_s += max(0.001, step_s)
        self.clock.now_s = end_s
        await self.desk.tick()
        await self.send()

    async def send(self) -> None:
        """All that waits, as long as the modem is free."""
        while self.is_free and (message := self.out.next()):
            await self.send_one(message)

    async def send_one(self, message: SmsMessage) -> None:
        """The modem has said what came of it; steps that were due meanwhile are taken."""
        self.clock.now_s += self.a_part_s * message.parts
        await self.desk.tick()
        self.out.settled(message, self.results.get(message.phone, "sent"))
        await self.desk.stored()
        self.sent.append((round(self.clock.now_s - self.began_s, 1), message.phone, message.text))

    async def answers(self, number: str, text: str, at_ms: int | None = None) -> None:
        """Somebody sends this."""
        await self.answering.take(number, text, self.clock.wall_ms() if at_ms is None else at_ms)
        await self.desk.tick()
        await self.send()

    def take(self) -> list[tuple[float, str, str]]:
        """What was sent since."""
        taken, self.sent = self.sent, []
        return taken

    def told(self) -> list[tuple[float, str]]:
        """The same without the texts."""
        return [(at, phone) for at, phone, _ in self.take()]

    def alert(self, number: int) -> Alert:
        """As it is now."""
        found = self.book.get(number)
        assert found
        return found


@asynccontextmanager
async def a_duty(
    folder: Path,
    clock: TestClock,
    duty_list: DutyList = THREE,
    *,
    language: Language = "en",
    sms_per_day: int = 200,
    duty: Duty = Duty(),  # noqa: B008 (frozen)
) -> AsyncIterator[ADuty]:
    """A life of it over the databases in this folder."""
    stores = await open_stores(folder, "xishan-01", clock)
    try:
        book = AlertBook(gateway="xishan-01", epoch=stores.epoch, language=lambda: "en", store=stores.alerts, clock=clock)
        house = House(zone=lambda: ZONE, on_duty=lambda local: [phone.name for phone in duty_list.on_duty(local)])
        desk = Desk(book, clock, lambda: duty, house=house)
        await desk.resume()

        def choices() -> Choices:
            return replace(
                usual_choices(shipped_table()),
                duty_list=duty_list,
                volunteers=NEAR,
                duty=duty,
                language=language,
                zone=ZONE,
                sms_per_day=sms_per_day,
                has_modem=True,
            )

        out = SmsQueue(book, choices, clock.wall_ms)
        out.load(await stores.alerts.memories())
        answering = Answering(book, desk, out, choices, clock.wall_ms)
        yield ADuty(book, desk, out, answering, stores, clock, clock.now_s, choices)
    finally:
        await stores.close()


def time_of(clock: TestClock, seconds: float = 0) -> str:
    """What the clock on the wall says."""
    return f"{datetime.fromtimestamp(clock.wall_ms() / 1000 + seconds, UTC).astimezone(ZONE):%H:%M}"
