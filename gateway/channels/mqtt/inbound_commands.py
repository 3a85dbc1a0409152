"""`down/commands`: which of them are carried out, and the answer to each."""

from __future__ import annotations

from typing import Protocol

from gateway.channels.mqtt.inbound import Unreadable, decoded, too_deep
from gateway.clock import Clock
from gateway.messages import CommandMessage, ReplyMessage, from_rfc3339


class Commanded(Protocol):
    """Who carries commands out, and remembers each answer."""

    async def answered(self, id_: str, /) -> ReplyMessage | None:
        """The answer that a command with this id was given before."""
        ...

    async def command(self, command: CommandMessage, /) -> ReplyMessage:
        """Carry it out, once; on disk when this returns."""
        ...


async def answer(payload: bytes, commanded: Commanded, clock: Clock) -> ReplyMessage:
    """The answer to a command that has come. Raises Unreadable.

    A command that comes again gets the answer it got, also when it has expired meanwhile: it was carried out. Whether one
    has expired is judged only by a clock that is or was synchronised: a gateway that does not know the date must still let
    a person close an alert.
    """
    command, expires_ms = _read(payload)
    if earlier := await commanded.answered(command.id):
        return earlier
    if expires_ms is not None and clock.state() != "unsynced" and clock.wall_ms() > expires_ms:
        return ReplyMessage(id=command.id, status="rejected", reason="expired")
    return await commanded.command(command)


def _read(payload: bytes) -> tuple[CommandMessage, int | None]:
    command = decoded(payload, CommandMessage)
    if too_deep(command.args):
        raise Unreadable("args are nested too deeply", command.id)
    try:
        return command, from_rfc3339(command.expires_at) if command.expires_at else None
    except ValueError:
        raise Unreadable("expires_at is no time such as 2026-11-23T03:21:09.120Z", command.id) from None
