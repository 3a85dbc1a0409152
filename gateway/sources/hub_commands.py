"""Commands to a hub at a serial line, or to a watch that called, each answered by its number, or not at all."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Iterable
from typing import Protocol

from drivers.driver import CommandResult, Item, Outcome
from gateway.awake import awake_timeout


class WritesBytes(Protocol):
    """An open line."""

    def write(self, data: bytes) -> bool:
        """Sends it; False, and nothing is sent, when too much waits to go already."""
        ...


class HubCommands:
    """`answer_s`: how long a hub has to answer."""

    def __init__(self, answer_s: float) -> None:
        self._answer_s = answer_s
        self._numbers = itertools.count(secrets.randbits(16))  # so that no answer to another run's command is taken for one
        self._asked: dict[int, asyncio.Future[Outcome]] = {}

    def next_number(self) -> int:
        """Of a new command: 16 bits."""
        return next(self._numbers) & 0xFFFF

    async def ask(self, line: WritesBytes, number: int, frame: bytes) -> Outcome:
        """Send the command, and wait for what came of it."""
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            if not line.write(frame):
                return Outcome("busy", "the line is full")
            async with awake_timeout(self._answer_s):
                return await answer
        except TimeoutError:
            return Outcome("unreachable", "the hub does not answer")
        finally:
            del self._asked[number]

    def answered(self, items: Iterable[Item]) -> None:
        """These came on the line: answers may be among them."""
        for item in items:
            if isinstance(item, CommandResult) and (answer := self._asked.get(item.command)) and not answer.done():
                answer.set_result(item.outcome)
