"""A community does what a story says: on the air, on the wire and in the network."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest
from bleak import BleakScanner

from fake_devices import life, story
from fake_devices.bands.ycbt import YcbtWatch
from fake_devices.community import Community
from fake_devices.patience import HANGS_S
from fake_devices.story import (
    ComesHome,
    GivesCommand,
    Kind,
    MeasuresPressure,
    NetworkComesBack,
    NetworkDrops,
    Presses,
    TakesItOff,
    TakesTemperature,
)
from fake_devices.wrist import sensed


@pytest.fixture
async def community(tmp_path: Path) -> AsyncIterator[Community]:
    async with Community(story.load("demo"), tmp_path) as community:
        yield community


@pytest.fixture
async def every_kind(tmp_path: Path) -> AsyncIterator[Community]:
    async with Community(story.load("every_kind"), tmp_path) as community:
        yield community


async def heard_addresses(community: Community, wanted: str) -> bool:
    """Whether bleak hears this band within ten seconds."""
    found = asyncio.Event()
    scanner = BleakScanner(
        lambda device, _data: found.set() if device.address == wanted else None, backend=community.backends.scanner
    )
    async with scanner:
        await asyncio.wait_for(found.wait(), HANGS_S)
    return True


async def test_a_cuff_is_heard_after_a_measurement(community: Community) -> None:
    await community.does(MeasuresPressure(at_s=0, who="W-002", systolic=120, diastolic=80, pulse=70, ago_s=75))

    assert await heard_addresses(community, "C0:FF:EE:00:00:02")


async def test_a_press_of_a_wristband_comes_out_of_the_hub_and_its_time_is_kept(community: Community) -> None:
    line = os.open(community.hub_port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        await community.does(Presses(at_s=0, who="W-001"))
        await community.hub.line.sent()

        assert os.read(line, 100).endswith(b"\0")
        assert "W-001" in community.pressed_at
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
        await community.does(GivesCommand(at_s=0, who="W-001", verb="dispatch", alert="sos"))


async def test_who_comes_home_brings_into_reach_a_watch_that_has_kept_what_it_measured(community: Community) -> None:
    watch = community.bands["C0:FF:EE:00:00:06"]
    assert isinstance(watch, YcbtWatch)
    assert watch.address in community.air.out_of_range

    await community.does(ComesHome(at_s=0, who="W-012", away_s=3600))

    assert await heard_addresses(community, watch.address)
    assert len(watch.kept) == 6


async def test_one_of_every_kind_lives_and_does_what_the_story_tells(every_kind: Community) -> None:
    kinds = {band.kind for wearer in every_kind.story.wearer for band in wearer.bands}
    assert kinds == set(get_args(Kind))

    for deed in every_kind.story.deed:
        await every_kind.does(deed)
    for address, band in every_kind.bands.items():
        await life.goes_on(band, every_kind.people[every_kind.worn[address]], every_kind.day_s())
    await every_kind.falls_silent()

    watch = every_kind.bands["C0:FF:EE:01:00:04"]
    assert isinstance(watch, YcbtWatch)
    assert watch.body is None, "its wearer has taken it off"


async def test_a_deed_for_which_the_wearer_has_nothing_is_a_mistake_of_the_story(every_kind: Community) -> None:
    with pytest.raises(ValueError, match="Thermometer"):
        await every_kind.does(TakesTemperature(at_s=0, who="W-101", celsius=36.6))
