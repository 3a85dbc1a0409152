"""Brokers that lie, each in its way, between the gateway and its platform: every call arrives once, no reading vanishes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import aiomqtt
import pytest

from fake_devices.patience import HANGS_S
from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import GATEWAY, Band, Daemon, configuration
from tests.hostile_broker import BlackHole, Down, HostileBroker, OutOfOrder, Rule, TakesAndDrops, passes, twice
from tests.mosquitto import Mosquitto

READINGS = 50
VERSIONS = ["5", "3.1.1"] if os.environ.get("LIFERING_ALL_BROKERS") else ["5"]  # `./dev brokers` plays both
STATE_ONLY = "topic write lifering/v1/+/up/heartbeat\ntopic write lifering/v1/+/up/status\ntopic read lifering/v1/+/down/#\n"


class Center(NamedTuple):
    """Everything that one of these tests has to do with."""

    daemon: Daemon
    hub: FakeHub
    platform: Platform
    roster: list[Band]

    async def tells_each_call_and_reading_once(self, limit_s: float = HANGS_S) -> None:
        """Three presses, readings, a command; afterwards the platform has seen nothing that the contract forbids."""
        callers = self.roster[1:4]
        for caller in callers:
            self.hub.presses(caller.address)
        for number in range(READINGS):
            self.hub.says(self.roster[0].address, steps=number)
        alerts = [await self.platform.alert(kind="sos", wearer=caller.wearer, limit_s=limit_s) for caller in callers]
        reply = await self.platform.reply(self.platform.resolves(alerts[0]["id"]), limit_s=limit_s)
        await self.platform.wait_for(self._has_all, limit_s, "every reading")

        assert reply["status"] == "done"
        events = [event for event in self.platform.consumer.events.values() if event["kind"] == "sos"]
        assert [{event["id"] for event in events if event["wearer"] == caller.wearer} for caller in callers] == [
            {alert["id"]} for alert in alerts
        ]
        assert self.platform.consumer.faults == []

    def _has_all(self) -> bool:
        return {one["value"] for one in self.platform.consumer.readings() if one["kind"] == "steps"} == set(range(READINGS))


@asynccontextmanager
async def center(
    folder: Path,
    hub: FakeHub,
    roster: list[Band],
    *,
    up: Rule = passes,
    down: Down | None = None,
    access: str = "",
    mqtt: dict[str, object] | None = None,
) -> AsyncIterator[tuple[Center, Mosquitto, int]]:
    """The daemon behind such a broker; with the mosquitto, and the port at which the daemon knows it."""
    for name in ("broker", "data"):
        (folder / name).mkdir(exist_ok=True)
    with Mosquitto(folder / "broker", access=access) as broker:
        async with (
            HostileBroker(broker.port, up, down) as hostile,
            Platform(broker.platform_port, readings_too=True) as platform,
            Daemon(
                folder,
                configuration(
                    folder / "data",
                    broker_port=hostile.port,
                    hub=hub.line.path,
                    roster=roster,
                    mqtt={"readings_need": "receipt"} | (mqtt or {}),
                ),
            ) as daemon,
        ):
            await daemon.start()
            await daemon.has_opened(hub.line.path)
            yield Center(daemon, hub, platform, roster), broker, hostile.port


@pytest.mark.fault("broker", "a broker that acknowledges what it throws away", promise="each call and reading comes again")
async def test_what_a_broker_acknowledges_and_throws_away_comes_again(tmp_path: Path, hub: FakeHub, roster: list[Band]) -> None:
    drops = TakesAndDrops(10)
    async with center(tmp_path, hub, roster, up=drops) as (whole, _, _):
        await whole.tells_each_call_and_reading_once(60)

    assert drops.left == 0


@pytest.mark.fault(
    "broker", "MQTT 3.1.1: what the access rules forbid is acknowledged and swallowed", promise="it comes once they allow it"
)
async def test_what_access_rules_swallow_without_a_word_comes_once_they_allow_it(
    tmp_path: Path, hub: FakeHub, roster: list[Band]
) -> None:
    async with center(tmp_path, hub, roster, access=STATE_ONLY, mqtt={"version": "3.1.1"}) as (whole, broker, _):
        hub.presses(roster[0].address)
        await whole.daemon.logs("alert")
        await whole.platform.wait_for(lambda: whole.platform.consumer.statuses, what="that it is online")
        assert len(whole.platform.consumer) == 0

        broker.allow("topic readwrite lifering/#\n")

        assert await whole.platform.alert(kind="sos", wearer=roster[0].wearer)
        await whole.tells_each_call_and_reading_once(60)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.fault(
    "broker",
    "a broker that sends each packet twice, also CONNACK",
    promise="each call and reading counts once",
    figure="brokers",
)
async def test_of_a_broker_that_says_everything_twice_each_call_and_reading_counts_once(
    tmp_path: Path, hub: FakeHub, roster: list[Band], version: str
) -> None:
    async with center(tmp_path, hub, roster, down=twice, mqtt={"version": version}) as (whole, _, _):
        await whole.tells_each_call_and_reading_once()


@pytest.mark.fault("broker", "a broker whose packets come out of order", promise="each call and reading counts once")
async def test_of_a_broker_whose_packets_come_out_of_order_each_call_and_reading_counts_once(
    tmp_path: Path, hub: FakeHub, roster: list[Band]
) -> None:
    async with center(tmp_path, hub, roster, down=OutOfOrder()) as (whole, _, _):
        await whole.tells_each_call_and_reading_once(60)


@pytest.mark.fault("network", "the session becomes a black hole; there is a second broker", promise="told there in 30 s")
async def test_a_session_that_becomes_a_black_hole_is_left_for_the_second_broker(
    tmp_path: Path, hub: FakeHub, roster: list[Band]
) -> None:
    hole = BlackHole()
    async with center(tmp_path, hub, roster, up=hole.up, down=hole.down) as (whole, broker, first):
        await whole.daemon.stop()
        hosts = f'hosts = ["127.0.0.1:{first}", "127.0.0.1:{broker.port}"]'
        whole.daemon.config = whole.daemon.config.replace('host = "127.0.0.1"', hosts).replace(f"port = {first}\n", "")
        await whole.daemon.start()
        await whole.daemon.logs("link up", times=2)
        hole.open = True

        await whole.tells_each_call_and_reading_once()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.fault(
    "broker",
    "another client takes the session over, again and again",
    promise="each call and reading comes, and counts once",
    figure="brokers",
)
async def test_a_session_that_is_taken_over_again_and_again_costs_no_call_and_no_reading(
    tmp_path: Path, hub: FakeHub, roster: list[Band], version: str
) -> None:
    async with center(tmp_path, hub, roster, mqtt={"version": version}) as (whole, broker, _):
        await whole.daemon.logs("link up")
        thief = asyncio.create_task(takes_over(broker.port, version))
        hub.presses(roster[0].address)
        assert await whole.platform.alert(kind="sos", wearer=roster[0].wearer)
        thief.cancel()

        hub.presses(roster[1].address)  # for a call the gateway comes back at once
        await whole.tells_each_call_and_reading_once(60)


async def takes_over(port: int, version: str) -> None:
    """A cloned SD card: it comes back a second after it was thrown out, for ever."""
    protocol = aiomqtt.ProtocolVersion.V5 if version == "5" else aiomqtt.ProtocolVersion.V311
    while True:
        try:
            async with aiomqtt.Client("127.0.0.1", port, identifier=GATEWAY, protocol=protocol) as clone:
                async for _ in clone.messages:
                    pass
        except aiomqtt.MqttError:
            pass
        await asyncio.sleep(1)
