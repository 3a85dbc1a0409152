"""How long what comes waits on the line, in virtual time: it rests between two reads, and nobody who presses waits long."""

from __future__ import annotations

import asyncio
import os
import socket
import termios
import tty
from itertools import count

import pytest

from gateway.sources.byte_line import FLOW_READS, REST_S, SHORT_REST_S, ByteLine
from tests.simulation.virtual_time import run

FRAME = 26  # bytes of a pulse, as the hub sends it


def waits(per_s: float, frames: int, length: int = FRAME) -> tuple[list[float], int]:
    """How long each of so many frames waited for its read, and how many reads there were."""
    return waits_of([number / per_s for number in range(frames)], length)


def waits_of(times_s: list[float], length: int = FRAME) -> tuple[list[float], int]:
    """The same of frames that come at these times."""

    async def flow() -> tuple[list[float], int]:
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            begun_s = loop.time()
            for at_s in times_s:
                loop.call_at(begun_s + at_s, theirs.send, bytes(length))
            waited: list[float] = []
            rest = b""
            async with ByteLine(ours.fileno()) as line:
                for reads in count(1):
                    rest += await line.read()
                    while len(rest) >= length:
                        waited.append(loop.time() - begun_s - times_s[len(waited)])
                        rest = rest[length:]
                    if len(waited) == len(times_s):
                        return waited, reads
        raise AssertionError

    return run(flow())


@pytest.mark.parametrize(
    ("per_s", "longest_s"),
    [
        pytest.param(1, 0, id="one now and then is read at once"),
        pytest.param(25, 0, id="so are some that a rest would hardly gather"),
        pytest.param(200, REST_S, id="a hub with many bands"),
        pytest.param(400, REST_S, id="a full line of 115,200 baud"),
        pytest.param(5_000, SHORT_REST_S, id="a flood: who presses amid it does not wait for the long rest"),
    ],
)
def test_what_comes_waits_no_longer_than_the_rest(per_s: float, longest_s: float) -> None:
    waited, _ = waits(per_s, 1_000)

    assert max(waited[-500:]) <= longest_s + 1e-6  # the first ones show how fast it flows


def test_a_flow_that_slows_down_is_read_at_once_again() -> None:
    """Also where each rest would find just the next frame."""
    flow = [number / 200 for number in range(400)]
    slower = [2 + number / 20 for number in range(200)]

    waited, _ = waits_of(flow + slower)

    assert max(waited[-100:]) <= 1e-6


def test_who_presses_after_a_flood_has_stopped_for_a_moment_waits_for_no_long_rest() -> None:
    """Its sender had other work: the first read after that looks slow."""
    flood = [number / 5_000 + 0.02 * (number // 500) for number in range(15_000)]

    waited, _ = waits_of(flood)

    assert max(waited[-14_000:]) <= SHORT_REST_S + 1e-6


def test_a_flow_is_read_many_frames_at_a_time() -> None:
    _, reads = waits(200, 1_000)

    assert reads < 150


def test_a_frame_that_comes_in_pieces_is_read_at_once() -> None:
    """As the chip of a port hands it over: some bytes at a time."""

    async def a_press() -> float:
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            pieces = 6
            for number in range(pieces):
                loop.call_later(number / 1_000, theirs.send, bytes(4))
            begun_s, came = loop.time(), b""
            async with ByteLine(ours.fileno()) as line:
                while len(came) < 4 * pieces:
                    came += await line.read()
            return loop.time() - begun_s - (pieces - 1) / 1_000

    assert run(a_press()) <= 1e-6


async def test_a_line_that_has_rested_and_brings_nothing_is_not_lost() -> None:
    """A terminal as pyserial sets it, read without cause, gives what one that was hung up gives: nothing."""
    theirs, ours = os.openpty()
    tty.setraw(ours)
    modes = termios.tcgetattr(ours)
    modes[6][termios.VMIN] = 0
    termios.tcsetattr(ours, termios.TCSANOW, modes)
    os.set_blocking(ours, False)
    async with ByteLine(ours) as line:
        for _ in range(FLOW_READS + 1):
            os.write(theirs, b"so it flows")
            assert await line.read()

        assert await line.read(3 * REST_S) == b""
    os.close(ours)
    os.close(theirs)
