"""Nobody reads the log: journald hangs, or what stands behind a pipe. The gateway goes on as if it were read."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, Daemon
from tests.mosquitto import Mosquitto
from tests.system.dead_disk import DeadDisk
from tests.system.test_end import TEN_S

HOLDS = 65_536  # bytes, pipe(7)


@pytest.fixture
def unread(stopped_daemon: Daemon) -> Iterator[int]:
    """The reading end of the pipe that the daemon logs to."""
    os.mkfifo(stopped_daemon.log_file)
    end = os.open(stopped_daemon.log_file, os.O_RDONLY | os.O_NONBLOCK)
    yield end
    os.close(end)


@pytest.mark.fault(
    "process", "nobody reads the log: its pipe is full", promise="calls are told, and SIGTERM ends it within ten seconds"
)
async def test_where_nobody_reads_the_log_calls_are_told_and_it_ends_in_time(
    stopped_daemon: Daemon, unread: int, hub: FakeHub, platform: Platform, roster: list[Band], broker: Mosquitto
) -> None:
    daemon = stopped_daemon
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    fill(daemon.log_file)

    for band in roster:
        hub.presses(band.address)
    broker.stop()
    broker.start()

    for band in roster:
        assert await platform.alert(kind="sos", wearer=band.wearer)
    assert await daemon.stop() == 0


async def test_once_it_is_read_again_the_log_says_how_much_is_missing(
    stopped_daemon: Daemon, unread: int, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    daemon = stopped_daemon
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    fill(daemon.log_file)
    hub.presses(roster[0].address)
    await platform.alert(kind="sos")

    os.read(unread, HOLDS)
    hub.presses(roster[1].address)
    await platform.alert(kind="sos", wearer=roster[1].wearer)

    said = os.read(unread, HOLDS).decode()
    assert '"event": "log lines were lost"' in said
    assert '"event": "alert"' in said


@pytest.mark.fault("process", "nobody reads the log, and a sync never returns", promise="SIGTERM ends it within ten seconds")
async def test_it_ends_in_time_though_a_disk_hangs_too_and_what_its_threads_wait_for_cannot_be_written(
    stopped_daemon: Daemon, unread: int, hub: FakeHub, platform: Platform, roster: list[Band], tmp_path: Path
) -> None:
    daemon, disk = stopped_daemon, DeadDisk(tmp_path, "alerts.db")
    daemon.environment = disk.environment
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    hub.presses(roster[0].address)
    await platform.alert(kind="sos")
    fill(daemon.log_file)
    disk.dies()
    hub.presses(roster[1].address)
    await disk.is_met()

    os.kill(daemon.pid, signal.SIGTERM)
    await daemon.dies(TEN_S)


def fill(pipe: Path) -> None:
    """Until it holds no byte more."""
    end = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    try:
        while True:
            os.write(end, b"\n")
    except BlockingIOError:
        os.close(end)
