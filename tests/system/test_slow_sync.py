"""A card whose sync takes long: a call for help waits for the sync that is under way and its own, and many share one."""

from __future__ import annotations

import asyncio
import math
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, Daemon, bands
from tests.slow_disk import SlowDisk, Sync

SYNC_S = 0.12
CALLS = 6
PEOPLE = 40
A_FEW = 6  # syncs: the kernel hands over 40 frames in some pieces


@pytest.fixture
def roster() -> list[Band]:
    return bands(CALLS + PEOPLE)


@pytest.fixture
async def disk(tmp_path: Path, stopped_daemon: Daemon, platform: Platform) -> SlowDisk:
    """With the daemon running on it."""
    disk = SlowDisk(tmp_path, SYNC_S)
    stopped_daemon.environment = disk.environment
    await stopped_daemon.start()
    return disk


async def calls(hub: FakeHub, platform: Platform, disk: SlowDisk, band: Band) -> list[Sync]:
    """The syncs of the alerts' file between a press and its message."""
    pressed_s = time.monotonic()
    hub.presses(band.address, records=1)
    alert = await platform.alert(kind="sos", device=band.address)
    return disk.syncs("alerts.db", pressed_s, platform.comings(alert)[0])


@pytest.mark.fault("disk", "a card that takes long for every sync", promise="a call waits for two syncs at most")
async def test_a_call_waits_for_no_more_than_the_sync_under_way_and_its_own(
    disk: SlowDisk, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    for n, band in enumerate(roster[:CALLS]):
        await asyncio.sleep(n * SYNC_S / 3)  # so that what is written down of the calls before is met in all its stages
        syncs = await calls(hub, platform, disk, band)

        assert 1 <= len(syncs) <= 2, f"call {n}: {syncs}"


@pytest.mark.fault("disk", "forty presses at once on a slow card", promise="they share a few syncs")
async def test_forty_people_who_press_at_once_share_a_few_syncs(
    disk: SlowDisk, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    crowd = roster[CALLS:]
    pressed_s = time.monotonic()

    for band in crowd:
        hub.presses(band.address, records=1)
    alerts = [await platform.alert(kind="sos", device=band.address) for band in crowd]

    last_s = max(platform.comings(alert)[0] for alert in alerts)
    assert len(disk.syncs("alerts.db", pressed_s, last_s)) <= A_FEW


async def test_a_stop_waits_for_the_sync_of_a_call_and_leaves_its_reading_to_no_later_start(
    disk: SlowDisk, stopped_daemon: Daemon, hub: FakeHub, roster: list[Band]
) -> None:
    hub.presses(roster[0].address, records=1)
    await hub.line.taken()
    pressed_s = time.monotonic()

    await stopped_daemon.stop()

    assert disk.syncs("alerts.db", pressed_s, math.inf), "the alert was on the disk before: the stop had nothing to wait for"
    with closing(sqlite3.connect(stopped_daemon.data / "readings.db")) as readings:
        assert readings.execute("SELECT stored, pending + delivered FROM counters").fetchone() == (1, 1)
