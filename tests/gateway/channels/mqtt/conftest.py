"""A real mosquitto with a listener behind it, for the tests of the uplink."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gateway.channels.mqtt.broker import Broker
from tests.gateway.channels.mqtt.gateway_half import LowerHalf, lower_half
from tests.gateway.channels.mqtt.listener import Listener
from tests.gateway.channels.mqtt.settings import broker_at
from tests.mosquitto import Mosquitto


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """It runs, and everything is allowed."""
    with Mosquitto(tmp_path) as mosquitto:
        yield mosquitto


@pytest.fixture(params=["5", "3.1.1"])
def version(request: pytest.FixtureRequest) -> str:
    """What both versions of MQTT have to do alike."""
    return str(request.param)


@pytest.fixture
def broker(mosquitto: Mosquitto) -> Broker:
    """How the gateway is told of it."""
    return broker_at(mosquitto.port)


@pytest.fixture
async def half(tmp_path: Path, broker: Broker) -> AsyncIterator[LowerHalf]:
    """The gateway's lower half, whose uplink has not begun yet."""
    async with lower_half(tmp_path, broker) as half:
        yield half


@pytest.fixture
async def listener(mosquitto: Mosquitto) -> AsyncIterator[Listener]:
    """Somebody who hears everything."""
    async with Listener(mosquitto.platform_port) as listener:
        yield listener
