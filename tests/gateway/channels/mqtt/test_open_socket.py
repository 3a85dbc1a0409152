"""A way to the broker is found where there is one, and given up where there is none; nobody waits for a name server."""

from __future__ import annotations

import _thread
import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from fake_devices.patience import HANGS_S
from gateway.channels.mqtt.broker import Address
from gateway.channels.mqtt.errors import NobodyListens, cause
from gateway.channels.mqtt.open_socket import open_socket
from gateway.clock import SystemClock
from gateway.errors import UplinkLost
from gateway.words.link_errors import why
from tests.mosquitto import Mosquitto, free_port

CLOCK = SystemClock()
ENDS_WHILE_IT_ASKS = """
import asyncio, socket, time
from gateway.channels.mqtt.broker import Address
from gateway.channels.mqtt.open_socket import open_socket
from gateway.clock import SystemClock

async def asks():
    try:
        async with asyncio.timeout(0.1):
            await open_socket(Address("platform.example", 8883), None, SystemClock())
    except TimeoutError:
        pass

socket.getaddrinfo = lambda *args, **kwargs: time.sleep(3600)
asyncio.run(asks())
"""


async def test_every_address_of_a_name_has_its_turn(mosquitto: Mosquitto) -> None:
    addresses = {found[4][0] for found in socket.getaddrinfo("localhost", mosquitto.port)}

    with await open_socket(Address("localhost", mosquitto.port), None, CLOCK) as sock:
        assert sock.getpeername()[0] == "127.0.0.1"  # mosquitto listens there alone
    assert "127.0.0.1" in addresses


async def test_a_port_where_nobody_listens_is_named() -> None:
    address = Address("127.0.0.1", free_port())

    with pytest.raises(NobodyListens, match=f"127.0.0.1:{address.port}: nobody listens on this port"):
        await open_socket(address, None, CLOCK)


async def test_a_name_that_cannot_be_one_is_given_up_at_once() -> None:
    with pytest.raises(UplinkLost, match="label"):
        async with asyncio.timeout(HANGS_S):
            await open_socket(Address("a" * 64 + ".example", 8883), None, CLOCK)


@pytest.fixture
def silent_name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Asking for a name never comes back."""
    answers = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: [answers.wait()] * 0)
    yield
    answers.set()


async def test_a_name_server_that_does_not_answer_holds_nothing_up(silent_name_server: None) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await open_socket(Address("platform.example", 8883), None, CLOCK)


def test_a_name_server_that_does_not_answer_does_not_hold_up_the_end() -> None:
    run = (sys.executable, "-c", ENDS_WHILE_IT_ASKS)

    assert subprocess.run(run, timeout=HANGS_S, check=False, capture_output=True, text=True).stderr == ""


@pytest.fixture
def no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system gives none: RuntimeError, as Python says it."""

    def refused(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(_thread, "start_new_thread", refused)


@pytest.mark.fault("network", "no thread for the look-up of a name", promise="the link waits, and says so")
async def test_where_no_thread_is_given_the_link_waits_and_says_so(no_thread: None) -> None:
    with pytest.raises(UplinkLost, match="can't start new thread"):
        await open_socket(Address("platform.example", 8883), None, CLOCK)


@pytest.mark.parametrize(
    ("error", "english", "chinese"),
    [
        pytest.param(
            socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
            "no address for this name: Name or service not known (is the name right, does the name server answer?)",
            "找不到这个主机名的地址：没有这个主机名（名称是否正确，域名服务器是否应答？）",
            id="name",
        ),
        pytest.param(
            OSError(101, "Network is unreachable"),
            "Network is unreachable",
            "系统报告：网络不可达",
            id="no network",
        ),
        pytest.param(
            UnicodeError("label empty or too long"),
            "label empty or too long",
            "系统报告：label empty or too long",
            id="no name at all",
        ),
    ],
)
def test_what_went_wrong_is_said_in_words(error: Exception, english: str, chinese: str) -> None:
    code, facts = cause(error, CLOCK)

    assert why("a:8883", code, **facts) == (f"a:8883: {english}", f"a:8883：{chinese}")
