"""A driver's conversation over one open serial line: does what it wants, hands it what comes, tells what it tells."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from drivers.driver import (
    Answer,
    Ask,
    Item,
    LineConversation,
    LineWant,
    Now,
    Send,
    Silence,
    Status,
    Store,
    Tell,
    Wait,
)
from gateway.errors import SourceLost
from gateway.sources.byte_line import ByteLine

STORE_S = 10  # a full disk never takes what was told: the driver goes on without, and the device keeps it


class Outcome(NamedTuple):
    """What came of an ask: "done", "failed", "unsupported" or "busy", and in words why not."""

    result: str
    why: str = ""


class LineDialogue:
    """`tell` hands items over; `stored` returns when all of them are on the disk; `failed` is told of a bug of the driver."""

    def __init__(
        self,
        line: ByteLine,
        *,
        tell: Callable[[list[Item]], Awaitable[None]],
        stored: Callable[[], Awaitable[None]],
        failed: Callable[[Exception], None],
    ) -> None:
        self._line = line
        self._tell = tell
        self._stored = stored
        self._failed = failed
        self._asks: deque[Ask] = deque()
        self._asked: asyncio.Future[Outcome] | None = None

    async def run(self, conversation: LineConversation) -> None:
        """Until the port is gone: raises SourceLost, also where the driver fails or ends its conversation."""
        began_s = asyncio.get_running_loop().time()
        answer: Answer = None
        try:
            while True:
                answer = await self._do(self._next(conversation, answer), began_s)
        except SourceLost:
            await self._last_words(conversation)
            raise
        finally:
            self._answer(Outcome("failed", "the port is gone"))
            conversation.close()

    async def ask(self, ask: Ask) -> Outcome:
        """Has the driver do something, when it comes to it; the driver sees to it that this ends."""
        if self._asked is not None:
            return Outcome("busy", "something else is asked of it")
        self._asked = asyncio.get_running_loop().create_future()
        self._asks.append(ask)
        self._line.wake()
        try:
            return await self._asked
        finally:
            self._asked = None

    # --- what the driver wants

    def _next(self, conversation: LineConversation, answer: Answer) -> LineWant:
        try:
            return conversation.send(answer)
        except StopIteration as end:
            raise SourceLost("failed") from end
        except Exception as bug:
            self._failed(bug)
            raise SourceLost("failed") from bug

    async def _do(self, want: LineWant, began_s: float) -> Answer:
        match want:
            case Send(data):
                return self._line.write(data)
            case Tell(items):
                await self._tell(items)
                self._hear_answer(items)
                return None
            case Store():
                return await self._store()
            case Now():
                return asyncio.get_running_loop().time() - began_s
            case Wait(seconds):
                return await self._wait(seconds)

    async def _store(self) -> bool:
        try:
            async with asyncio.timeout(STORE_S):
                await self._stored()
        except TimeoutError:
            return False
        return True

    async def _wait(self, seconds: float) -> Answer:
        if not self._asks:
            try:
                async with asyncio.timeout(seconds):
                    if data := await self._line.read():
                        return data
            except TimeoutError:
                return Silence()
        return self._asks.popleft() if self._asks else Silence()

    async def _last_words(self, conversation: LineConversation) -> None:
        """Nothing comes any more: what is begun is refused."""
        try:
            want = conversation.send(Silence())
        except StopIteration:  # it has failed, or is over
            return
        except Exception as bug:
            self._failed(bug)
            return
        if isinstance(want, Tell):
            await self._tell(want.items)

    def _hear_answer(self, items: list[Item]) -> None:
        for item in items:
            if isinstance(item, Status) and "ask" in item.told:
                self._answer(Outcome(str(item.told.get("result", "failed")), str(item.told.get("why", ""))))

    def _answer(self, outcome: Outcome) -> None:
        if self._asked is not None and not self._asked.done():
            self._asked.set_result(outcome)
