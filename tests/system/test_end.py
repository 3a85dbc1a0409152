"""What ends, ends within ten seconds, whatever hangs in it; and nothing ends it before it is there."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from fake_devices.patience import HANGS_S
from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, Daemon
from tests.system.dead_disk import DeadDisk

TEN_S = 10.5  # with what this machine needs to start a process and to look at one


@pytest.mark.parametrize("file", ["alerts.db", "readings.db"])
@pytest.mark.fault("disk", "SIGTERM while a sync never returns", promise="it ends within ten seconds")
async def test_sigterm_ends_it_within_ten_seconds_while_a_disk_hangs(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], tmp_path: Path, file: str
) -> None:
    daemon, disk = stopped_daemon, DeadDisk(tmp_path, file)
    daemon.environment = disk.environment
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    disk.dies()
    hub.presses(roster[0].address)
    hub.says(roster[1].address, heart_rate=71)
    await disk.is_met()

    os.kill(daemon.pid, signal.SIGTERM)
    await daemon.dies(TEN_S)

    assert "fatal" not in daemon.log_tail().lower(), "it was ended, and did not crash"


@pytest.mark.fault(
    "disk",
    "an error that nobody expected while a sync never returns",
    promise="the process is gone within ten seconds, and systemd starts it anew",
)
async def test_an_error_that_nobody_expected_ends_it_within_ten_seconds_while_a_disk_hangs(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], tmp_path: Path
) -> None:
    daemon, disk = stopped_daemon, DeadDisk(tmp_path, "alerts.db")
    daemon.environment = disk.environment
    daemon.dies_at = ("gateway.router:Router.answer", "raises")
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    hub.presses(roster[0].address)
    alert = await platform.alert(kind="sos")
    disk.dies()
    hub.presses(roster[1].address)
    platform.resolves(alert["id"])

    await daemon.dies(TEN_S + 5)


@pytest.mark.fault("process", "SIGHUP at any moment of the start", promise="it lives")
async def test_a_sighup_ends_it_at_no_moment_of_its_start(stopped_daemon: Daemon, platform: Platform) -> None:
    daemon = stopped_daemon
    starting = asyncio.create_task(daemon.start())
    async with asyncio.timeout(HANGS_S):
        while not (daemon.alive and ignores(daemon.pid, signal.SIGHUP)):  # noqa: ASYNC110 (nothing tells of its first line)
            await asyncio.sleep(0.001)

    while not starting.done():
        os.kill(daemon.pid, signal.SIGHUP)
        await asyncio.sleep(0.01)

    await starting
    assert daemon.alive


def ignores(pid: int, number: signal.Signals) -> bool:
    """Whether the process ignores this signal now (proc(5), status)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    mask = next(line.split()[1] for line in lines if line.startswith("SigIgn"))
    return bool(int(mask, 16) >> (number - 1) & 1)
