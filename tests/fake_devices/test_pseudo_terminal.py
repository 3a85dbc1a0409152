"""A line knows what its reader has not read, at every moment and on however busy a machine."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fake_devices.pseudo_terminal import PseudoTerminal

PIECE = b"hr 60\n"


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[PseudoTerminal]:
    line = PseudoTerminal(tmp_path / "line", lambda _: None)
    line.plug_in()
    yield line
    line.pull_out()


async def test_what_is_written_is_unread_at_once_and_read_when_it_was_read(line: PseudoTerminal) -> None:
    port = os.open(line.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    for _ in range(200):
        line.write(PIECE)
        taking = asyncio.ensure_future(line.taken())
        await asyncio.sleep(0)
        assert (line.unread(), taking.done()) == (len(PIECE), False)

        assert os.read(port, 100) == PIECE
        await taking
    os.close(port)


async def test_what_a_reader_left_when_it_died_comes_again_for_the_next(line: PseudoTerminal) -> None:
    for number in range(200):
        line.write(b"%d\n" % number)
        line.hold()
        line.resume()

    port = os.open(line.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    heard = b""
    while line.unread():
        heard += os.read(port, 4096)
    os.close(port)
    assert heard.split() == [b"%d" % number for number in range(200)]
