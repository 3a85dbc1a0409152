"""A conversation under way: every order is answered in time, a driver's mistakes are its own, and stopping is ordinary."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

import pytest

from drivers import DRIVERS
from drivers.driver import (
    Answer,
    Answered,
    BytesReceived,
    ClockAhead,
    ConnectionDriver,
    Conversation,
    Decoded,
    Fetch,
    Learnt,
    LocalTime,
    Notified,
    Order,
    Outcome,
    Read,
    Report,
    ReportWant,
    Send,
    Silence,
    Store,
    Subscribe,
    Vibrate,
    Visit,
    Wait,
    Write,
)
from fake_devices.patience import HANGS_S
from gateway.changes import Changes
from gateway.driver_bugs import DriverFaults
from gateway.errors import SourceLost
from gateway.sources import conversation
from gateway.sources.ble.band_link import BandLink
from gateway.sources.conversation import ConversationRunner, LinkWant
from gateway.sources.visit_plan import VisitPlan
from tests.gateway.sources.recorder import eventually
from tests.gateway.standing import Stands

if TYPE_CHECKING:
    from gateway.sources.ble.bluez import GattClient

CLOCK = "2026-11-23T09:05:30+08:00"


class PlayedLink:
    """A link that the test plays: what comes, and when it is gone. It takes everything."""

    understands: ClassVar[tuple[type, ...]] = (Subscribe, Read, Write, Report, ClockAhead)

    def __init__(self) -> None:
        self.done: list[LinkWant] = []
        self._came: deque[Notified | BytesReceived] = deque()
        self._over = self._woken = False
        self._news = Changes()

    def sends(self, data: bytes) -> None:
        self._came.append(Notified("a characteristic", data))
        self._news.happened()

    def breaks(self) -> None:
        self._over = True
        self._news.happened()

    @property
    def pending(self) -> bool:
        return bool(self._came)

    async def do(self, want: LinkWant) -> bool:
        self.done.append(want)
        return True

    async def next(self) -> Notified | BytesReceived | None:
        while not self._came:
            seen = self._news.number
            if self._woken:
                self._woken = False
                return None
            if self._over:
                raise SourceLost("gone")
            await self._news.wait_beyond(seen)
        return self._came.popleft()

    async def rest(self) -> Notified | BytesReceived | None:
        return self._came.popleft() if self._came else None

    def wake(self) -> None:
        self._woken = True
        self._news.happened()


class Stage:
    """A conversation over a played link, and what it passed on."""

    def __init__(self) -> None:
        self.link = PlayedLink()
        self.taken: list[ReportWant] = []
        self.bugs: list[str] = []
        self.faults = DriverFaults()
        self.room = asyncio.Event()
        self.room.set()
        self.disk = asyncio.Event()
        self.disk.set()
        self.runner = ConversationRunner(
            "a band",
            self.link,
            take=self.taken.append,
            room=self._room,
            stored=self._stored,
            local_time=lambda: CLOCK,
            ask=partial(self.faults.ask, "a-driver"),
            failed=self.bugs.append,
        )

    async def _room(self) -> None:
        await self.room.wait()

    async def _stored(self, *, calls_only: bool) -> None:
        await self.disk.wait()


@pytest.fixture
async def stage() -> Stage:
    return Stage()


def obeys(outcome: Outcome) -> Callable[[], Conversation]:
    """A driver that answers every order so, and listens for ever."""

    def converse() -> Conversation:
        while True:
            event = yield Wait(60)
            if isinstance(event, Order):
                yield Answered(event, outcome)

    return converse


def ignores() -> Conversation:
    """A driver that answers no order."""
    while True:
        yield Wait(60)


async def runs(stage: Stage, converse: Callable[[], Conversation]) -> None:
    with pytest.raises(SourceLost):
        await stage.runner.run(converse)


@pytest.mark.fault("process", "it stands while a device answers", promise="the driver has the answer, not a silence")
async def test_what_came_while_we_stood_still_is_no_silence(stage: Stage, stands: Stands) -> None:
    given: list[Answer] = []

    def converse() -> Conversation:
        given.append((yield Wait(5)))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(stage.runner.run(converse))
        await asyncio.sleep(0)
        stands(60)
        await a_few_turns()  # until it has been read
        stage.link.sends(b"1")

    assert given == [Notified("a characteristic", b"1")]


@pytest.mark.fault("process", "it stands while a band streams", promise="its link is kept")
async def test_a_band_is_not_silent_while_we_stood_still(stands: Stands) -> None:
    streaming = next(one for one in DRIVERS if isinstance(one, ConnectionDriver) and one.streams and one.silence_s < 600)
    link = BandLink(streaming, lambda: None)
    link.opened(cast("GattClient", None))
    async with asyncio.TaskGroup() as tasks:
        heard = tasks.create_task(link.next())
        await asyncio.sleep(0)
        stands(600)
        await a_few_turns()
        link._notified("a characteristic", b"1")

    assert heard.result() == Notified("a characteristic", b"1")


async def a_few_turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


# --- what came of an order ---


@pytest.mark.parametrize("outcome", [Outcome("done"), Outcome("sent"), Outcome("failed", "no motor"), Outcome("unsupported")])
async def test_what_the_driver_says_of_an_order_is_what_is_told(stage: Stage, outcome: Outcome) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(runs(stage, obeys(outcome)))
        told = await stage.runner.order(Vibrate(1))
        stage.link.breaks()

    assert told == outcome


async def test_an_order_that_is_never_answered_ends_at_its_deadline(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "AT_ONCE_S", 0.01)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(runs(stage, ignores))
        told = await stage.runner.order(Vibrate(1))
        stage.link.breaks()

    assert told == Outcome("unreachable", "no answer in time")


async def test_an_order_that_the_driver_did_not_take_in_time_is_not_done_later(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "AT_ONCE_S", 0.01)
    seen: list[Answer] = []

    def converse() -> Conversation:
        while True:
            seen.append((yield Wait(0)))
            if len(seen) == 3:
                return

    await stage.runner.order(Vibrate(2))  # the conversation has not begun

    await stage.runner.run(converse)

    assert not [event for event in seen if isinstance(event, Order)]


async def test_a_late_answer_is_no_answer_to_the_next_order(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "AT_ONCE_S", 0.01)
    orders: list[Order] = []

    def converse() -> Conversation:
        while True:
            event = yield Wait(60)
            if isinstance(event, Order):
                orders.append(event)
            elif isinstance(event, Notified):
                yield Answered(orders[0], Outcome("done"))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(runs(stage, converse))
        await stage.runner.order(Vibrate(1))
        monkeypatch.setattr(conversation, "AT_ONCE_S", 0.3)
        second = tasks.create_task(stage.runner.order(Vibrate(1)))
        await eventually(lambda: len(orders) == 2)
        stage.link.sends(b"the first is done")
        told = await second
        stage.link.breaks()

    assert told.result == "unreachable"


async def test_one_order_is_given_at_a_time(stage: Stage) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(runs(stage, ignores))
        first = tasks.create_task(stage.runner.order(Fetch()))
        await asyncio.sleep(0)
        second = await stage.runner.order(Vibrate())
        stage.link.breaks()

    assert second.result == "busy"
    assert first.result() == Outcome("unreachable", "the link is gone")


async def test_an_order_that_is_cancelled_leaves_room_for_the_next(stage: Stage) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(runs(stage, obeys(Outcome("done"))))
        first = tasks.create_task(stage.runner.order(Vibrate(1)))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.wait([first])
        second = await stage.runner.order(Vibrate(2))
        stage.link.breaks()

    assert second == Outcome("done")


async def test_what_a_visit_is_made_of_is_given_one_after_the_other_and_values_go_first(stage: Stage) -> None:
    given: list[Answer] = []
    visit = (Visit(), Fetch())

    def converse() -> Conversation:
        given.append((yield Wait(0)))
        yield Answered(visit[0], Outcome("failed", "whatever came of it"))
        stage.link.sends(b"1")
        given.append((yield Wait(0)))
        given.append((yield Wait(0)))

    await stage.runner.run(converse, VisitPlan(visit))

    assert given == [Silence(), Notified("a characteristic", b"1"), visit[1]]


# --- what a driver may want ---


async def test_the_local_time_has_its_zone(stage: Stage) -> None:
    told: list[Answer] = []

    def converse() -> Conversation:
        told.append((yield LocalTime()))

    await stage.runner.run(converse)

    assert told == [datetime.fromisoformat(CLOCK)]


async def test_reports_are_passed_on_in_order(stage: Stage) -> None:
    reports: list[ReportWant] = [ClockAhead(-60), Report(Decoded(status={"charging": "no"})), Learnt({"tail": "long"})]

    def converse() -> Conversation:
        yield from reports

    await stage.runner.run(converse)

    assert stage.taken == reports


async def test_the_disk_is_waited_for_and_not_without_an_end(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "STORE_S", 0.01)
    answers: list[Answer] = []

    async def never(*, calls_only: bool) -> None:
        await asyncio.Event().wait()

    def converse() -> Conversation:
        answers.append((yield Store()))

    await stage.runner.run(converse)
    monkeypatch.setattr(stage.runner, "_stored", never)
    await stage.runner.run(converse)

    assert answers == [True, False]


# --- a driver's mistakes are its own ---


async def test_what_this_link_does_not_understand_is_a_mistake_of_the_driver(stage: Stage) -> None:
    def converse() -> Conversation:
        yield Send(b"there is no line here")

    await runs(stage, converse)

    assert stage.bugs == ["Send is nothing that this link understands"]
    assert not stage.link.done


async def test_a_driver_that_does_nothing_but_report_can_be_stopped(stage: Stage) -> None:
    def converse() -> Conversation:
        while True:
            yield LocalTime()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await stage.runner.run(converse)


async def test_what_was_begun_when_the_link_broke_may_be_reported_and_nothing_else_is_done(stage: Stage) -> None:
    def converse() -> Conversation:
        event = yield Wait(60)
        assert event == Silence()
        yield Write("a characteristic", b"stop")
        yield Learnt({"half": "a frame"})
        yield Wait(60)
        yield Learnt({"never": "reported"})

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(runs(stage, converse))
        await asyncio.sleep(0)
        stage.link.breaks()

    assert stage.taken == [Learnt({"half": "a frame"})]
    assert not stage.link.done


async def test_last_words_come_to_an_end(stage: Stage) -> None:
    def converse() -> Conversation:
        yield Wait(60)
        while True:
            yield Learnt({"more": "and more"})

    stage.link.breaks()

    await runs(stage, converse)

    assert len(stage.taken) == conversation.MOST_LAST_WORDS


# --- stopping ---


async def test_a_conversation_that_is_cancelled_in_the_very_tick_in_which_something_comes_ends(stage: Stage) -> None:
    closed: list[bool] = []

    def converse() -> Conversation:
        try:
            while True:
                yield Wait(60)
        finally:
            closed.append(True)

    running = asyncio.ensure_future(stage.runner.run(converse))
    await asyncio.sleep(0)
    stage.link.sends(b"now")
    running.cancel()
    async with asyncio.timeout(HANGS_S):
        await asyncio.wait([running])

    assert running.cancelled()
    assert closed == [True]


def tells_what_it_hears() -> Conversation:
    """A driver that tells each value, and the end, and answers the band each time."""
    event: Answer = None
    while True:
        event = yield Wait(60)
        yield Learnt({"heard": event.data if isinstance(event, Notified) else event})
        yield Write("a characteristic", b"thanks")


@pytest.mark.fault(
    "process", "it ends while a slow disk leaves what a band said waiting", promise="all that was heard is taken"
)
async def test_what_came_before_a_conversation_was_cancelled_is_told_and_nothing_more_is_done(stage: Stage) -> None:
    running = asyncio.ensure_future(stage.runner.run(tells_what_it_hears))
    stage.link.sends(b"one")
    await eventually(lambda: stage.link.done)
    stage.room.clear()
    stage.link.sends(b"two")
    stage.link.sends(b"three")
    running.cancel()
    await asyncio.wait([running])

    assert running.cancelled()
    assert stage.taken == [Learnt({"heard": heard}) for heard in (b"one", b"two", b"three", Silence())]
    assert len(stage.link.done) == 1


async def test_what_comes_while_the_driver_waits_for_the_disk_is_told_at_a_stop(stage: Stage) -> None:
    stage.disk.clear()

    def stores() -> Conversation:
        assert (yield Store()) is False
        yield from tells_what_it_hears()

    running = asyncio.ensure_future(stage.runner.run(stores))
    await asyncio.sleep(0)
    stage.link.sends(b"a press")
    running.cancel()
    await asyncio.wait([running])

    assert running.cancelled()
    assert stage.taken[0] == Learnt({"heard": b"a press"})


async def test_a_driver_that_fails_at_the_end_keeps_nobody_from_ending(stage: Stage) -> None:
    def fails() -> Conversation:
        yield Wait(60)
        raise ZeroDivisionError

    running = asyncio.ensure_future(stage.runner.run(fails))
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait([running])

    assert running.cancelled()


async def test_who_waits_for_an_answer_can_be_cancelled_in_the_very_tick_in_which_it_comes(stage: Stage) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(runs(stage, ignores))
        ordered = tasks.create_task(stage.runner.order(Vibrate()))
        await asyncio.sleep(0)
        stage.runner.over()
        ordered.cancel()
        await asyncio.wait([ordered])
        stage.link.breaks()

    assert ordered.cancelled()
