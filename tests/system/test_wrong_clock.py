"""The machine begins in 1970, or ten years off, and its clock is set or falls back while alerts are open."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, Daemon
from tests.system.other_time import OtherTime

TEN_YEARS_S = 10 * 365 * 86_400
OFF = {"1970": -int(time.time()) + 60, "ten years behind": -TEN_YEARS_S, "ten years ahead": TEN_YEARS_S}


@pytest.mark.parametrize("name", OFF if "LIFERING_KILLS" in os.environ else ["1970"])  # `./dev kill` tries them all
@pytest.mark.fault(
    "clock",
    "a machine that begins in 1970 or ten years off, killed, set right, and off again while alerts are open",
    promise="told under one id, and closed",
    figure="kill",
)
async def test_a_clock_that_is_off_at_the_start_and_set_right_costs_no_alert_and_tells_none_twice(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], tmp_path: Path, name: str
) -> None:
    daemon, off_s = stopped_daemon, OFF[name]
    clock = OtherTime(tmp_path, off_s)
    daemon.environment = clock.environment
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    hub.presses(roster[0].address, heart_rate=88)
    alert = await platform.alert(kind="sos")
    assert alert["raised_at"][:4] == year(off_s)
    await daemon.kill()

    clock.is_off_by(0)
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    hub.presses(roster[1].address)
    second = await platform.alert(kind="sos", wearer=roster[1].wearer)
    assert second["raised_at"][:4] == year(0)
    clock.is_off_by(off_s)

    await platform.reply(platform.resolves(alert["id"]))
    assert (await platform.alert("resolved", id=alert["id"]))["workflow"] == "resolved"
    assert await daemon.stop() == 0
    sos = [event for event in platform.consumer.events.values() if event["kind"] == "sos"]
    assert len({event["id"] for event in sos}) == 2


def year(off_s: int) -> str:
    """By a clock that is off by so much."""
    return time.strftime("%Y", time.gmtime(time.time() + off_s))
