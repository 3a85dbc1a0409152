"""The conversation with a device at a serial line: what it says is decoded and told, and in between it is asked for things.

Every wait has an end, so that every ask is answered: by a status `{"ask": "measure", "result": "done" | "failed" |
"unsupported", "why": "..."}`. When nothing comes for a second, a frame that is begun will not be finished, and is refused.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Generator, Mapping
from typing import TypeVar

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
    StreamDecoder,
    Tell,
    Wait,
)

PAUSE_S = 1.0
STANDS_STILL_S = 3.0  # a store that comes, comes without a pause

Given = TypeVar("Given")
Step = Generator[LineWant, Answer, Given]
Act = Callable[[Ask], LineConversation]


class NotDone(Exception):
    """What was asked came to nothing; the text says why."""


class LineTalk:
    """One open line. `decoder` reads what the device says by itself; `bytes_heard` counts what it said."""

    def __init__(self, decoder: StreamDecoder) -> None:
        self.decoder = decoder
        self.bytes_heard = 0
        self._asked: deque[Ask] = deque()
        self._unseen: deque[Item] = deque()  # what came after the item that was waited for

    # --- what the device says ---

    def listen(self, seconds: float = PAUSE_S, change: Callable[[list[Item]], list[Item]] = list) -> Step[list[Item]]:
        """Tells what comes next, and gives it; nothing where nothing came, or an ask came instead."""
        event = yield Wait(min(seconds, PAUSE_S))
        if isinstance(event, Ask):
            self._asked.append(event)
        items = change(self._decoded(event, paused=seconds >= PAUSE_S))
        if items:
            yield Tell(items)
        return items

    def tell(self, heard: bytes) -> Step[list[Item]]:
        """Tells what bytes mean that came already, and gives it."""
        items = self.decoder.feed(heard)
        if items:
            yield Tell(items)
        return items

    def answer(self, question: bytes, wanted: Callable[[Item], bool], seconds: float) -> Step[Item | None]:
        """Asks the device; the first item after it that is wanted, None when it did not come in time."""
        self._unseen.clear()
        yield Send(question)
        return (yield from self.until(wanted, seconds))

    def told(self, question: bytes, words: Collection[str], seconds: float) -> Step[Mapping[str, object]]:
        """Asks the device; what its status says, once it has all of these words. Raises NotDone."""
        told: dict[str, object] = {}

        def complete(item: Item) -> bool:
            if isinstance(item, Status):
                told.update(item.told)
            return all(word in told for word in words)

        if (yield from self.answer(question, complete, seconds)) is None:
            raise NotDone(f"no answer to {question.hex(' ')}")
        return told

    def until(self, wanted: Callable[[Item], bool], seconds: float) -> Step[Item | None]:
        """Tells what comes, to the first item that is wanted; None when it did not come in time."""
        ends_s = (yield from now()) + seconds
        while True:
            while self._unseen:
                if wanted(item := self._unseen.popleft()):
                    return item
            left_s = ends_s - (yield from now())
            if left_s <= 0:
                return None
            self._unseen.extend((yield from self.listen(left_s)))

    def take_in(
        self, came: Callable[[], int], complete: Callable[[], bool], change: Callable[[list[Item]], list[Item]] = list
    ) -> Step[bool]:
        """Tells what comes until it is complete; False: for three seconds there was no more of it."""
        before, last_s = came(), (yield from now())
        while not complete():
            yield from self.listen(change=change)
            now_s = yield from now()
            if came() > before:
                before, last_s = came(), now_s
            elif now_s - last_s >= STANDS_STILL_S:
                return False
        return True

    def hear(self, size: int, seconds: float) -> Step[bytes]:
        """The bytes that come, as they are, until there are so many, or nothing came for so long."""
        heard = b""
        while len(heard) < size:
            event = yield Wait(seconds)
            if isinstance(event, bytes):
                heard += event
            elif isinstance(event, Ask):
                self._asked.append(event)
            else:
                break
        return heard

    def rest(self, seconds: float) -> LineConversation:
        """Lets time pass, at most so much; what comes meanwhile is nobody's answer."""
        event = yield Wait(seconds)
        if isinstance(event, Ask):
            self._asked.append(event)

    def _decoded(self, event: Answer, *, paused: bool) -> list[Item]:
        if isinstance(event, bytes):
            self.bytes_heard += len(event)
            return self.decoder.feed(event)
        return self.decoder.close() if paused and isinstance(event, Silence) else []

    # --- what the gateway wants ---

    def act(self, acts: Mapping[str, Act]) -> LineConversation:
        """Does what was asked, one after the other."""
        while self._asked:
            ask = self._asked.popleft()
            yield from _answered(ask, acts.get(ask.do))

    def store(self) -> LineConversation:
        """Everything told so far is on the disk when this returns. Raises NotDone."""
        if (yield Store()) is not True:
            raise NotDone("the disk does not take the records now")


def now() -> Step[float]:
    """Seconds since the conversation began."""
    answer = yield Now()
    return answer if isinstance(answer, int | float) else 0


def _answered(ask: Ask, act: Act | None) -> LineConversation:
    told: dict[str, object] = {"ask": ask.do, "result": "unsupported" if act is None else "done"}
    try:
        if act is not None:
            yield from act(ask)
    except NotDone as why:
        told |= {"result": "failed", "why": str(why)}
    yield Tell([Status(told)])
