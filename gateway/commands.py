"""Commands of people and the answers to them, the same values whichever channel brings them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

import msgspec
from msgspec import Struct

ReplyStatus = Literal["accepted", "done", "rejected", "failed"]
Reason = Literal[
    "expired",
    "unknown verb",
    "unknown alert",
    "unknown wearer",
    "alert is closed",
    "actor is missing",
    "id was used for another command",
    "unreadable",
    "unsupported",
    "unreachable",
    "busy",
    "failed",
]
"""Why a command was rejected, or (the last four) came to nothing. A wrong one is found by the tests of the schemas."""


class Command(Struct, frozen=True, kw_only=True):
    """What somebody asks of the gateway. `expires_ms`: wall clock, UTC; None: never. `actor`: who asks.

    `readable`: one that makes no sense is a command too where its id could be read; it is answered, and remembered.
    `here`: it was asked at the control socket, and who asked waits there for the last reply.
    """

    id: str
    verb: str
    args: Mapping[str, object] = {}
    actor: str = ""
    expires_ms: int | None = None
    readable: bool = True
    here: bool = False

    @property
    def fingerprint(self) -> bytes:
        """32 bytes that are the same for the same content: verb, args, actor."""
        import hashlib  # slow to import, and a replay has seldom a command

        canonical = msgspec.json.encode([self.verb, self.args, self.actor], order="sorted")
        return hashlib.sha256(canonical).digest()


class Reply(Struct, frozen=True, kw_only=True):
    """The answer. `reason` is one of the contract's fixed words (docs/platform.md), "" where there is none."""

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


class Begun(Struct, frozen=True):
    """What takes longer: the reply for now (`accepted`), and the work that gives the last one, whatever happens in it."""

    reply: Reply
    work: Callable[[], Awaitable[Reply]]


Handler = Callable[[Command], Awaitable[Reply | Begun]]
"""Carries a command out: what it changes and its reply are on disk, in one transaction, when it returns; of what is only begun
the router stores both replies. Raises Rejected."""
