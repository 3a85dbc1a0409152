"""`down/commands`: a command out of a message, and the answer as a message."""

from __future__ import annotations

from gateway.channels.mqtt.inbound import Unreadable, decoded, too_deep
from gateway.commands import Command, Reply, Router
from gateway.messages import CommandMessage, ReplyMessage, from_rfc3339


async def answer(payload: bytes, router: Router) -> ReplyMessage:
    """The answer to a command that has come. Raises Unreadable."""
    return message_of(await router.answer(read(payload)))


def read(payload: bytes) -> Command:
    """A command. Raises Unreadable."""
    command = decoded(payload, CommandMessage)
    if too_deep(command.args):
        raise Unreadable("args are nested too deeply", command.id)
    try:
        expires_ms = from_rfc3339(command.expires_at) if command.expires_at else None
    except ValueError:
        raise Unreadable("expires_at is no time such as 2026-11-23T03:21:09.120Z", command.id) from None
    return Command(id=command.id, verb=command.verb, args=command.args, actor=command.actor, expires_ms=expires_ms)


def message_of(reply: Reply) -> ReplyMessage:
    """As it goes up."""
    message = ReplyMessage(id=reply.id, verb=reply.verb, status=reply.status)
    if reply.reason:
        message.reason = reply.reason
    if reply.result:
        message.result = dict(reply.result)
    return message
