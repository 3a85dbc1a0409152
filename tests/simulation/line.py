"""A serial line of a simulation: the far end outlives the gateway, and what a dead gateway had not read is gone with it."""
# mypy: disable-error-code="explicit-override"
# (typing has @override from Python 3.12 on)

from __future__ import annotations

import asyncio
import contextvars
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gateway.errors import SourceLost
from tests.simulation.socket_line import SocketLine


class OutlivingLine(SocketLine):
    """`is_open`: a gateway has it open."""

    def __init__(self, path: Path, heard: Callable[[bytes], None]) -> None:
        super().__init__(path, heard)
        self._world = contextvars.copy_context()

    @property
    def is_open(self) -> bool:
        """Whether what is written now is heard."""
        return self._end is not None

    def write(self, piece: bytes) -> None:
        with suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):  # nobody reads: lost
            super().write(piece)

    @contextmanager
    def opened(self, path: str, baud: int, parity: str) -> Iterator[int]:
        if not self._plugged_in:
            raise SourceLost("absent")
        if self._end is not None:
            raise SourceLost("in use")
        near, self._end = socket.socketpair()
        near.setblocking(False)
        self._end.setblocking(False)
        self._world.run(asyncio.get_running_loop().add_reader, self._end, self._read)
        try:
            yield near.fileno()
        finally:
            self._hang_up()
            near.close()

    def reader_died(self) -> None:
        """The process that had it open is gone."""
        self._hang_up()
