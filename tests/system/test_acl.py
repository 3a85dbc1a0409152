"""A broker that refuses what the gateway publishes: nothing counts as delivered, and the log and the heartbeat say so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, Daemon
from tests.mosquitto import Mosquitto

STATE_ONLY = "topic write lifering/v1/+/up/heartbeat\ntopic write lifering/v1/+/up/status\ntopic read lifering/v1/+/down/#\n"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker that lets gateways say how they are, and nothing else."""
    folder = tmp_path / "broker"
    folder.mkdir()
    with Mosquitto(folder, access=STATE_ONLY) as broker:
        yield broker


@pytest.mark.fault(
    "broker",
    "a broker that refuses topics by its access rules",
    promise="nothing counts as delivered, it is told, everything comes when it is allowed",
)
async def test_a_refused_topic_counts_nothing_as_delivered_and_everything_comes_when_it_is_allowed(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], broker: Mosquitto
) -> None:
    heartbeats = platform.consumer.heartbeats
    hub.presses(roster[0].address, heart_rate=80)
    told = await platform.wait_for(lambda: [beat for beat in heartbeats if beat["counts"]["stored"]], what="a heartbeat")

    assert told[0]["counts"]["delivered"] == 0
    assert told[0]["counts"]["pending"] == 2
    assert any("refuse" in fault["fault"] for fault in told[0]["faults"])
    assert any("refuse" in line["event"] for line in daemon.log())

    broker.allow("topic readwrite lifering/#\n")

    assert await platform.alert(kind="sos")
    await platform.wait_for(lambda: len(platform.consumer) == 2)
