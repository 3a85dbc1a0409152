"""One of every kind of band there is a fake of, around the whole gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fake_devices import story
from fake_devices.community import Community
from gateway.app import Gateway
from gateway.cli.demo import configuration
from gateway.clock import SystemClock
from gateway.parts import Parts
from gateway.settings import file as config_file
from gateway.sources.ble.backends import Backends
from gateway.store.opening import open_stores

WATCH = "C0:FF:EE:01:00:04"


@asynccontextmanager
async def gateway_in(community: Community, folder: Path) -> AsyncIterator[None]:
    """The gateway of this community is on, and people live."""
    config = configuration.write(folder, community, "en", None)
    (folder / "data").mkdir()
    stores = await open_stores(folder / "data", configuration.GATEWAY, SystemClock())
    stop = asyncio.Event()
    try:
        async with asyncio.TaskGroup() as tasks:
            gateway = Gateway(config, config_file.load(config), stores, Parts(backends=Backends(*community.backends)))
            tasks.create_task(gateway.live(stop))
            await community.platform.wait_for(lambda: community.platform.consumer.statuses, what="the gateway")
            living = tasks.create_task(community.lives())
            yield
            living.cancel()
            stop.set()
    finally:
        await stores.close()


@pytest.mark.slow
async def test_each_is_heard_at_the_platform_and_each_press_is_an_alert(tmp_path: Path) -> None:
    async with Community(story.load("every_kind"), tmp_path) as community:
        consumer = community.platform.consumer
        *at_home, leaves = community.story.deed
        async with gateway_in(community, tmp_path):
            await community.platform.wait_for(
                lambda: WATCH in {reading["device"] for reading in consumer.readings()},
                what="the watch, whose press is lost while nobody is connected",
            )
            for deed in at_home:
                await community.does(deed)
            await community.platform.wait_for(
                lambda: {reading["device"] for reading in consumer.readings()} == set(community.worn),
                what="a reading of every band",
            )
            await community.platform.wait_for(
                lambda: any(reading["history"] and reading["driver"] == "veepoo" for reading in consumer.readings()),
                what="what the watch had kept while nobody was connected",
            )
            await community.does(leaves)

    calls = {event["wearer"] for event in consumer.events.values() if event["kind"] == "sos"}
    assert calls == {deed.who for deed in at_home if isinstance(deed, story.Presses)}
    assert consumer.faults == []
