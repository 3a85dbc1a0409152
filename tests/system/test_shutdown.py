"""SIGTERM is ordinary: it is quick, it is announced, and it loses nothing. SIGHUP changes nothing that is wrong."""

from __future__ import annotations

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, Daemon
from tests.mosquitto import Mosquitto

RECORDS = 500


async def test_sigterm_ends_it_within_ten_seconds_and_it_says_stopping(daemon: Daemon, platform: Platform) -> None:
    await platform.wait_for(lambda: platform.consumer.statuses, what="a status")

    code = await daemon.stop()
    await platform.wait_for(lambda: platform.consumer.statuses[-1]["state"] == "stopping", what="stopping")

    assert code == 0


@pytest.mark.fault("process", "SIGTERM while the broker says nothing", promise="it ends within ten seconds")
async def test_sigterm_ends_it_within_ten_seconds_when_the_broker_holds_its_tongue(
    daemon: Daemon, hub: FakeHub, broker: Mosquitto, roster: list[Band]
) -> None:
    broker.freeze()
    hub.says(roster[0].address, heart_rate=70)

    code = await daemon.stop()
    broker.thaw()

    assert code == 0


@pytest.mark.fault("process", "SIGTERM in a flood of readings", promise="nothing that was read is lost")
async def test_nothing_that_was_read_is_lost_by_a_sigterm(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    for number in range(RECORDS):
        hub.says(roster[number % 4].address, steps=number)
    await platform.wait_for(lambda: len(platform.consumer), what="the first readings")

    await daemon.stop()
    hub.line.hold()
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    hub.line.resume()
    await platform.wait_for(lambda: len(platform.consumer) >= RECORDS, what="the rest")

    assert sorted(reading["value"] for reading in platform.consumer.readings()) == list(range(RECORDS))


async def test_a_faulty_file_changes_nothing_at_a_sighup_and_the_log_says_why(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    daemon.config = daemon.config.replace("language", "langauge")

    daemon.reload()
    told = await daemon.logs("configuration not taken over")
    hub.presses(roster[0].address)
    await platform.alert(kind="sos")

    assert "langauge" in told["problem"]
