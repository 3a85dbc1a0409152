"""A driver's conversation over one link, Bluetooth or serial: does what it wants, hands it what happens, passes reports on."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import ClassVar, Protocol, TypeVar

import structlog

from drivers.driver import (
    Answer,
    Answered,
    BytesReceived,
    ClockAhead,
    Conversation,
    Find,
    Learnt,
    LocalTime,
    Notified,
    Now,
    Order,
    Outcome,
    PairAgain,
    Read,
    Report,
    ReportItems,
    ReportWant,
    Send,
    ShowText,
    Silence,
    Store,
    Subscribe,
    Vibrate,
    Wait,
    Want,
    Write,
)
from drivers.soundness import is_sound_want
from gateway.awake import awake_timeout
from gateway.driver_bugs import DriverFailed
from gateway.errors import SourceLost
from gateway.sources.visit_plan import VisitPlan

log = structlog.get_logger()
T = TypeVar("T")

STORE_S = 10  # a full disk never takes what was reported: the driver goes on without, and the device keeps it
AT_ONCE = Vibrate | Find | ShowText
NOT_DONE = frozenset({"failed", "unreachable"})
AT_ONCE_S = 10  # the driver may be at a step or two when it is ordered to make the band vibrate
LONGEST_ORDER_S = 600  # a store of a day takes nine minutes at 4800 baud

BREATHES_EVERY = 1_000
LAST_WORDS_S = 1.0  # of a line that never falls silent
MOST_LAST_WORDS = 1_000  # wants, at one thing that came

LinkWant = Subscribe | Read | Write | Send


class Ask(Protocol):
    """Calls a driver behind its wall (`driver_bugs.py`)."""

    def __call__(self, call: Callable[[], T], /) -> T:
        """What it gives. Raises DriverFailed."""
        ...


class Stored(Protocol):
    """Returns when all that was taken is on the disk, or what calls for help is."""

    async def __call__(self, *, calls_only: bool) -> None:
        """Not while the disk refuses, save for calls: these are on their way."""
        ...


class DeviceLink(Protocol):
    """What a conversation needs of a link."""

    understands: ClassVar[tuple[type, ...]]  # wants and reports that are of this kind of link

    @property
    def pending(self) -> bool:
        """Whether something came that was not taken yet."""
        ...

    async def do(self, want: LinkWant, /) -> bool | bytes | None:
        """Does this, which it understands; False or None where the device would not."""
        ...

    async def next(self) -> Notified | BytesReceived | None:
        """The next that comes; None: it was woken. Raises SourceLost once the link is gone and all that came was taken."""
        ...

    async def rest(self) -> Notified | BytesReceived | None:
        """The next of what came and was not taken yet, when the link is let go; None: there is no more."""
        ...

    def wake(self) -> None:
        """Lets `next` give None instead of waiting."""
        ...


class ConversationRunner:
    """One conversation under way, with the device of this name (for the log). What it reports goes to `take`, but for answers.

    `room` returns when more may be heard; `local_time` is the local wall clock in ISO 8601; `ask` calls the driver, and raises
    DriverFailed; `failed` counts another bug of the driver.
    """

    def __init__(
        self,
        device: str,
        link: DeviceLink,
        *,
        take: Callable[[ReportWant], None],
        room: Callable[[], Awaitable[None]],
        stored: Stored,
        local_time: Callable[[], str | None],
        ask: Ask,
        failed: Callable[[str], None],
    ) -> None:
        self._device = device
        self._link = link
        self._take, self._room = take, room
        self._stored = stored
        self._local_time = local_time
        self._ask, self._failed = ask, failed
        self._began_s = 0.0
        self._plan = VisitPlan()
        self._orders: deque[Order] = deque()
        self._ordered: tuple[Order, asyncio.Future[Outcome]] | None = None

    async def run(self, begin: Callable[[], Conversation], plan: VisitPlan | None = None) -> None:
        """From `begin` until the driver has enough. Raises SourceLost when the link is gone, or the driver fails.

        `plan`: what is ordered, one after the other; `begin` gives the first of them to the driver.
        """
        self._began_s = _now_s()
        self._plan = plan or VisitPlan()
        self._plan.begin(self._began_s)
        self._plan.next(self._began_s)
        try:
            await self._converse(self._begun(begin))
        finally:
            self.over()

    def over(self) -> None:
        """The link is gone, or never came about: what is ordered will not be done."""
        self._answer(Outcome("unreachable", "the link is gone"))

    async def order(self, order: Order) -> Outcome:
        """Has the driver do something, in the midst of whatever it does; what came of it, after its deadline at the latest."""
        if self._ordered is not None:
            return Outcome("busy", "something else is ordered of it")
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._ordered = order, answer
        self._orders.append(order)
        self._link.wake()
        try:
            async with awake_timeout(AT_ONCE_S if isinstance(order, AT_ONCE) else LONGEST_ORDER_S):
                return await answer
        except TimeoutError:
            return Outcome("unreachable", "no answer in time")
        finally:
            self._ordered = None
            self._orders.clear()  # what the driver has not begun, it shall not do later

    # --- the conversation ---

    def _begun(self, begin: Callable[[], Conversation]) -> Conversation:
        try:
            return self._ask(begin)
        except DriverFailed as bug:
            raise SourceLost("failed") from bug

    async def _converse(self, conversation: Conversation) -> None:
        wants = 0
        try:
            want = self._next(conversation, None)
            while want is not None:
                wants += 1
                if wants % BREATHES_EVERY == 0:  # a driver that only reports must not stop the others, nor its own deadline
                    await asyncio.sleep(0)
                    await self._room()
                answer = await self._do_or_end(conversation, want)
                want = self._next(conversation, answer)
        finally:
            self._close(conversation)

    async def _do_or_end(self, conversation: Conversation, want: Want) -> Answer:
        try:
            return await self._do(want)
        except (SourceLost, asyncio.CancelledError):
            with suppress(SourceLost, TimeoutError):  # a bug of the driver, at worst: it must not keep us from ending
                async with asyncio.timeout(LAST_WORDS_S):
                    await self._last_words(conversation, want)
            raise

    def _next(self, conversation: Conversation, answer: Answer) -> Want | None:
        try:
            want = self._ask(partial(_sent, conversation, answer))
        except DriverFailed as bug:
            raise SourceLost("failed") from bug
        if want is not None and not is_sound_want(want):
            raise self._driver_failed(f"{type(want).__name__} with what it cannot have")
        return want

    async def _last_words(self, conversation: Conversation, first: Want) -> None:
        """The link is gone, or let go, while the driver wants this: it hears what came till now, and then that no more will."""
        wait = self._to_next_wait(conversation, first)
        while wait and (event := await self._link.rest()):
            wait = self._to_next_wait(conversation, self._next(conversation, event))
        if wait:
            self._to_next_wait(conversation, self._next(conversation, Silence()))

    def _to_next_wait(self, conversation: Conversation, want: Want | None) -> Wait | None:
        """What it reports is taken; what it wants of the device, or of the disk, does not come true. None: it ends."""
        for _ in range(MOST_LAST_WORDS):
            if want is None or isinstance(want, Wait):
                return want
            in_vain = isinstance(want, LinkWant | Store)
            answer = self._do_at_once(want) if not in_vain else None if isinstance(want, Read) else False
            want = self._next(conversation, answer)
        return None

    def _close(self, conversation: Conversation) -> None:
        with suppress(DriverFailed):
            self._ask(conversation.close)

    def _driver_failed(self, why: str) -> SourceLost:
        """A bug in a driver costs its own device a link, and nothing else anything."""
        self._failed(why)
        return SourceLost("failed")

    # --- what the driver wants ---

    async def _do(self, want: Want) -> Answer:
        match want:
            case Wait(seconds):
                return await self._wait(seconds)
            case Store(calls_only):
                return await self._store(calls_only=calls_only)
            case Subscribe() | Read() | Write() | Send() if isinstance(want, self._link.understands):
                return await self._link.do(want)
            case _:
                return self._do_at_once(want)

    def _do_at_once(self, want: Want) -> Answer:
        match want:
            case Now():
                return _now_s() - self._began_s
            case LocalTime():
                local = self._local_time()
                return datetime.fromisoformat(local) if local else None
            case Answered(order, outcome):
                self._hear_answer(order, outcome)
            case Learnt():
                self._take(want)
            case Report() | ReportItems() | ClockAhead() | PairAgain() if isinstance(want, self._link.understands):
                self._take(want)
            case _:
                raise self._driver_failed(f"{type(want).__name__} is nothing that this link understands")
        return None

    async def _wait(self, seconds: float) -> Answer:
        if self._orders:
            return self._orders.popleft()
        if not self._link.pending and (order := self._plan.next(_now_s())):
            return order
        await self._room()
        try:
            async with awake_timeout(min(seconds, self._plan.wait_s(_now_s()))):
                event = await self._link.next()
        except TimeoutError:
            return Silence()
        if event is not None:
            return event
        return self._orders.popleft() if self._orders else Silence()

    async def _store(self, *, calls_only: bool) -> bool:
        try:
            async with asyncio.timeout(STORE_S):
                await self._stored(calls_only=calls_only)
        except TimeoutError:
            return False
        return True

    # --- orders ---

    def _hear_answer(self, order: Order, outcome: Outcome) -> None:
        self._plan.answered(order)
        if self._ordered is not None and order is self._ordered[0]:
            self._answer(outcome)
        tell = log.info if outcome.result in NOT_DONE else log.debug
        tell("order answered", device=self._device, order=order.name, result=outcome.result, why=outcome.why)

    def _answer(self, outcome: Outcome) -> None:
        if self._ordered is not None and not self._ordered[1].done():
            self._ordered[1].set_result(outcome)


def _sent(conversation: Conversation, answer: Answer) -> Want | None:
    try:
        return conversation.send(answer)
    except StopIteration:
        return None


def _now_s() -> float:
    return asyncio.get_running_loop().time()
