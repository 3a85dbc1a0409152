"""The line by which a host says that it is there: modems that are set up so (AT&D2) begin anew when it falls."""

from __future__ import annotations

import contextlib
import fcntl
import struct
import termios

DTR = struct.pack("I", termios.TIOCM_DTR)


def dropped(descriptor: int) -> None:
    """The host is gone. A port that has no such line does nothing."""
    with contextlib.suppress(OSError):
        fcntl.ioctl(descriptor, termios.TIOCMBIC, DTR)


def raised(descriptor: int) -> None:
    """The host is there again."""
    with contextlib.suppress(OSError):
        fcntl.ioctl(descriptor, termios.TIOCMBIS, DTR)
