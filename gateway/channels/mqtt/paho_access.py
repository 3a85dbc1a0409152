"""Every private name of paho-mqtt that is used, one function each, which says why paho's public interface is not enough.

`PRIVATE` lists them; a test fails by name when a new version of paho lacks one.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Final

from paho.mqtt.client import Client

PRIVATE: Final = ("_create_socket", "_sock_close", "_out_packet")


def use_socket(client: Client, sock: socket.socket) -> None:
    """`connect` takes this socket, which is connected already.

    paho itself opens one by blocking calls: a name server or a broker that does not answer would hold up the whole gateway.
    """
    client._create_socket = lambda: sock  # type: ignore[method-assign]


def close_socket(client: Client) -> None:
    """Hang up without a word; does nothing where that is done.

    `disconnect` only queues a DISCONNECT, which never leaves where the other side is frozen, and would keep the will unsaid.
    """
    client._sock_close()


def overtake(client: Client, is_urgent: Callable[[int], bool]) -> None:
    """Move the packet that was queued last before all that is not urgent and has not begun to leave.

    paho sends in the order of publishing, and where the line is slow an alert would wait behind every batch of readings.
    """
    queue = client._out_packet
    packet = queue.pop()
    behind = (n for n, other in enumerate(queue) if not other["pos"] and not is_urgent(other["mid"]))
    queue.insert(next(behind, len(queue)), packet)
