"""Every private name of aiomqtt and paho-mqtt that is used, one function each: why their public interface is not enough.

Two lists name them; a test fails by name when a new version lacks one.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Final

import aiomqtt
from paho.mqtt.client import Client

OF_AIOMQTT: Final = ("_client", "_disconnected", "_misc_task")
OF_PAHO: Final = ("_create_socket", "_sock_close", "_out_packet")


def paho_of(client: aiomqtt.Client) -> Client:
    """The paho client that aiomqtt joins to the event loop.

    aiomqtt's own `publish` returns from a message that the broker refused as if all were well, and its `connect` runs in a
    thread that can neither be cancelled nor given up.
    """
    return client._client


def broke(client: aiomqtt.Client) -> asyncio.Future[None]:
    """Done, with the error, when aiomqtt's reader or writer has met one that paho did not expect; it tells nobody else."""
    return client._disconnected


async def until_nothing_is_left(client: aiomqtt.Client) -> None:
    """aiomqtt keeps a task of its own, which it cancels as the socket closes and waits for nowhere."""
    if client._misc_task:
        await asyncio.wait([client._misc_task])


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
