"""The router gives each command to who can carry it out, whichever channel brought it, and remembers the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from gateway.clock import Clock
from gateway.commands import AnsweredCommand, Command, Handler, Rejected, Reply, answered


class Memory(Protocol):
    """Remembers answers for 24 h, over restarts."""

    async def answered(self, command: str, /) -> AnsweredCommand | None:
        """The answer that the command with this id was given; None where it never came."""
        ...

    async def remember(self, answered: AnsweredCommand, /) -> None:
        """The answer to a command that changes nothing; on disk when it returns."""
        ...


class Router:
    """Which verb is whose. One command is answered after another, so a handler must be quick."""

    def __init__(self, handlers: Mapping[str, Handler], memory: Memory, clock: Clock) -> None:
        self._handlers, self._memory, self._clock = handlers, memory, clock
        self._one_at_a_time = asyncio.Lock()

    async def answer(self, command: Command) -> Reply:
        """The answer, on disk when this returns. A command that comes again gets the answer it got, and does nothing."""
        async with self._one_at_a_time:
            earlier = await self._memory.answered(command.id)
            if earlier and earlier.fingerprint == command.fingerprint:
                return earlier.reply
            try:
                return await self._carry_out(command, id_is_used=earlier is not None)
            except Rejected as why:
                reply = Reply(id=command.id, verb=command.verb, status="rejected", reason=str(why))
                if earlier is None:
                    await self._memory.remember(answered(command, reply))
                return reply

    async def _carry_out(self, command: Command, *, id_is_used: bool) -> Reply:
        if not command.readable:
            raise Rejected("unreadable")
        handler = self._handlers.get(command.verb)
        if handler is None:
            raise Rejected("unknown verb")
        if id_is_used:
            raise Rejected("id was used for another command")
        if self._is_expired(command):
            raise Rejected("expired")
        return await handler(command)

    def _is_expired(self, command: Command) -> bool:
        """Only a clock that knows the date can tell: without one a person must still be able to close an alert."""
        known = self._clock.state() != "unsynced"
        return known and command.expires_ms is not None and self._clock.wall_ms() > command.expires_ms
