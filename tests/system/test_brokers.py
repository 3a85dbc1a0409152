"""One story with every broker, and with something taken away from it: a call for help, readings, the way back, the account.

What is expected of each is the same: the call is there within two seconds of the link (thirty where the first host is none),
every reading arrives, the account is exact, and the faults say in words what this broker lacks.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import pytest

from fake_devices.patience import HANGS_S
from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests import hostile_broker as hostile
from tests.brokers import BROKERS, Starts, missing
from tests.daemon import Band, Daemon, configuration
from tests.gateway.channels.mqtt.scripted_broker import ScriptedBroker
from tests.hostile_broker import HostileBroker, Rule
from tests.mosquitto import Mosquitto
from tests.system.test_technician import status

OPEN = "allow_anonymous true"
READINGS = 300
ONE_WORD_5 = "broker speaks only MQTT 3.1.1"


class Bed(NamedTuple):
    """Ports of the hosts in their order, and the one where the platform listens, in which version."""

    hosts: Sequence[int]
    platform: int
    version: Literal["5", "3.1.1"] = "5"


Made = Callable[[Path], AbstractAsyncContextManager[Bed]]


def mosquitto(*config: str) -> Made:
    """With these lines in its configuration."""

    @asynccontextmanager
    async def made(folder: Path) -> AsyncIterator[Bed]:
        with Mosquitto(folder, [OPEN, *config]) as broker:
            yield Bed([broker.port], broker.platform_port)

    return made


def behind(up: Rule, *, second: bool = False) -> Made:
    """A mosquitto behind this rule; `second`: itself as the second host."""

    @asynccontextmanager
    async def made(folder: Path) -> AsyncIterator[Bed]:
        with Mosquitto(folder) as broker:
            async with HostileBroker(broker.port, up) as first:
                yield Bed([first.port, *([broker.port] if second else [])], broker.platform_port)

    return made


@asynccontextmanager
async def tiny_and_a_second(folder: Path) -> AsyncIterator[Bed]:
    """Maximum Packet Size 1."""
    with Mosquitto(folder) as broker:
        async with ScriptedBroker(longest=1) as tiny:
            yield Bed([tiny.port, broker.port], broker.platform_port)


def other(starts: Starts) -> Made:
    """One that is no mosquitto."""

    @asynccontextmanager
    async def made(folder: Path) -> AsyncIterator[Bed]:
        async with starts(folder) as port:
            yield Bed([port], port, "3.1.1")

    return made


class Case(NamedTuple):
    """A broker, what is set, what is said of it, and within how many seconds of the start the call is there."""

    made: Made
    faults: Sequence[str] = ()
    mqtt: Mapping[str, object] = MappingProxyType({})
    within_s: float = 10
    delivered_of: int = 3  # callers of three, whose alert the broker takes


V3: Mapping[str, object] = {"version": "3.1.1"}
PASSED_OVER = ["first broker is passed over"]

CASES = {
    "mosquitto": Case(mosquitto()),
    "mosquitto, 3.1.1": Case(mosquitto(), mqtt=V3),
    "mosquitto that retains nothing": Case(mosquitto("retain_available false"), ["broker retains nothing"]),
    "mosquitto that retains nothing, 3.1.1": Case(mosquitto("retain_available false"), ["broker retains nothing"], V3),
    "mosquitto that retains nothing, 3.1.1, without a will": Case(
        mosquitto("retain_available false"), ["broker retains nothing"], {**V3, "will": False}
    ),
    "mosquitto that takes 3000 bytes": Case(mosquitto("max_packet_size 3000")),
    "mosquitto that takes 3000 bytes, 3.1.1": Case(mosquitto("max_packet_size 3000"), ["broker takes only short messages"], V3),
    "one that takes no will": Case(behind(hostile.takes_no_will), ["broker takes no will"]),
    "one that takes no will, 3.1.1": Case(behind(hostile.takes_no_will), ["broker takes no will"], V3),
    "one that hangs up on MQTT 5": Case(behind(hostile.knows_no_5_and_hangs_up), [ONE_WORD_5]),
    "one that is silent about MQTT 5": Case(behind(hostile.knows_no_5_and_is_silent), [ONE_WORD_5], within_s=20),
    "one that never answers, and a second": Case(behind(hostile.silent, second=True), PASSED_OVER, within_s=30),
    "one that never acknowledges, and a second": Case(
        behind(hostile.never_acknowledges, second=True), PASSED_OVER, within_s=30
    ),
    "one that takes a byte, and a second": Case(tiny_and_a_second, PASSED_OVER),
    "one that refuses one person's alert": Case(
        behind(hostile.refuses_alerts_of("W-001")), ["broker refuses up/alerts"], delivered_of=2
    ),
    "one that hangs up on one person's alert, 3.1.1": Case(
        behind(hostile.hangs_up_on_alerts_of("W-001")), ["broker refuses up/alerts"], V3, delivered_of=2, within_s=30
    ),
    **{name: Case(other(starts), [ONE_WORD_5], within_s=20) for name, starts in BROKERS.items()},
}

# A story takes half a minute: these stand for the others, which `./dev brokers` plays.
IN_EVERY_RUN = (
    "mosquitto",
    "mosquitto that retains nothing, 3.1.1",
    "mosquitto that takes 3000 bytes, 3.1.1",
    "one that hangs up on MQTT 5",
    "one that never answers, and a second",
    "one that refuses one person's alert",
    "amqtt",
)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
@pytest.mark.fault(
    "broker",
    "20 brokers: four other makes, without will, retained messages, length, MQTT 5 or sense",
    promise="the same story with each: every call, every reading, what it lacks is told",
    figure="brokers",
)
async def test_the_story_is_the_same_with_every_broker(name: str, tmp_path: Path, hub: FakeHub, roster: list[Band]) -> None:
    if name not in IN_EVERY_RUN and not os.environ.get("LIFERING_ALL_BROKERS"):
        pytest.skip("./dev brokers plays this one, too")
    if why := missing(name):
        pytest.skip(why)
    case = CASES[name]
    for folder in ("broker", "data"):
        (tmp_path / folder).mkdir()

    async with case.made(tmp_path / "broker") as bed, Platform(bed.platform, version=bed.version) as platform:
        config = configuration(tmp_path / "data", broker_port=1, hub=hub.line.path, roster=roster, mqtt=case.mqtt)
        hosts = [f"127.0.0.1:{port}" for port in bed.hosts]
        async with Daemon(tmp_path, config.replace('host = "127.0.0.1"', f"hosts = {hosts}".replace("'", '"'))) as daemon:
            await daemon.start()
            await the_story(case, daemon, hub, platform, roster)
            assert await daemon.stop() == 0
        assert platform.consumer.faults == []


async def the_story(case: Case, daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]) -> None:
    """From the first press to the account."""
    began_s = time.time()
    for caller in roster[1:4]:
        hub.presses(caller.address)
    callers = [caller.wearer for caller in roster[1:4]][-case.delivered_of :]
    alerts = [await platform.alert(kind="sos", wearer=wearer, limit_s=case.within_s) for wearer in callers]

    link_s = (await daemon.logs("link up"))["timestamp"]
    for alert in alerts if case.within_s < 30 else []:
        heard_s = time.time() - time.monotonic() + platform.comings(alert)[0]
        assert heard_s - max(began_s, datetime.fromisoformat(link_s).timestamp()) < 2

    for number in range(READINGS):
        hub.says(roster[0].address, steps=number)
    assert (await platform.reply(platform.dispatches(alerts[0]["id"]), limit_s=HANGS_S))["status"] == "done"
    await platform.wait_for(lambda: len(platform.consumer) == READINGS + 3, what="every reading")
    told = await until_nothing_is_pending(daemon)

    counts = told["counts"]
    assert counts["received"] == counts["stored"] + sum(counts["rejected"].values())
    assert counts["stored"] == counts["delivered"] + counts["evicted"] == READINGS + 3
    assert counts["evicted"] == 0
    assert {fault["fault"] for fault in told["faults"]} == set(case.faults)


async def until_nothing_is_pending(daemon: Daemon) -> Any:
    """What `status` says then; asked again and again, as nothing tells of it."""
    async with asyncio.timeout(HANGS_S):
        while (told := await status(daemon))["counts"]["pending"]:
            pass
    return told
