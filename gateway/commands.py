"""Commands of people, the answers to them, and the router, which gives each command to who can carry it out.

Every channel brings the same values to the same router.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal, Protocol

import msgspec
from msgspec import Struct

from gateway.clock import Clock

ReplyStatus = Literal["accepted", "done", "rejected", "failed"]


class Command(Struct, frozen=True, kw_only=True):
    """What somebody asks of the gateway. `expires_ms`: wall clock, UTC; None: never. `actor`: who asks."""

    id: str
    verb: str
    args: Mapping[str, object] = {}
    actor: str = ""
    expires_ms: int | None = None

    @property
    def fingerprint(self) -> bytes:
        """32 bytes that are the same for the same content: verb, args, actor."""
        canonical = msgspec.json.encode([self.verb, self.args, self.actor], order="sorted")
        return hashlib.sha256(canonical).digest()


class Reply(Struct, frozen=True, kw_only=True):
    """The answer. `reason` is one of the contract's fixed words (CONTRACT 3), "" where there is none."""

    id: str
    verb: str
    status: ReplyStatus
    reason: str = ""
    result: Mapping[str, object] = {}


class AnsweredCommand(Struct, frozen=True):
    """A command that was answered, as it is remembered: by its id, with the fingerprint of its content."""

    id: str
    fingerprint: bytes
    reply: Reply


def answered(command: Command, reply: Reply) -> AnsweredCommand:
    """To be remembered with what the command changed."""
    return AnsweredCommand(command.id, command.fingerprint, reply)


def encode(reply: Reply) -> bytes:
    """For the store."""
    return msgspec.json.encode(reply)


def decode(body: bytes) -> Reply:
    """What `encode` was given. Raises msgspec.DecodeError."""
    return msgspec.json.decode(body, type=Reply)


class Rejected(Exception):
    """A command that is not carried out, and has changed nothing; its text is one of the contract's fixed reasons."""


Handler = Callable[[Command], Awaitable[Reply]]
"""Carries a command out: what it changes and its reply are on disk, in one transaction, when it returns. Raises Rejected."""


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
