"""The broker of the tests keeps the session of who is away, as those of platforms do.

mosquitto from 2.0.12 on keeps none where `per_listener_settings` is true (eclipse-mosquitto/mosquitto#2618).
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiomqtt

from fake_devices.patience import HANGS_S
from tests.mosquitto import Mosquitto

TOPIC = "here/news"


def platform(broker: Mosquitto) -> aiomqtt.Client:
    """With a session of its own."""
    version = aiomqtt.ProtocolVersion.V311
    return aiomqtt.Client("127.0.0.1", broker.platform_port, identifier="platform", protocol=version, clean_session=False)


async def test_what_came_while_the_platform_was_away_is_there_when_it_comes_back(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker:
        async with platform(broker) as client:
            await client.subscribe(TOPIC, qos=1)
        async with aiomqtt.Client("127.0.0.1", broker.port) as gateway:
            await gateway.publish(TOPIC, b"an alert", qos=1)

        async with platform(broker) as client, asyncio.timeout(HANGS_S):
            assert (await anext(aiter(client.messages))).payload == b"an alert"
