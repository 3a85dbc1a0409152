"""The connected socket as paho uses it: what is too long is refused before it is read, and whether it still moves is known."""

from __future__ import annotations

import fcntl
import socket
import termios
from array import array
from collections.abc import Callable

ENOUGH = 1024  # bytes from which the topic of what is too long is read
A_FEW = 512  # bytes on their way, such as pings: the other side's kernel takes those of a dead broker too


class TooLong(OSError):
    """A packet that is longer than may be. `topic`: where it was published."""

    def __init__(self, topic: str, length: int) -> None:
        super().__init__(f"a message of {length} bytes")
        self.topic, self.length = topic, length


class Line:
    """`moved_s`: when something last came, or what we had sent grew less. `is_dry`: when last read it had nothing more.

    `refused`: what was too long.
    """

    def __init__(self, sock: socket.socket, longest: int, now_s: Callable[[], float]) -> None:
        self.refused: TooLong | None = None
        self.moved_s, self.is_dry = now_s(), False
        self._sock, self._longest, self._now_s = sock, longest, now_s
        self._beginning = b""
        self._on_its_way = 0
        self.fileno, self.send, self.setblocking, self.close = sock.fileno, sock.send, sock.setblocking, sock.close

    def recv(self, size: int) -> bytes:
        """paho asks for the whole rest of a packet at once. Raises OSError."""
        self.is_dry = True
        data = self._sock.recv(size if size <= self._longest else ENOUGH)
        self.is_dry = False
        if size > self._longest:
            self._refuse(data, size)
        self.moved_s = self._now_s()
        return data

    def _refuse(self, data: bytes, size: int) -> None:
        """As soon as its topic is known."""
        self._beginning += data
        topic_ends = 2 + int.from_bytes(self._beginning[:2], "big")
        if len(self._beginning) >= max(3, topic_ends) or not data:
            self.refused = TooLong(self._beginning[2:topic_ends].decode(errors="replace"), size)
            raise self.refused

    def pending(self) -> int:
        """What TLS has decoded already, so that the socket does not tell of it."""
        return int(getattr(self._sock, "pending", int)())

    def look(self) -> None:
        """To be called each second: a slow line is no dead one as long as what we send arrives."""
        left = array("i", [0])
        fcntl.ioctl(self._sock.fileno(), termios.TIOCOUTQ, left)
        if self._on_its_way > A_FEW and left[0] < self._on_its_way:
            self.moved_s = self._now_s()
        self._on_its_way = left[0]
