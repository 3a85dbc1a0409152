"""A driver's conversation over one link: does what it wants, hands it what happens, reports what it tells."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import structlog

from drivers.driver import (
    Answer,
    Ask,
    ConnectionDriver,
    Conversation,
    Decoded,
    Notified,
    Now,
    Read,
    Report,
    Silence,
    Store,
    Subscribe,
    Wait,
    Want,
    Write,
)
from gateway.clock import Clock
from gateway.driver_bugs import whereabouts
from gateway.errors import SourceLost
from gateway.sources.bluez import Link
from gateway.sources.receiver import Receiver, SignalResult

log = structlog.get_logger()

MOST_WAITING = 1_000  # values that came while the disk was slow; a band says a few a second
ANSWER_S = 10  # the driver may be at a step or two when it is asked to make the band vibrate
STORE_S = 10  # a full disk never takes what was reported: the driver goes on without, and the band keeps it
STALE_S = 10  # a link that gave no value for so long is over when its band advertises again
REFUSALS = frozenset({"subscription_refused", "key_refused"})  # the bond is lost, or the key is not this band's
RESULTS: dict[object, SignalResult] = {"sent": "sent", "done": "done", "failed": "not_in_reach", "unsupported": "cannot"}


class _Over:
    """The last thing that happens."""


OVER: Final = _Over()


class Dialogue:
    """One connection with one band. `reports` counts what it told; `refused`: it wants to be paired again.

    `learnt` is what the driver wants to know at the next one; it is added to.
    """

    def __init__(
        self, address: str, driver: ConnectionDriver, receiver: Receiver, clock: Clock, learnt: dict[str, object]
    ) -> None:
        self.reports = 0
        self.refused = False
        self._address = address
        self._driver = driver
        self._receiver = receiver
        self._clock = clock
        self._learnt = learnt
        self._began_s = 0.0
        self._value_s: float | None = None  # when it gave a value last; None: the conversation has not begun
        self._over = False
        self._happened: asyncio.Queue[Notified | Ask | _Over] = asyncio.Queue()
        self._next_asks: deque[Callable[[], Ask]] = deque()
        self._under_way = ""  # what the last of the planned asks wants done; "": it was answered
        self._asked: asyncio.Future[SignalResult] | None = None

    async def run(self, link: Link, asks: Sequence[Callable[[], Ask]]) -> None:
        """Until the driver has enough, or the band hangs up. Raises SourceLost when the driver fails.

        `asks`: what is wanted of the band, one after the other, each made (for it holds the time) when its turn comes.
        """
        self._began_s = self._value_s = self._clock.monotonic_s()
        self._next_asks.extend(asks)
        conversation = self._begin(link, self._next_ask())
        try:
            await self._converse(conversation, link)
        finally:
            self._answer("not_in_reach")
            self._close(conversation)

    def hung_up(self) -> None:
        """The link is gone: what came before is still handed over, what the driver wants of the band fails."""
        if not self._over:
            self._over = True
            self._happened.put_nowait(OVER)

    def advertises(self) -> None:
        """The band was heard advertising: a link that gives nothing any more has ended without a word."""
        if self._driver.streams and self._without_value_s() > STALE_S:
            self.hung_up()

    async def vibrate(self, level: int) -> SignalResult:
        """Asks the driver to make the band vibrate, in the midst of whatever it does."""
        if self._asked is not None:
            return "busy"
        self._asked = asyncio.get_running_loop().create_future()
        self._happened.put_nowait(Ask(do="vibrate", level=level))
        try:
            async with asyncio.timeout(ANSWER_S):
                return await self._asked
        except TimeoutError:
            return "no_answer"
        finally:
            self._asked = None

    # --- what the driver wants

    def _begin(self, link: Link, ask: Ask) -> Conversation:
        try:
            return self._driver.converse(link.services, ask)
        except Exception as bug:
            raise self._failed(bug) from bug

    async def _converse(self, conversation: Conversation, link: Link) -> None:
        answer: Answer = None
        while (want := self._next(conversation, answer)) is not None:
            done = await self._do(want, link)
            if isinstance(done, _Over):
                return
            answer = done

    def _next(self, conversation: Conversation, answer: Answer) -> Want | None:
        try:
            return conversation.send(answer)
        except StopIteration:
            return None
        except Exception as bug:
            raise self._failed(bug) from bug

    async def _do(self, want: Want, link: Link) -> Answer | _Over:
        match want:
            case Subscribe():
                return await link.subscribe(want.characteristic, want.service, self._notified)
            case Read():
                return await link.read(want.characteristic, want.service, want.limit_s)
            case Write():
                return await link.write(want.characteristic, want.service, want.data, want.response)
            case Report():
                await self._report(want.decoded)
                return None
            case Store():
                return await self._store()
            case Now():
                return self._clock.monotonic_s() - self._began_s
            case Wait():
                return await self._wait(want.seconds)

    async def _report(self, decoded: Decoded) -> None:
        if decoded.measurements:
            self.reports += 1
        self.refused = self.refused or not REFUSALS.isdisjoint(decoded.status)
        self._hear_answer(decoded.status)
        await self._receiver.on_report(self._address, self._driver.name, decoded)

    def _hear_answer(self, status: Mapping[str, object]) -> None:
        answered, result, learnt = status.get("ask"), status.get("result"), status.get("learnt")
        if isinstance(learnt, Mapping):
            self._learnt.update(learnt)
        if answered == "vibrate":
            self._answer(RESULTS.get(result, "no_answer"))
        if answered == self._under_way:
            self._under_way = ""
        if result == "failed":
            log.info("band did not do it", device=self._address, ask=answered, why=status.get("why"))

    async def _store(self) -> bool:
        try:
            async with asyncio.timeout(STORE_S):
                await self._receiver.stored()
        except TimeoutError:
            return False
        return True

    def _next_ask(self) -> Ask:
        ask = self._next_asks.popleft()()
        self._under_way = ask.do
        return ask

    async def _wait(self, seconds: float) -> Answer | _Over:
        if self._next_asks and not self._under_way and self._happened.empty():
            return self._next_ask()
        if self._driver.streams:
            seconds = min(seconds, self._driver.silence_s - self._without_value_s())
        try:
            async with asyncio.timeout(seconds):
                return await self._happened.get()
        except TimeoutError:
            given_up = self._driver.streams and self._without_value_s() >= self._driver.silence_s
            return OVER if given_up else Silence()

    def _without_value_s(self) -> float:
        return 0 if self._value_s is None else self._clock.monotonic_s() - self._value_s

    def _notified(self, characteristic: str, value: bytes) -> None:
        self._value_s = self._clock.monotonic_s()
        if self._happened.qsize() < MOST_WAITING:
            self._happened.put_nowait(Notified(characteristic, value))
        else:  # the disk does not keep up: rather a link that ends than memory that grows
            self.hung_up()

    def _answer(self, result: SignalResult) -> None:
        if self._asked is not None and not self._asked.done():
            self._asked.set_result(result)

    def _close(self, conversation: Conversation) -> None:
        try:
            conversation.close()
        except Exception as bug:
            self._failed(bug)

    def _failed(self, bug: Exception) -> SourceLost:
        """A bug in a driver costs its own band a link, and nothing else anything."""
        log.error("driver failed", device=self._address, driver=self._driver.name, why=whereabouts(bug))
        return SourceLost("driver failed")
