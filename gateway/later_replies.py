"""The last replies to commands that take longer: each on the disk, and said once a channel takes it; after a kill: `failed`."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Protocol

import msgspec

from gateway.arrivals import Arrivals
from gateway.changes import Changes
from gateway.commands import AnsweredCommand, Begun, Command, Reply, answered
from gateway.failures import told

if TYPE_CHECKING:
    import asyncio  # slow to import: had where something is begun, which a replay does not do

NAME = "last replies"  # of the memory that holds the ids of what the platform is still owed a last reply to
MOST_AT_ONCE = 100  # that are under way; more are `busy`


class Memory(Protocol):
    """Remembers answers for 24 h, over restarts."""

    async def answered(self, command: str, /) -> AnsweredCommand | None:
        """The answer that the command with this id was given; None where it never came."""
        ...

    async def remember(self, *answered: AnsweredCommand, memories: Mapping[str, bytes] | None = None) -> None:
        """The answer to a command that changes nothing, and what must not be without it; on disk when it returns."""
        ...


class LaterReplies:
    """`run()` it in a task of its own. `changes`: there may be a reply to say."""

    def __init__(self, memory: Memory) -> None:
        self.changes = Changes()
        self._memory = memory
        self._owed: dict[str, Reply | None] = {}  # to the platform; None: it is not known yet
        self._begun: Arrivals[tuple[Command, Begun]] = Arrivals()
        self._under_way: dict[str, asyncio.Future[Reply]] = {}

    async def resume(self, memories: Mapping[str, bytes]) -> None:
        """What an earlier life had begun has come to nothing: say so."""
        for id_ in _ids(memories.get(NAME, b"")):
            command = await self._memory.answered(id_)
            if command is None:
                continue  # it is too old
            if command.reply.status == "accepted":
                command = AnsweredCommand(id_, command.fingerprint, failed(command.reply))
                await self._memory.remember(command)
            self._owed[id_] = command.reply
        self.changes.happened()

    async def begin(self, command: Command, begun: Begun) -> None:
        """On the disk when this returns, and about to be worked on."""
        import asyncio

        if len(self._under_way) >= MOST_AT_ONCE:
            begun = Begun(begun.reply, partial(_busy, begun.reply))
        if not command.here:
            self._owed[command.id] = None
        await self._memory.remember(answered(command, begun.reply), memories=self._memories())
        self._under_way[command.id] = asyncio.get_running_loop().create_future()
        self._begun.put_nowait((command, begun))

    async def run(self) -> None:
        """Work on what was begun, each beside the others, for ever."""
        import asyncio

        async with asyncio.TaskGroup() as tasks:
            while True:
                command, begun = await self._begun.get()
                tasks.create_task(told(partial(self._work, command, begun)), name=f"{command.verb} {command.id[:40]}")

    async def _work(self, command: Command, begun: Begun) -> None:
        reply = await begun.work()
        await self._memory.remember(answered(command, reply))
        if command.id in self._owed:
            self._owed[command.id] = reply
        self._under_way.pop(command.id).set_result(reply)
        self.changes.happened()

    async def last(self, id_: str) -> Reply:
        """The last reply to this command, once it is known."""
        if waiting := self._under_way.get(id_):
            import asyncio

            return await asyncio.shield(waiting)
        known = await self._memory.answered(id_)
        assert known  # it was answered
        return known.reply

    # --- to the platform ----------------------------------------------------------------------------------------------

    def next(self) -> Reply | None:
        """The oldest reply that is known, and was not said; None: there is none."""
        return next((reply for reply in self._owed.values() if reply), None)

    async def said(self, reply: Reply) -> None:
        """It is with the platform."""
        self._owed.pop(reply.id, None)
        await self._memory.remember(memories=self._memories())

    def _memories(self) -> Mapping[str, bytes]:
        return {NAME: msgspec.json.encode(list(self._owed))}


def failed(reply: Reply) -> Reply:
    """The last reply to what was begun, and came to nothing."""
    return Reply(id=reply.id, verb=reply.verb, status="failed", reason="failed")


async def _busy(reply: Reply) -> Reply:
    return Reply(id=reply.id, verb=reply.verb, status="failed", reason="busy")


def _ids(stored: bytes) -> list[str]:
    with suppress(msgspec.MsgspecError, ValueError):
        return msgspec.json.decode(stored, type=list[str])
    return []
