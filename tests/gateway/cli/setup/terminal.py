"""A technician at a terminal of 80 x 24: reads what a command says on a real pseudo-terminal, and types."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import struct
import sys
import termios
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from fake_devices.patience import HANGS_S
from tests.until import until

ROOT = Path(__file__).parent.parent.parent.parent.parent


class Terminal:
    """`async with Terminal("setup", ...) as terminal`."""

    def __init__(self, *arguments: object, environment: Mapping[str, str] | None = None) -> None:
        self._words = [sys.executable, "-m", "gateway", *map(str, arguments)]
        self._environment = os.environ | dict(environment or {})
        self._more = asyncio.Event()
        self.said = ""
        self._read_to = 0

    async def __aenter__(self) -> Self:
        self.pid, self._far = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            os.execve(self._words[0], self._words, self._environment)
        fcntl.ioctl(self._far, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        asyncio.get_running_loop().add_reader(self._far, self._read)
        self._bytes = b""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.get_running_loop().remove_reader(self._far)
        os.close(self._far)  # which hangs up
        if kind:
            with suppress(ProcessLookupError):
                os.kill(self.pid, 9)
            with suppress(ChildProcessError):
                await asyncio.to_thread(os.waitpid, self.pid, 0)

    def _read(self) -> None:
        try:
            self._bytes += os.read(self._far, 4096)
        except OSError:
            asyncio.get_running_loop().remove_reader(self._far)
        self.said = self._bytes.decode(errors="ignore").replace("\r\n", "\n")
        self._more.set()

    async def sees(self, words: str) -> None:
        """These words come, behind those that were seen before."""
        try:
            async with asyncio.timeout(HANGS_S):
                while (at := self.said.find(words, self._read_to)) < 0:
                    self._more.clear()
                    await self._more.wait()
        except TimeoutError:
            raise AssertionError(f"{words!r} did not come; said: {self.said[self._read_to :]}") from None
        self._read_to = at + len(words)

    def types(self, text: str) -> None:
        os.write(self._far, f"{text}\n".encode())

    def presses(self, key: bytes) -> None:
        os.write(self._far, key)

    async def waits(self) -> None:
        """It waits for what is typed: Python overlooks a Ctrl-C that comes in the moment before it does."""
        stat = Path(f"/proc/{self.pid}/stat")
        await until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "S")

    async def answers(self, words: str, text: str = "") -> None:
        """Waits for a question, and answers it; nothing: takes its default."""
        await self.sees(words)
        await self.sees("> ")
        self.types(text)

    async def ends(self) -> int:
        """Its exit code."""
        async with asyncio.timeout(HANGS_S):
            _, status = await asyncio.to_thread(os.waitpid, self.pid, 0)
        return os.waitstatus_to_exitcode(status)
