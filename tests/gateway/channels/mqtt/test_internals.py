"""The private names of aiomqtt and paho that the session depends on are there, and do what the session needs of them."""

from __future__ import annotations

import ast
import asyncio
import inspect
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiomqtt
import pytest
from paho.mqtt.client import Client

from gateway.channels.mqtt import client, internals, paho_session
from gateway.channels.mqtt.internals import (
    OF_AIOMQTT,
    OF_PAHO,
    ask_to_connect,
    close_socket,
    overtake,
    paho_of,
    until_nothing_is_left,
    use_line,
)
from gateway.channels.mqtt.line import Line


@pytest.mark.parametrize("name", OF_AIOMQTT)
async def test_aiomqtt_still_has_it(name: str) -> None:
    assert hasattr(aiomqtt.Client("broker.example"), name)


@pytest.mark.parametrize("name", OF_PAHO)
async def test_paho_still_has_it(name: str) -> None:
    assert hasattr(paho_of(aiomqtt.Client("broker.example")), name)


def private_names(module: object) -> set[str]:
    """What a module reads or writes of somebody else whose name begins with an underscore."""
    tree = ast.parse(inspect.getsource(module))  # type: ignore[arg-type]
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr.startswith("_")]
    return {node.attr for node in attributes if not (isinstance(node.value, ast.Name) and node.value.id == "self")}


def test_the_list_of_private_names_is_whole() -> None:
    assert private_names(internals) == {*OF_AIOMQTT, *OF_PAHO}
    assert private_names(client) | private_names(paho_session) == set()


@asynccontextmanager
async def client_on(line: socket.socket) -> AsyncIterator[Client]:
    """It has queued a CONNECT; nothing leaves before the loop says so."""
    client = aiomqtt.Client("broker.example")
    use_line(client, Line(line, 1000, time.monotonic))
    paho_of(client).on_socket_register_write = lambda *_: None
    ask_to_connect(client)
    await asyncio.sleep(0)  # aiomqtt begins to read
    yield paho_of(client)
    close_socket(paho_of(client))
    close_socket(paho_of(client))
    await until_nothing_is_left(client)


async def test_the_socket_that_is_given_is_taken_and_closed_without_a_word() -> None:
    ours, theirs = socket.socketpair()

    async with client_on(ours):
        pass

    with theirs:
        assert ours.fileno() == -1
        assert theirs.recv(1) == b""


async def test_what_was_queued_last_overtakes_what_is_not_urgent_and_has_not_begun_to_leave() -> None:
    ours, theirs = socket.socketpair()
    async with client_on(ours) as paho:
        numbers = [paho.publish("readings", b"x", 1).mid for _ in range(3)] + [paho.publish("alerts", b"x", 1).mid]
        paho._out_packet[0]["pos"] = 1  # the CONNECT is on its way

        overtake(paho, lambda number: number == numbers[3])

        with theirs:
            assert [packet["mid"] for packet in paho._out_packet][1:] == [numbers[3], *numbers[:3]]
