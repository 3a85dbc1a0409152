"""A loopback port for a server, which nobody takes before it listens and while it is down for a moment."""

from __future__ import annotations

import contextlib
import random
import socket

OURS = range(10_000, 32_000)  # below what Linux gives to outgoing connections (ip_local_port_range)


def free_port() -> int:
    """One that nobody has at this moment, and that no outgoing connection is given later."""
    while True:
        port = random.choice(OURS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
