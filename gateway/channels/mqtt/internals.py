"""Every private name of aiomqtt and paho-mqtt that is used, one function each: why their public interface is not enough.

Two lists name them; a test fails by name when a new version lacks one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import aiomqtt
from paho.mqtt.client import Client

from gateway.channels.mqtt.line import Line

OF_AIOMQTT: Final = ("_client", "_client_connect", "_disconnected", "_misc_task")
OF_PAHO: Final = ("_create_socket", "_sock_close", "_out_packet", "_send_pingreq", "_in_messages")


def paho_of(client: aiomqtt.Client) -> Client:
    """The paho client that aiomqtt joins to the event loop: aiomqtt's own `publish` returns from a message that the broker
    refused as if all were well.
    """
    return client._client


def use_line(client: aiomqtt.Client, line: Line) -> None:
    """`connect` takes this socket, which is connected already.

    paho itself opens one by blocking calls: a name server or a broker that does not answer would hold up the whole gateway.
    """
    client._client._create_socket = lambda: line  # type: ignore[method-assign]


def ask_to_connect(client: aiomqtt.Client) -> None:
    """Queue a CONNECT: aiomqtt does it in a thread that can neither be cancelled nor given up, and ours does not block."""
    client._client_connect()


def broke(client: aiomqtt.Client) -> asyncio.Future[None]:
    """Done, with the error, when aiomqtt's reader or writer has met one that paho did not expect; it tells nobody else."""
    return client._disconnected


async def until_nothing_is_left(client: aiomqtt.Client) -> None:
    """aiomqtt keeps a task of its own, which it cancels as the socket closes and waits for nowhere."""
    if client._misc_task:
        await asyncio.wait([client._misc_task])


def close_socket(client: Client) -> None:
    """Hang up without a word; does nothing where that is done.

    `disconnect` only queues a DISCONNECT, which never leaves where the other side is frozen, and would keep the will unsaid.
    """
    client._sock_close()


def unreleased(client: Client) -> int:
    """How many messages of QoS 2 wait for their PUBREL: paho keeps each whole, and up to 65,535 of them."""
    return len(client._in_messages)


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
