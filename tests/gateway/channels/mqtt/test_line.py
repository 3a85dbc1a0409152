"""The socket under paho tells a slow line from a dead one, and refuses what is too long before it is read."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from itertools import count

import pytest

from gateway.channels.mqtt.line import Line, TooLong


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two ends of a TCP connection that takes little at once."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
        with socket.create_connection(server.getsockname()) as ours, server.accept()[0] as theirs:
            ours.setblocking(False)
            yield ours, theirs


def a_line(sock: socket.socket) -> Line:
    """Whose clock ticks whenever it is read."""
    return Line(sock, 1_000, count(1).__next__)


def fill(line: Line) -> None:
    """Until the kernel takes no more."""
    with suppress(BlockingIOError):
        while True:
            line.send(bytes(65_536))


def test_a_line_on_which_what_is_sent_arrives_moves(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    line = a_line(ours)
    fill(line)
    line.look()
    stood_since = line.moved_s
    line.look()
    assert line.moved_s == stood_since

    theirs.recv(1 << 20, socket.MSG_WAITALL)
    line.look()

    assert line.moved_s > stood_since


def test_a_few_bytes_that_another_kernel_took_are_no_sign_of_life(ends: tuple[socket.socket, socket.socket]) -> None:
    line = a_line(ends[0])
    began = line.moved_s

    line.send(b"\xc0\x00")
    line.look()
    line.look()

    assert line.moved_s == began


def test_what_is_too_long_is_refused_by_its_topic_before_it_is_read(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    ours.setblocking(True)
    line = a_line(ours)
    theirs.sendall(b"\x00\x05a/b/c" + bytes(50))

    with pytest.raises(TooLong, match="a message of 200000000 bytes"):
        line.recv(200_000_000)

    assert line.refused
    assert line.refused.topic == "a/b/c"


def test_a_topic_that_comes_in_pieces_is_waited_for(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    ours.setblocking(True)
    line = a_line(ours)

    theirs.sendall(b"\x00\x05a/")
    assert line.recv(200_000_000) == b"\x00\x05a/"
    theirs.sendall(b"b/c")
    with pytest.raises(TooLong):
        line.recv(199_999_996)

    assert line.refused
    assert line.refused.topic == "a/b/c"
