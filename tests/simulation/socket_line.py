"""A serial line as a socket pair: what is written is readable at once, so that virtual time never outruns it."""
# mypy: disable-error-code="explicit-override"
# (typing has @override from Python 3.12 on)

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fake_devices.pseudo_terminal import PseudoTerminal
from gateway.errors import SourceLost

PIECE_BYTES = 4096


class SocketLine(PseudoTerminal):
    """In place of a pseudo-terminal; the gateway opens it with `opened`."""

    def __init__(self, path: Path, heard: Callable[[bytes], None]) -> None:
        super().__init__(path, heard)
        self._plugged_in = False
        self._end: socket.socket | None = None

    @property
    def plugged_in(self) -> bool:
        """Whether the port is there."""
        return self._plugged_in

    def plug_in(self) -> None:
        """From now on it can be opened."""
        self._plugged_in = True

    def pull_out(self) -> None:
        """Gone, and with it what was under way."""
        self._plugged_in = False
        self._hang_up()

    def write(self, piece: bytes) -> None:
        """To who has it open; lost where nobody has."""
        if self._end:
            self._end.sendall(piece)

    @contextmanager
    def opened(self, path: str, baud: int, parity: str) -> Iterator[int]:
        """The gateway's end. Raises SourceLost."""
        if not self._plugged_in:
            raise SourceLost("absent")
        near, self._end = socket.socketpair()
        near.setblocking(False)
        self._end.setblocking(False)
        asyncio.get_running_loop().add_reader(self._end, self._read)
        try:
            yield near.fileno()
        finally:
            self._hang_up()
            near.close()

    def _read(self) -> None:  # what the gateway writes
        with suppress(BlockingIOError):
            if self._end and (data := self._end.recv(PIECE_BYTES)):
                self._heard(data)

    def _hang_up(self) -> None:
        if self._end:
            asyncio.get_running_loop().remove_reader(self._end)
            self._end.close()
            self._end = None
