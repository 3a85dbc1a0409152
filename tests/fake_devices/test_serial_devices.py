"""The fake booth and the fake text hubs speak as their sheets say."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime
from pathlib import Path

import pytest

from fake_devices.patience import HANGS_S
from fake_devices.pseudo_terminal import PseudoTerminal
from fake_devices.serial_cuff import CONNECT, RESULT, START, STEPS_MMHG, STOP, FakeCuff, frame
from fake_devices.text_hubs import GprpHub, OmgHub


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "port"


async def said(line: PseudoTerminal, ends: bytes, answer: bytes = b"") -> bytes:
    """What the far end says, to these last bytes; after writing an answer to it."""
    port = os.open(line.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        os.write(port, answer)
        heard = b""
        async with asyncio.timeout(HANGS_S):
            while not heard.endswith(ends):
                await readable(port)
                heard += os.read(port, 4096)
        return heard
    finally:
        os.close(port)


async def readable(port: int) -> None:
    ready = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(port, ready.set)
    await ready.wait()
    loop.remove_reader(port)


@pytest.mark.parametrize(
    ("head", "kind", "data", "wire"),
    [
        pytest.param(0xCC, CONNECT, "00", "cc80030301010000", id="connect"),
        pytest.param(0xCC, START, "00", "cc80030301020003", id="start"),
        pytest.param(0xCC, STOP, "00", "cc80030301030002", id="stop"),
        pytest.param(
            0xAA, RESULT, "011307020f0b1c008b00660048", "aa80030f0106011307020f0b1c008b00660048a1", id="a real result"
        ),
    ],
)
def test_frames_of_the_booth_are_those_of_the_sheet(head: int, kind: bytes, data: str, wire: str) -> None:
    assert frame(head, kind, bytes.fromhex(data)).hex() == wire


async def test_the_booth_inflates_when_it_is_started_and_tells_its_result(path: Path) -> None:
    clock = datetime(2019, 7, 2, 15, 11, 28)  # noqa: DTZ001 (a device's clock has no zone)
    result = bytes.fromhex("aa80030f0106011307020f0b1c008b00660048a1")

    async with FakeCuff(path, clock) as cuff:
        cuff.sits_down(139, 102, 72)
        heard = await said(cuff.line, result, frame(0xCC, START, b"\0"))

    assert heard.startswith(frame(0xAA, START, b"\0"))
    assert heard.count(bytes.fromhex("aa8003040105")) == len(STEPS_MMHG)
    assert cuff.asked == [START]


async def test_a_booth_that_is_stopped_tells_no_result(path: Path) -> None:
    async with FakeCuff(path) as cuff:
        cuff.sits_down(139, 102, 72)
        stopped = frame(0xAA, STOP, b"\0")
        heard = await said(cuff.line, stopped, frame(0xCC, START, b"\0") + frame(0xCC, STOP, b"\0"))

        assert not cuff.is_measuring
    assert bytes.fromhex("aa80030f0106") not in heard


async def test_a_hub_of_ingics_says_lines(path: Path) -> None:
    async with GprpHub(path, "CB:41:2F:0C:8E:DC") as hub:
        hub.advertises("CC:B9:7E:73:61:A4", bytes.fromhex("1309696773206D65736820233220285445535429020106"), -49)
        hub.heartbeat()
        heard = await said(hub.line, b"00000000\r\n")

    assert heard.splitlines() == [
        b"$GPRP,CCB97E7361A4,CB412F0C8EDC,-49,1309696773206D65736820233220285445535429020106",
        b"$HBRP,CB412F0C8EDC,CB412F0C8EDC,-127,00000000",
    ]


async def test_openmqttgateway_says_nothing_but_heartbeats_until_one_is_answered(path: Path) -> None:
    async with OmgHub(path, prefix=b"", end=b"\r\n", heartbeat_every_s=0.05) as hub:
        hub.advertises("C0:FF:EE:00:00:01", name="lost")
        before = await said(hub.line, b'{"type":"heartbeat"}\r\n', b'{"type":"heartbeat_ack"}\r\n')
        await hub.ready()
        hub.advertises("C0:FF:EE:00:00:01", name="band", manufacturer_data=b"\xff\xff\x01")
        after = await said(hub.line, b'"manufacturerdata": "ffff01"}\r\n')

    assert b"lost" not in before
    assert b'"name": "band"' in after
