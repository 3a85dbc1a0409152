"""A community does what a story says: on the air, on the wire and in the network."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from bleak import BleakScanner

from fake_devices import story
from fake_devices.community import Community
from fake_devices.story import Commands, MeasuresPressure, NetworkComesBack, NetworkDrops, Presses, TakesItOff
from fake_devices.wrist import sensed


@pytest.fixture
async def community(tmp_path: Path) -> AsyncIterator[Community]:
    async with Community(story.load("demo"), tmp_path) as community:
        yield community


async def heard_addresses(community: Community, wanted: str) -> bool:
    """Whether bleak hears this band within ten seconds."""
    found = asyncio.Event()
    scanner = BleakScanner(
        lambda device, _data: found.set() if device.address == wanted else None, backend=community.backends.scanner
    )
    async with scanner:
        await asyncio.wait_for(found.wait(), 10)
    return True


async def test_a_cuff_is_heard_after_a_measurement(community: Community) -> None:
    await community.does(MeasuresPressure(at_s=0, who="W-002", systolic=120, diastolic=80, pulse=70, ago_s=75))

    assert await heard_addresses(community, "C0:FF:EE:00:00:02")


async def test_a_press_of_a_wristband_comes_out_of_the_hub_and_its_time_is_kept(community: Community) -> None:
    line = os.open(community.hub_port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        before_s = time.monotonic()
        await community.does(Presses(at_s=0, who="W-001"))
        await community.hub.line.sent()

        assert os.read(line, 100).endswith(b"\0")
        assert community.pressed_at["W-001"] >= before_s
    finally:
        os.close(line)


async def test_the_network_is_cut_and_mended(community: Community) -> None:
    await community.does(NetworkDrops(at_s=0))
    assert not community.network.works

    await community.does(NetworkComesBack(at_s=1))
    assert community.network.works


async def test_a_band_that_was_taken_off_senses_that_it_is_not_worn(community: Community) -> None:
    await community.does(TakesItOff(at_s=0, who="W-007", lasting_s=60))

    assert not sensed(community.people["W-007"], community.day_s()).worn


async def test_a_command_about_an_alert_that_never_comes_is_given_up(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fake_devices.community.COMES_WITHIN_S", 0.1)

    with pytest.raises(TimeoutError, match="sos"):
        await community.does(Commands(at_s=0, who="W-001", verb="dispatch", alert="sos"))
