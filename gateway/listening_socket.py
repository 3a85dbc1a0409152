"""A socket that listens, for whoever accepts its callers one by one."""

from __future__ import annotations

import socket

BACKLOG = 128


def listening(place: tuple[str, int]) -> socket.socket:
    """At this address and port, IPv4 or IPv6. Raises OSError."""
    family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
