"""Full function on MQTT 3.1.1, which is all that several public clouds speak."""

from __future__ import annotations

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, Daemon


@pytest.fixture
async def daemon(stopped_daemon: Daemon, platform: Platform) -> Daemon:
    stopped_daemon.config = stopped_daemon.config.replace('version = "5"', 'version = "3.1.1"')
    await stopped_daemon.start()
    return stopped_daemon


async def test_a_press_its_receipt_and_a_command_go_their_whole_way(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    hub.presses(roster[0].address, heart_rate=88)
    alert = await platform.alert(kind="sos")
    answer = await platform.reply(platform.dispatches(alert["id"]))
    await platform.alert("updated", id=alert["id"])
    await platform.wait_for(lambda: len(platform.consumer) == 2)

    assert answer["status"] == "done"
    assert hub.vibrations == {(roster[0].address, "short"): 1, (roster[0].address, "long"): 1}
