"""`python -m tests.bluez` as a child process, for a test of the gateway as a process: its environment, and its commands."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bluez.private_bus import SYSTEM_BUS
from tests.processes import DIES_WITH_US

ROOT = Path(__file__).parent.parent.parent


class BluezStage:
    """`async with BluezStage() as stage:` plays until the end; `environment` is for the gateway's process."""

    def __init__(self) -> None:
        self.environment = dict(os.environ)
        self._process: Process | None = None

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *DIES_WITH_US, sys.executable, "-m", "tests.bluez", stdin=PIPE, stdout=PIPE, cwd=ROOT
        )
        name, _, address = (await self._answer()).partition("=")
        assert name == SYSTEM_BUS
        self.environment[SYSTEM_BUS] = address
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        await self._process.communicate(b"quit\n")

    async def do(self, command: str) -> str:
        """Has the stage do this: `press pendant`, `measure 150 95 80` ...; what it told. Fails when it cannot."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n".encode())
        answer = await self._answer()
        assert answer.split()[0] == "ok", f"{command}: {answer}"
        return answer[3:]

    async def _answer(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode().strip()
