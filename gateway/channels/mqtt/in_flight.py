"""The messages that are on their way up and not acknowledged yet: how many there may be, and how long nobody has answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass
from typing import Generic, TypeVar

from gateway.channels.mqtt.broker_limits import Suspect
from gateway.channels.mqtt.errors import BreaksLink
from gateway.errors import UplinkLost

MOST = 20  # mosquitto's own default
STUCK = 6  # so many times the patience, and one message is stuck though others are not

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class _Waiting(Generic[Answer]):
    sent: Suspect
    answer: asyncio.Future[Answer]
    since_s: float
    urgent: bool


class InFlight(Generic[Answer]):
    """By packet number. What is urgent has half of the slots for itself, so it never waits for the other's answers.

    `has_answered`: the broker, to anything. `now_s`: the clock by which it is silent.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._waiting: dict[int, _Waiting[Answer]] = {}
        self._answered_s = now_s()
        self.has_answered = False
        self.bound(MOST)

    def bound(self, most: int) -> None:
        """The broker takes so many at once (where it takes but one, urgent messages wait for that one)."""
        self._slots = asyncio.Semaphore(min(most, MOST))
        self._ordinary = asyncio.Semaphore(max(1, min(most, MOST) // 2))

    @asynccontextmanager
    async def slot(self, *, urgent: bool) -> AsyncIterator[None]:
        """Waits for a slot, and gives it back."""
        if urgent:
            async with self._slots:
                yield
        else:
            async with self._ordinary, self._slots:
                yield

    async def answer(self, number: int, sent: Suspect, *, urgent: bool) -> Answer:
        """What the broker answers to this packet, from now on under way. Raises BrokerRefused, and UplinkLost."""
        waiting = _Waiting[Answer](sent, asyncio.get_running_loop().create_future(), self._now_s(), urgent)
        self._waiting[number] = waiting
        try:
            return await waiting.answer
        finally:
            del self._waiting[number]

    def answered(self, number: int, answer: Answer) -> None:
        """The broker has answered."""
        self.has_answered = True
        self._answered_s = self._now_s()
        waiting = self._waiting.get(number)
        if waiting and not waiting.answer.done():
            waiting.answer.set_result(answer)

    def is_urgent(self, number: int) -> bool:
        """Whether this packet is one of the urgent ones."""
        return number in self._waiting and self._waiting[number].urgent

    def given_up(self, patience_s: float) -> bool:
        """Whether nothing of what waits was answered for so long; or one thing for much longer, whatever else was."""
        now_s = self._now_s()
        oldest_s = next((waiting.since_s for waiting in self._waiting.values()), now_s)
        return now_s - max(oldest_s, self._answered_s) > patience_s or now_s - oldest_s > STUCK * patience_s

    def unanswered(self) -> list[Suspect]:
        """In the order of sending."""
        return [waiting.sent for waiting in self._waiting.values()]

    def fail(self, why: UplinkLost, refused: Suspect | None) -> None:
        """No answer will come any more; what the link breaks on again and again counts as refused."""
        for waiting in self._waiting.values():
            if waiting.answer.done():
                continue
            if waiting.sent is refused:
                waiting.answer.set_exception(BreaksLink(f"the link breaks on these {refused.length} bytes"))
            else:
                waiting.answer.set_exception(copy(why))  # each with its own traceback
