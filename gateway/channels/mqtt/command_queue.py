"""Commands are carried out whether or not the session lasts that brought them, and answered in the next one that stands.

Else a link that breaks sooner than a command is answered would bring that command again and again, and no answer to it.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from gateway.channels.mqtt.session import Message, Session
from gateway.commands import Command, Reply
from gateway.router import Router

MOST = 100  # that wait to be carried out, or to be answered; then the broker is asked to wait


class Came(NamedTuple):
    """A command, in this message of that session."""

    command: Command
    session: Session
    message: Message


class Unsaid(NamedTuple):
    """The answer to it. Where its session is over, the command may come again."""

    reply: Reply
    session: Session
    message: Message


class CommandQueue:
    """`run()` it beside the sessions. Each puts into `came` what it receives, and says the `next`."""

    def __init__(self, router: Router) -> None:
        self.came: asyncio.Queue[Came] = asyncio.Queue(MOST)
        self._router = router
        self._answered: asyncio.Queue[Unsaid] = asyncio.Queue(MOST)
        self._unsaid: Unsaid | None = None

    async def run(self) -> None:
        """Carry them out, one after the other, for ever."""
        while True:
            command, session, message = await self.came.get()
            await self._answered.put(Unsaid(await self._router.answer(command), session, message))

    async def next(self) -> Unsaid:
        """The oldest answer that is not `said`."""
        if self._unsaid is None:
            self._unsaid = await self._answered.get()
        return self._unsaid

    def said(self, answer: Unsaid) -> None:
        """The broker has it, or refuses it."""
        self._unsaid = None
        answer.session.ack(answer.message)
