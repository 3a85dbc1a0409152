"""systemd hears that the gateway is ready, and that it makes progress; not that a timer ticks."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.systemd_notify import feed_watchdog, notify, reloading, watchdog_s


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield listener


def test_systemd_is_told(systemd: socket.socket) -> None:
    assert notify("READY=1")

    assert systemd.recv(100) == b"READY=1"


@pytest.mark.fault("process", "systemd does not read what it is told", promise="nobody is held up")
def test_a_systemd_that_does_not_read_holds_up_nobody(systemd: socket.socket) -> None:
    with capture_logs():
        told = [notify("WATCHDOG=1") for _ in range(2_000)]

    assert told[0]
    assert not told[-1]


async def test_a_reload_begins_and_ends_also_where_it_fails(systemd: socket.socket) -> None:
    before_us = asyncio.get_running_loop().time() * 1_000_000

    def reload() -> None:
        with reloading():
            raise ValueError("faulty")

    with pytest.raises(ValueError, match="faulty"):
        reload()

    began, since = systemd.recv(100).decode().splitlines()
    assert began == "RELOADING=1"
    assert before_us - 1 <= int(since.removeprefix("MONOTONIC_USEC=")) <= asyncio.get_running_loop().time() * 1_000_000
    assert systemd.recv(100) == b"READY=1"


def test_without_systemd_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)

    assert not notify("READY=1")


def test_a_socket_that_is_gone_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))

    assert not notify("READY=1")


@pytest.mark.parametrize(("usec", "expected"), [("60000000", 30.0), ("", None), ("0", None), ("soon", None)])
def test_the_watchdog_is_fed_twice_in_its_time(usec: str, expected: float | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", usec)
    monkeypatch.delenv("WATCHDOG_PID", raising=False)

    assert watchdog_s() == expected


def test_another_process_own_watchdog_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "60000000")
    monkeypatch.setenv("WATCHDOG_PID", "1")

    assert watchdog_s() is None


@pytest.mark.fault("process", "the event loop hangs", promise="the watchdog is not fed, and systemd starts it anew")
async def test_the_watchdog_is_not_fed_while_nothing_moves(systemd: socket.socket) -> None:
    moves, asked = asyncio.Event(), asyncio.Event()

    async def alive() -> None:
        asked.set()
        await moves.wait()

    async with asyncio.TaskGroup() as tasks:
        feeding = tasks.create_task(feed_watchdog(alive, every_s=0.01))
        await asked.wait()
        with pytest.raises(BlockingIOError):
            systemd.recv(100)
        moves.set()
        assert await asyncio.get_running_loop().sock_recv(systemd, 100) == b"WATCHDOG=1"
        feeding.cancel()
