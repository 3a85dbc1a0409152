"""The fake hub speaks as the sheet says, loses nothing that a dead reader had not read, and can be pulled out."""

from __future__ import annotations

import asyncio
import os
import select
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fake_devices import serial_hub_frames as frames
from fake_devices.serial_hub import FakeHub

BAND = "C0:FF:EE:01:03:01"


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[FakeHub]:
    async with FakeHub(tmp_path / "hub") as hub:
        yield hub


def open_port(hub: FakeHub) -> int:
    return os.open(hub.line.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)


async def read(hub: FakeHub, port: int) -> bytes:
    await hub.line.sent()
    select.select([port], [], [], 5)  # the kernel hands it over a moment later
    return os.read(port, 65536)


@pytest.mark.parametrize(
    ("encoded", "wire"),
    [
        pytest.param(
            frames.record("C0:FF:EE:00:00:01", 1, {"heart_rate": 72, "age_s": 0}),
            "0502c0ffee0103010101010106010148fb8800",
            id="pulse",
        ),
        pytest.param(frames.status(3600, (1, 4, 2), 3, 41), "0403100e01050104020301010229036be900", id="status"),
        pytest.param(frames.result(513, 1), "0711010201215b00", id="result"),
    ],
)
def test_frames_are_those_of_the_sheet(encoded: bytes, wire: str) -> None:
    assert encoded.hex() == wire


def test_a_frame_with_long_runs_survives_its_encoding() -> None:
    payload = bytes(range(1, 256)) * 2 + b"\0" + bytes([7] * 254) + b"\0"

    assert frames.unstuff(frames.stuff(payload)) == payload


async def test_a_band_asked_to_vibrate_does_and_the_hub_says_done(hub: FakeHub) -> None:
    port = open_port(hub)
    wanted = frames.frame(frames.COMMAND, (7).to_bytes(2, "little") + bytes.fromhex("C0FFEE010301") + b"\x01")

    os.write(port, wanted)
    answer = await until_read(hub, port)

    assert answer == frames.result(7, 0)
    assert hub.vibrations[BAND, "short"] == 1
    os.close(port)


async def until_read(hub: FakeHub, port: int) -> bytes:
    readable = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(port, readable.set)
    await readable.wait()
    loop.remove_reader(port)
    return os.read(port, 65536)


async def test_what_a_dead_reader_had_not_read_is_said_again(hub: FakeHub) -> None:
    port = open_port(hub)
    hub.says(BAND, heart_rate=70)
    first = await read(hub, port)
    hub.says(BAND, heart_rate=71)
    hub.says(BAND, heart_rate=72)

    os.close(port)
    hub.line.hold()
    port = open_port(hub)
    hub.line.resume()

    again = b""
    while again.count(b"\0") < 2:  # the kernel may hand them over one by one
        again += await read(hub, port)
    assert first.count(b"\0") == 1
    assert again.count(b"\0") == 2
    os.close(port)


async def test_a_port_that_was_pulled_out_comes_back_under_its_path(hub: FakeHub) -> None:
    port = open_port(hub)

    hub.vanishes()
    gone = not hub.line.path.exists()
    hub.comes_back()
    again = open_port(hub)
    hub.says(BAND, heart_rate=70)

    assert gone
    assert os.read(port, 100) == b""
    assert await read(hub, again)
    os.close(port)
    os.close(again)
