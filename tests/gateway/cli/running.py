"""A gateway that can be asked over its control socket, for tests of the verbs that do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from fake_devices.patience import HANGS_S
from gateway import cli
from gateway.commands import Command, Reply
from gateway.control.listening import ControlSocket, Verb


class NoCommands:
    """A router that knows no verb."""

    async def answer(self, command: Command) -> Reply:
        return Reply(id=command.id, verb=command.verb, status="rejected", reason="unknown verb")

    async def last(self, reply: Reply) -> Reply:
        return reply


@asynccontextmanager
async def control_socket(data_dir: Path, verbs: Mapping[str, Verb]) -> AsyncIterator[None]:
    """Listens in this folder within the block."""
    path = data_dir / "control"
    control = ControlSocket(path, verbs, NoCommands(), data_dir=data_dir)
    async with asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(control.run())
        async with asyncio.timeout(HANGS_S):
            while not path.is_socket():  # noqa: ASYNC110 (nothing tells of it)
                await asyncio.sleep(0)
        try:
            yield
        finally:
            listening.cancel()


async def lifering(*arguments: object) -> int:
    """A command in a thread of its own, as another process would run it; its exit code."""
    words: Sequence[str] = [str(argument) for argument in arguments]
    return await asyncio.to_thread(cli.main, words)
