"""A serial line whose far end is ours: a pseudo-terminal behind a path of its own, so that it can be pulled out and put back.

It knows what the near end has not read yet, so that the death of a reader loses nothing that it had not taken.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import select
import sys
import termios
import tty
from collections import deque
from collections.abc import Callable
from pathlib import Path

REMEMBERED = 20_000  # pieces; the kernel holds far less for a reader that is late
LOOK_S = 0.005
TTY_BYTES = 4096  # what the kernel takes at once


class PseudoTerminal:
    """One serial port. To be used inside a running event loop; `heard` is called with what the near end writes."""

    def __init__(self, path: Path, heard: Callable[[bytes], None]) -> None:
        self.path = path
        self._heard = heard
        self._far = self._near = -1
        self._waiting: deque[bytes] = deque()  # whole pieces, the first one maybe begun
        self._begun = 0  # bytes of the first one that went out
        self._written: deque[bytes] = deque(maxlen=REMEMBERED)
        self._held = False
        self._sent = asyncio.Event()
        self._sent.set()

    @property
    def plugged_in(self) -> bool:
        """Whether the port is there."""
        return self._far >= 0

    def plug_in(self) -> None:
        """The port appears under its path."""
        self._far, self._near = os.openpty()  # ours stays open, so that a reader may die and come back
        tty.setraw(self._near)
        os.set_blocking(self._far, False)
        os.set_blocking(self._near, False)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self._near))
        asyncio.get_running_loop().add_reader(self._far, self._read)
        self._flush()

    def pull_out(self) -> None:
        """The port vanishes, and with it what was under way: a reader has an error or the end of the file."""
        self._stop_flushing()
        asyncio.get_running_loop().remove_reader(self._far)
        self.path.unlink(missing_ok=True)
        os.close(self._far)
        os.close(self._near)
        self._far = self._near = -1
        self._waiting.clear()
        self._written.clear()
        self._begun = 0
        self._sent.set()

    def write(self, piece: bytes) -> None:
        """Send a piece, whole and in order, as fast as it is taken; lost when the port is pulled out."""
        if self.plugged_in and piece:
            self._waiting.append(piece)
            self._sent.clear()
            self._flush()

    async def sent(self) -> None:
        """Returns when everything written so far is with the kernel."""
        await self._sent.wait()

    def unread(self) -> int:
        """Bytes that wait at the near end for a reader (ioctl_tty(2), FIONREAD)."""
        self._is_readable()
        count = fcntl.ioctl(self._near, termios.FIONREAD, bytes(4))
        return int.from_bytes(count, sys.byteorder)

    async def taken(self) -> None:
        """Returns when the near end has read all that was written so far."""
        await self.sent()
        while self.unread():  # noqa: ASYNC110 (nothing tells of what another process reads)
            await asyncio.sleep(LOOK_S)

    def hold(self) -> None:
        """The reader is dead: what it had not read comes back and waits, as do later pieces, until `resume`."""
        self._held = True
        self._stop_flushing()
        unread = self._drain() - self._begun  # of whole pieces; the one begun goes out again from its start
        self._begun = 0
        while unread > 0 and self._written:
            piece = self._written.pop()
            unread -= len(piece)
            self._waiting.appendleft(piece)

    def resume(self) -> None:
        """A reader is there again."""
        self._held = False
        self._flush()

    def _flush(self) -> None:
        while self._waiting and not self._held:
            piece = self._waiting[0]
            try:
                self._begun += os.write(self._far, piece[self._begun : self._begun + TTY_BYTES])
            except BlockingIOError:
                asyncio.get_running_loop().add_writer(self._far, self._flush)
                return
            if self._begun == len(piece):
                self._written.append(self._waiting.popleft())
                self._begun = 0
        self._stop_flushing()
        if not self._waiting:
            self._sent.set()

    def _stop_flushing(self) -> None:
        if self.plugged_in:
            asyncio.get_running_loop().remove_writer(self._far)

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._heard(os.read(self._far, TTY_BYTES))

    def _drain(self) -> int:
        count = 0
        while self._is_readable():
            count += len(os.read(self._near, 65536))
        return count

    def _is_readable(self) -> bool:
        """Whether a reader would have something. What is under way between the two ends has come when this returns: a worker
        of the kernel hands it over, however busy the machine is, and who polls waits for that."""
        return bool(select.select([self._near], [], [], 0)[0])
