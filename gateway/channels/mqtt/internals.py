"""Every private name of paho-mqtt that is used, one function each: why its public interface is not enough.

The list names them; a test fails by name when a new version lacks one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from paho.mqtt.client import Client

from gateway.channels.mqtt.line import Line

OF_PAHO: Final = ("_create_socket", "_sock_close", "_out_packet", "_send_pingreq")


def use_line(client: Client, line: Line) -> None:
    """`connect` takes this socket, which is connected already.

    paho itself opens one by blocking calls: a name server or a broker that does not answer would hold up the whole gateway.
    """
    client._create_socket = lambda: line  # type: ignore[method-assign]


def close_socket(client: Client) -> None:
    """Hang up without a word; does nothing where that is done.

    `disconnect` only queues a DISCONNECT, which never leaves where the other side is frozen, and would keep the will unsaid.
    """
    client._sock_close()


def ping(client: Client) -> None:
    """Ask whether somebody is there, now: paho itself asks only when the keep-alive is over."""
    client._send_pingreq()


def overtake(client: Client, is_urgent: Callable[[int], bool]) -> None:
    """Move the packet that was queued last before all that is not urgent and has not begun to leave.

    paho sends in the order of publishing, and where the line is slow an alert would wait behind every batch of readings.
    """
    queue = client._out_packet
    packet = queue.pop()
    behind = (n for n, other in enumerate(queue) if not other["pos"] and not is_urgent(other["mid"]))
    queue.insert(next(behind, len(queue)), packet)
