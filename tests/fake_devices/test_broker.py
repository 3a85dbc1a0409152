"""The demo's broker carries messages, and the network in front of it is really cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiomqtt
import pytest

from fake_devices.broker import EmbeddedBroker
from fake_devices.network import Network
from fake_devices.patience import HANGS_S


@asynccontextmanager
async def client(port: int, name: str, will: aiomqtt.Will | None = None) -> AsyncIterator[aiomqtt.Client]:
    async with aiomqtt.Client(
        "127.0.0.1", port, identifier=name, protocol=aiomqtt.ProtocolVersion.V311, will=will, timeout=5
    ) as connected:
        yield connected


async def next_message(subscriber: aiomqtt.Client) -> object:
    async with asyncio.timeout(HANGS_S):
        return (await anext(aiter(subscriber.messages))).payload


async def listen_while(cut: Callable[[], Awaitable[None]], port: int, will: aiomqtt.Will | None = None) -> None:
    async with client(port, "gateway", will) as gateway:
        await cut()
        await next_message(gateway)


async def refused(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return True
    writer.close()
    return False


async def test_what_is_published_reaches_who_has_subscribed() -> None:
    async with (
        EmbeddedBroker() as broker,
        client(broker.port, "platform") as platform,
        client(broker.port, "gateway") as gateway,
    ):
        await platform.subscribe("up/#", qos=1)
        await gateway.publish("up/alerts", b"help", qos=1)

        assert await next_message(platform) == b"help"


async def test_a_broker_that_stops_cuts_its_connections_and_closes_its_port() -> None:
    async with EmbeddedBroker() as broker:
        with pytest.raises(aiomqtt.MqttError):
            await listen_while(broker.stops, broker.port)
        assert await refused(broker.port)

        await broker.starts()
        async with client(broker.port, "gateway") as gateway:
            await gateway.publish("up/alerts", b"help", qos=1)


async def test_a_network_that_drops_cuts_the_gateway_and_leaves_the_platform_where_it_is() -> None:
    offline = aiomqtt.Will("up/status", b"offline", qos=1)
    async with EmbeddedBroker() as broker, Network(broker.port) as network, client(broker.port, "platform") as platform:
        await platform.subscribe("up/#", qos=1)

        with pytest.raises(aiomqtt.MqttError):
            await listen_while(network.drops, network.port, offline)

        assert await refused(network.port)
        assert await next_message(platform) == b"offline"


async def test_a_network_that_comes_back_carries_again() -> None:
    async with EmbeddedBroker() as broker, Network(broker.port) as network, client(broker.port, "platform") as platform:
        await platform.subscribe("up/#", qos=1)
        await network.drops()
        await network.comes_back()

        async with client(network.port, "gateway") as gateway:
            await gateway.publish("up/alerts", b"help", qos=1)

        assert await next_message(platform) == b"help"


async def test_nobody_gets_through_while_the_broker_is_away() -> None:
    async with EmbeddedBroker() as broker, Network(broker.port) as network:
        await broker.stops()

        reader, writer = await asyncio.open_connection("127.0.0.1", network.port)
        assert await reader.read() == b""  # hung up
        writer.close()
