"""The router gives each command to who can carry it out, whichever channel brought it, and remembers the answers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from gateway.clock import Clock
from gateway.commands import Begun, Command, Handler, Rejected, Reply, answered
from gateway.later_replies import LaterReplies, Memory

if TYPE_CHECKING:
    import asyncio


class Router:
    """Which verb is whose. One command is answered after another, so a handler must be quick; what takes longer is `later`."""

    def __init__(self, handlers: Mapping[str, Handler], memory: Memory, clock: Clock) -> None:
        self._handlers, self._memory, self._clock = dict(handlers), memory, clock
        self.later = LaterReplies(memory)

    def also(self, handlers: Mapping[str, Handler]) -> None:
        """These verbs, too."""
        self._handlers.update(handlers)

    async def last(self, reply: Reply) -> Reply:
        """The last reply to the command of this one."""
        return await self.later.last(reply.id) if reply.status == "accepted" else reply

    async def newest(self, reply: Reply) -> Reply:
        """The newest reply to the command of this one."""
        known = await self._memory.answered(reply.id)
        return known.reply if known else reply

    @cached_property
    def _one_at_a_time(self) -> asyncio.Lock:
        import asyncio  # slow to import: had with the first command

        return asyncio.Lock()

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
        reply = await handler(command)
        if isinstance(reply, Begun):
            await self.later.begin(command, reply)
            return reply.reply
        return reply

    def _is_expired(self, command: Command) -> bool:
        """Only a clock that knows the date can tell: without one a person must still be able to close an alert."""
        known = self._clock.state() != "unsynced"
        return known and command.expires_ms is not None and self._clock.wall_ms() > command.expires_ms
