"""Twelve hundred presses in the line: whatever stops or renews the gateway in their midst, each is counted once."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, Daemon, bands
from tests.slow_disk import SlowDisk

PEOPLE, PRESSES = 4, 300  # of each: not every one is an event of its own, but each is a reading
FAST, SLOW = 0.0, 0.1  # seconds that a sync takes longer


@pytest.fixture
def roster() -> list[Band]:
    return bands(PEOPLE)


async def presses(hub: FakeHub, platform: Platform, roster: list[Band]) -> Counter[str]:
    """All of them are said at once; the first has come when this returns, the others are in the line."""
    for _ in range(PRESSES):
        for band in roster:
            hub.presses(band.address, records=1)
    await platform.alert(kind="sos")
    return Counter({band.address: PRESSES for band in roster})


async def each_comes_once(platform: Platform, all_: Counter[str]) -> None:
    await platform.wait_for(lambda: len(platform.consumer) >= all_.total(), what="every press")
    await asyncio.sleep(1)  # what comes twice comes by then
    came = Counter(one["device"] for one in platform.consumer.readings() if one["kind"] == "button")
    assert came == all_


@pytest.mark.slow
@pytest.mark.parametrize("sync_s", [FAST, SLOW], ids=["fast", "slow"])
@pytest.mark.fault("process", "SIGTERM with presses that wait in the line", promise="none is lost")
async def test_a_sigterm_loses_none(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], tmp_path: Path, sync_s: float
) -> None:
    daemon = stopped_daemon
    daemon.environment = SlowDisk(tmp_path, sync_s).environment
    await daemon.start()
    all_ = await presses(hub, platform, roster)

    assert await daemon.stop() == 0
    hub.line.hold()
    daemon.environment = {}
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    hub.line.resume()

    await each_comes_once(platform, all_)


@pytest.mark.slow
@pytest.mark.parametrize(
    "change", [('name = "hub"', 'name = "hall"'), ('language = "en"', 'language = "en"\ntime_zone = "Asia/Tokyo"')],
    ids=["another port", "another life"],
)  # fmt: skip
@pytest.mark.parametrize("sync_s", [FAST, SLOW], ids=["fast", "slow"])
@pytest.mark.fault("process", "SIGHUP with presses that wait in the line", promise="none is lost")
async def test_a_sighup_loses_none(
    stopped_daemon: Daemon,
    hub: FakeHub,
    platform: Platform,
    roster: list[Band],
    tmp_path: Path,
    sync_s: float,
    change: tuple[str, str],
) -> None:
    daemon = stopped_daemon
    daemon.environment = SlowDisk(tmp_path, sync_s).environment
    await daemon.start()
    all_ = await presses(hub, platform, roster)

    daemon.config = daemon.config.replace(*change)
    daemon.reload()

    await each_comes_once(platform, all_)
