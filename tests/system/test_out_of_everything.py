"""No more files, memory or threads for the gateway: it goes on, or ends and begins anew, and no call is lost."""

from __future__ import annotations

import asyncio
import os
import resource
from contextlib import suppress
from pathlib import Path

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, Daemon
from tests.mosquitto import Mosquitto
from tests.system.no_threads import NoThreads
from tests.system.test_technician import status

NO_MORE_FILES = 8  # fewer than are open: none can be opened


@pytest.mark.fault("process", "no file can be opened any more (EMFILE)", promise="it lives, and calls leave in the end")
async def test_without_a_file_to_open_it_lives_and_calls_leave_once_there_is_one(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], broker: Mosquitto
) -> None:
    await daemon.has_opened(hub.line.path)
    await daemon.logs("link up")
    before = resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (NO_MORE_FILES, before[1]))

    hub.presses(roster[0].address)
    assert await platform.alert(kind="sos", wearer=roster[0].wearer)
    hub.says(roster[1].address, heart_rate=71)
    asking = asyncio.create_task(status(daemon))
    broker.stop()
    broker.start()
    hub.presses(roster[2].address)
    await daemon.logs("link lost", times=2)
    assert daemon.alive
    resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, before)

    assert await platform.alert(kind="sos", wearer=roster[2].wearer)
    assert (await asking)["gateway"] == "g-1"
    assert await daemon.stop() == 0


@pytest.mark.fault("process", "no memory is given any more (RLIMIT_AS)", promise="whatever comes of that, no call is lost")
async def test_without_memory_no_call_is_lost(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], broker: Mosquitto
) -> None:
    await daemon.has_opened(hub.line.path)
    broker.stop()
    resource.prlimit(daemon.pid, resource.RLIMIT_AS, (bytes_of(daemon.pid), resource.RLIM_INFINITY))

    for number in range(2_000):
        hub.says(roster[number % 4].address, steps=number)
    hub.presses(roster[0].address)
    broker.start()
    with suppress(TimeoutError):
        await platform.alert(kind="sos", limit_s=5)  # else it has ended, or hangs, and the watchdog ends it
    await daemon.kill()
    hub.line.hold()
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    hub.line.resume()

    assert await platform.alert(kind="sos")


def bytes_of(pid: int) -> int:
    """Of memory that it has asked for (proc(5), statm)."""
    return os.sysconf("SC_PAGESIZE") * int(Path(f"/proc/{pid}/statm").read_text().split()[0])


@pytest.mark.fault("process", "no thread is given any more (EAGAIN)", promise="it lives, and calls leave in the end")
async def test_without_a_thread_it_lives_and_calls_leave_once_there_is_one(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], broker: Mosquitto, tmp_path: Path
) -> None:
    daemon, threads = stopped_daemon, NoThreads(tmp_path)
    daemon.environment = threads.environment
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    await daemon.logs("link up")
    threads.begin()

    hub.presses(roster[0].address)
    assert await platform.alert(kind="sos", wearer=roster[0].wearer)
    hub.says(roster[1].address, heart_rate=71)
    broker.stop()
    broker.start()
    hub.presses(roster[2].address)
    await daemon.logs("link lost", times=2)
    assert daemon.alive
    threads.end()

    assert await platform.alert(kind="sos", wearer=roster[2].wearer)
    assert await daemon.stop() == 0
