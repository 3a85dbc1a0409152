"""A broker that does what the protocol forbids costs no more memory than one that keeps to it."""

from __future__ import annotations

import asyncio

import pytest

from gateway.channels.mqtt.connecting import connect
from gateway.clock import SystemClock
from gateway.errors import UplinkLost
from tests.gateway.channels.mqtt.scripted_broker import ScriptedBroker
from tests.gateway.channels.mqtt.settings import broker_at

BODY = bytes(200_000)


def published_with_qos_2(number: int) -> bytes:
    """A PUBLISH of MQTT 5 that waits for its PUBREL, for ever."""
    packet = b"\0\3a/b" + number.to_bytes(2, "big") + b"\0" + BODY
    low, middle, high = (len(packet) >> shift & 0x7F for shift in (0, 7, 14))
    return bytes((0x34, low | 0x80, middle | 0x80, high)) + packet


@pytest.mark.fault("broker", "a broker that never releases QoS 2 messages", promise="they do not pile up")
async def test_messages_that_are_never_released_are_not_kept_for_ever() -> None:
    async with ScriptedBroker() as script, connect(broker_at(script.port), SystemClock()) as session:
        await session.subscribe("a/b")  # with QoS 1: nothing comes with more from a broker that keeps to the protocol

        for number in range(1, 61):
            script.says(published_with_qos_2(number))

        async with asyncio.timeout(5):
            assert isinstance(await session.until_lost(), UplinkLost)
