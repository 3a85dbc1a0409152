"""The access rules that we ship: a gateway speaks for itself alone, and hears only what is said to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.channels.mqtt.broker import Tls
from gateway.channels.mqtt.connecting import connect
from gateway.channels.mqtt.paho_session import PahoSession
from gateway.clock import SystemClock
from gateway.errors import BrokerRefused
from tests.certificates import Authority
from tests.gateway.channels.mqtt.listener import Listener
from tests.gateway.channels.mqtt.settings import GATEWAY, broker_at, topic
from tests.mosquitto import Mosquitto

EXAMPLE = Path(__file__).parents[4] / "config" / "mosquitto-acl.example"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def mosquitto(tmp_path: Path, authority: Authority) -> Iterator[Mosquitto]:
    """It knows a gateway by its certificate, and keeps to the example."""
    shown = authority.signs("broker")
    config = (
        f"cafile {authority.ca_file}",
        f"certfile {shown.cert_file}",
        f"keyfile {shown.key_file}",
        "require_certificate true",
        "use_identity_as_username true",
    )
    with Mosquitto(tmp_path, config, access=EXAMPLE.read_text()) as mosquitto:
        yield mosquitto


@asynccontextmanager
async def speaks(
    mosquitto: Mosquitto, authority: Authority, *, certificate: str, as_gateway: str
) -> AsyncIterator[PahoSession]:
    """A client with this certificate that calls itself this gateway."""
    broker = broker_at(mosquitto.port, tls=Tls(authority.ca_file, *authority.signs(certificate)), client_id=as_gateway)
    async with connect(broker, SystemClock()) as session:
        yield session


async def test_a_gateway_says_what_is_its_own(mosquitto: Mosquitto, authority: Authority, listener: Listener) -> None:
    async with speaks(mosquitto, authority, certificate=GATEWAY, as_gateway=GATEWAY) as session:
        for name in ("up/status", "up/heartbeat", "up/readings", "up/alerts", "up/replies", "up/snapshot", "up/gaps"):
            await session.publish(topic(name), b"{}")

            assert (await listener.hears()).topic == name


@pytest.mark.parametrize("name", ["up/alerts", "up/status", "down/commands"])
async def test_a_gateway_cannot_speak_for_another(mosquitto: Mosquitto, authority: Authority, name: str) -> None:
    async with speaks(mosquitto, authority, certificate="g-2", as_gateway=GATEWAY) as session:
        with pytest.raises(BrokerRefused, match="Not authorized"):
            await session.publish(topic(name), b"{}")


async def test_a_gateway_cannot_command_itself(mosquitto: Mosquitto, authority: Authority) -> None:
    async with speaks(mosquitto, authority, certificate=GATEWAY, as_gateway=GATEWAY) as session:
        with pytest.raises(BrokerRefused, match="Not authorized"):
            await session.publish(topic("down/commands"), b"{}")


async def test_a_gateway_hears_what_is_said_to_it_and_not_what_is_said_to_others(
    mosquitto: Mosquitto, authority: Authority, listener: Listener
) -> None:
    async with (
        speaks(mosquitto, authority, certificate=GATEWAY, as_gateway=GATEWAY) as ours,
        speaks(mosquitto, authority, certificate="g-2", as_gateway="+") as theirs,  # it tries to overhear everybody
    ):
        await ours.subscribe(topic("down/commands"))
        await theirs.subscribe(topic("down/commands", "+"))

        await listener.says("down/commands", b"{}")

        assert (await ours.receive()).payload == b"{}"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await theirs.receive()
