"""The private names of paho that the session depends on are there, and do what the session needs of them."""

from __future__ import annotations

import ast
import inspect
import socket
import time

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from gateway.channels.mqtt import internals, paho_session
from gateway.channels.mqtt.internals import OF_PAHO, close_socket, overtake, use_line
from gateway.channels.mqtt.line import Line

PAHO = Client(CallbackAPIVersion.VERSION2, "g-1")


@pytest.mark.parametrize("name", OF_PAHO)
def test_paho_still_has_it(name: str) -> None:
    assert hasattr(PAHO, name)


def private_names(module: object) -> set[str]:
    """What a module reads or writes of somebody else whose name begins with an underscore."""
    tree = ast.parse(inspect.getsource(module))  # type: ignore[arg-type]
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr.startswith("_")]
    return {node.attr for node in attributes if not (isinstance(node.value, ast.Name) and node.value.id == "self")}


def test_the_list_of_private_names_is_whole() -> None:
    assert private_names(internals) == set(OF_PAHO)
    assert private_names(paho_session) == set()


def test_paho_takes_the_socket_it_is_given_and_closes_it_without_a_word() -> None:
    ours, theirs = socket.socketpair()
    paho = Client(CallbackAPIVersion.VERSION2, "g-1")
    use_line(paho, Line(ours, 1000, time.monotonic))
    paho.on_socket_register_write = lambda *_: None  # nothing leaves before the loop says so

    paho.connect("broker.example")
    close_socket(paho)
    close_socket(paho)

    with theirs:
        assert ours.fileno() == -1
        assert theirs.recv(1) == b""


def test_what_was_queued_last_overtakes_what_is_not_urgent_and_has_not_begun_to_leave() -> None:
    ours, theirs = socket.socketpair()
    paho = Client(CallbackAPIVersion.VERSION2, "g-1")
    use_line(paho, Line(ours, 1000, time.monotonic))
    paho.on_socket_register_write = lambda *_: None
    paho.connect("broker.example")
    numbers = [paho.publish("readings", b"x", 1).mid for _ in range(3)] + [paho.publish("alerts", b"x", 1).mid]
    paho._out_packet[0]["pos"] = 1  # the CONNECT is on its way

    overtake(paho, lambda number: number == numbers[3])

    with ours, theirs:
        assert [packet["mid"] for packet in paho._out_packet][1:] == [numbers[3], *numbers[:3]]
