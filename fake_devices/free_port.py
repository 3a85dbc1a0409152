"""A loopback port for a server, which nobody takes before it listens and while it is down for a moment."""

from __future__ import annotations

import contextlib
import itertools
import random
import socket
from collections.abc import Iterator
from functools import cache

OURS = range(10_000, 32_000)  # below what Linux gives to outgoing connections (ip_local_port_range)
OF_A_PROCESS = 100


def free_port() -> int:
    """One that nobody has at this moment, and that no outgoing connection, and no other process that asks here, is given."""
    for port in _ports():
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("it goes round for ever")


@cache
def _ports() -> Iterator[int]:
    """Those of this process, over and over: nobody else's as long as it holds a name that only one can have."""
    firsts = list(OURS[::OF_A_PROCESS])
    random.SystemRandom().shuffle(firsts)
    for first in firsts:
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0lifering-ports-{first}")
        except OSError:
            claim.close()
        else:
            return _round(range(first, first + OF_A_PROCESS), claim)
    raise OSError("no port is left: is something running hundreds of times?")


def _round(ports: range, _claim: socket.socket) -> Iterator[int]:
    yield from itertools.cycle(ports)
