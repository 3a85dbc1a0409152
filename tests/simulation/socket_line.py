"""A serial line as a socket pair: what is written is readable at once, so that virtual time never outruns it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gateway.errors import SourceLost

PIECE_BYTES = 4096


class SocketLine:
    """The verbs of `fake_devices.pseudo_terminal.PseudoTerminal`; the gateway opens it with `opened`."""

    def __init__(self, path: Path, heard: Callable[[bytes], None]) -> None:
        self.path = path
        self._heard = heard
        self._plugged_in = False
        self._far: socket.socket | None = None

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
        if self._far:
            self._far.sendall(piece)

    @contextmanager
    def opened(self, path: str, baud: int, parity: str) -> Iterator[int]:
        """The gateway's end. Raises SourceLost."""
        if not self._plugged_in:
            raise SourceLost("absent")
        near, self._far = socket.socketpair()
        near.setblocking(False)
        self._far.setblocking(False)
        asyncio.get_running_loop().add_reader(self._far, self._read)
        try:
            yield near.fileno()
        finally:
            self._hang_up()
            near.close()

    def _read(self) -> None:
        with suppress(BlockingIOError):
            if self._far and (data := self._far.recv(PIECE_BYTES)):
                self._heard(data)

    def _hang_up(self) -> None:
        if self._far:
            asyncio.get_running_loop().remove_reader(self._far)
            self._far.close()
            self._far = None
