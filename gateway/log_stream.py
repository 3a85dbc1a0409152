"""Where the log is written to: a line that nobody reads is lost and counted, and the gateway waits for no reader."""

from __future__ import annotations

import io
import select
from os import write
from typing import TextIO

AT_ONCE = 4096  # bytes: a pipe or a socket that can be written to takes so many without waiting (PIPE_BUF, pipe(7))


class LogStream:
    """journald that hangs would else hold up the event loop with the first line for which its socket has no room."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lost, self._is_torn = 0, False
        self._room = select.poll()
        try:
            self._fd = stream.fileno()
        except io.UnsupportedOperation:  # in memory
            self._fd = -1
        else:
            self._room.register(self._fd, select.POLLOUT)

    def write(self, text: str) -> None:
        """A line with its end."""
        if self._fd < 0:
            self._stream.write(text)
            return
        whole = rest = ("\n" * self._is_torn + text).encode(errors="backslashreplace")
        while rest and self._has_room():
            try:
                rest = rest[write(self._fd, rest[:AT_ONCE]) :]
            except OSError:  # nobody is there any more, or the file's disk is full
                break
        if rest:
            self._lost += 1
            self._is_torn = self._is_torn or rest != whole
        else:
            self._is_torn = False

    def flush(self) -> None:
        """What else was written to it before."""
        self._stream.flush()

    def take_lost(self) -> int:
        """How many lines were lost, once there is room to tell of it; they are told of then."""
        if not self._lost or not self._has_room():
            return 0
        lost, self._lost = self._lost, 0
        return lost

    def _has_room(self) -> bool:
        return bool(self._room.poll(0))
