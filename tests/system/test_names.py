"""The way to the broker by its name: a name server that never answers, and an IPv6 address that leads nowhere."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, Daemon
from tests.mosquitto import Mosquitto
from tests.own_time import within
from tests.system.name_server import BOTH, NEVER, names


def known_by(daemon: Daemon, port: int, *hosts: str) -> None:
    """The brokers of its configuration."""
    listed = ", ".join(f'"{host}:{port}"' for host in hosts)
    daemon.config = daemon.config.replace('host = "127.0.0.1"', f"hosts = [{listed}]").replace(f"port = {port}\n", "", 1)


@pytest.fixture
def black_hole(broker: Mosquitto) -> Iterator[None]:
    """The broker's port at ::1: its queue is full, so that the kernel swallows each SYN (listen(2), tcp(7))."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.socket(socket.AF_INET6))
        try:
            server.bind(("::1", broker.port))
        except OSError as error:
            pytest.skip(f"no IPv6 here: {error}")
        server.listen(0)
        stack.enter_context(socket.create_connection(("::1", broker.port)))
        yield


@pytest.mark.fault("network", "a name server that never answers", promise="a second broker is told; SIGTERM ends it in time")
async def test_a_name_server_that_never_answers_keeps_no_call_from_the_second_broker(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], broker: Mosquitto, tmp_path: Path
) -> None:
    daemon = stopped_daemon
    daemon.environment = names(tmp_path)
    known_by(daemon, broker.port, NEVER, "127.0.0.1")
    await daemon.start()
    hub.presses(roster[0].address)

    assert await platform.alert(kind="sos")
    broker.stop()
    await daemon.logs("link lost")
    assert await daemon.stop() == 0  # while it asks for the name again


@pytest.mark.fault("network", "IPv6 comes first and leads nowhere", promise="the link is there by IPv4 seconds later")
async def test_an_ipv6_address_that_swallows_everything_costs_seconds(
    stopped_daemon: Daemon,
    hub: FakeHub,
    platform: Platform,
    roster: list[Band],
    broker: Mosquitto,
    black_hole: None,
    tmp_path: Path,
) -> None:
    daemon = stopped_daemon
    daemon.environment = names(tmp_path)
    known_by(daemon, broker.port, BOTH)
    await daemon.start()
    hub.presses(roster[0].address)

    assert await within(15, daemon.pid, platform.alert(kind="sos"))
    assert await daemon.stop() == 0
