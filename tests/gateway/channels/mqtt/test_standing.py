"""A process that stood (stopped, swapped out, on a card that hangs) asks the broker before it counts the link as lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from fake_devices.patience import HANGS_S
from gateway.channels.mqtt.broker import Broker
from gateway.channels.mqtt.broker_limits import BrokerLimits
from gateway.channels.mqtt.client import Client
from gateway.channels.mqtt.connecting import connect
from gateway.channels.mqtt.open_socket import open_socket
from gateway.channels.mqtt.paho_session import PahoSession
from gateway.clock import SystemClock
from tests.gateway.channels.mqtt.scripted_broker import PINGREQ, PUBLISH, ScriptedBroker
from tests.gateway.channels.mqtt.settings import broker_at, topic
from tests.gateway.standing import Stands

CLOCK = SystemClock()
MINUTE_S = 60.0

SHORTER_THAN_KEEP_ALIVE_S = 10.0

KEPT = "the link that stood meanwhile is kept"


@pytest.mark.fault("process", "it stands for a minute, and nothing came meanwhile", promise=KEPT)
async def test_silence_counts_only_while_it_listens(broker: Broker, stands: Stands) -> None:
    async with connect(broker, CLOCK) as up:
        up.hurries = True

        stands(MINUTE_S)

        assert await asyncio.wait_for(up.publish(topic("up/alerts"), b"help"), HANGS_S) is False
        assert up.lost is None


@pytest.mark.fault("process", "it stands for a minute before an alert is written to the socket", promise=KEPT)
async def test_an_acknowledgement_counts_as_missing_only_while_it_listens(broker: Broker, stands: Stands) -> None:
    async with connect(broker, CLOCK) as up:
        sending = asyncio.create_task(up.publish(topic("up/alerts"), b"help", urgent=True))
        await asyncio.sleep(0)
        assert up._in_flight.unanswered()  # queued, and not written yet

        stands(MINUTE_S)

        assert await sending is False


@pytest.mark.fault("process", "it stands for a minute while it opens a connection", promise=KEPT)
async def test_a_connection_that_came_about_meanwhile_is_none_that_failed(broker: Broker, stands: Stands) -> None:
    opening = asyncio.create_task(open_socket(broker.addresses[0], None, CLOCK))
    await asyncio.sleep(0)

    stands(MINUTE_S)

    (await opening).close()


@pytest.mark.fault("process", "it stands for a minute before it has asked for a session", promise=KEPT)
async def test_a_broker_that_could_not_be_asked_is_not_a_silent_one(broker: Broker, stands: Stands) -> None:
    plain = replace(broker, tls=None)
    sock = await open_socket(plain.addresses[0], None, CLOCK)
    up = PahoSession(Client(plain.addresses[0], plain, None, None, sock, is_clean=True), plain, BrokerLimits())
    connecting = asyncio.create_task(up.connect())
    await asyncio.sleep(0)

    stands(MINUTE_S)

    await connecting
    await up.close()


@pytest.mark.fault("process", "it stands for less than its keep-alive", promise="the broker hears of it at once")
async def test_who_stood_says_at_once_that_it_is_there(stands: Stands) -> None:
    pinged = asyncio.Event()

    def heard(first_byte: int, _: bytes) -> bool:
        if first_byte == PINGREQ:
            pinged.set()
        return False

    async with ScriptedBroker() as script:
        script.hangs_up_on = heard
        async with connect(broker_at(script.port), CLOCK):
            stands(SHORTER_THAN_KEEP_ALIVE_S)

            await asyncio.wait_for(pinged.wait(), HANGS_S)


@pytest.mark.fault("process", "it stands while much comes down", promise="all that waits is read in one turn")
async def test_all_that_came_meanwhile_is_read_at_once() -> None:
    def sent(number: int) -> bytes:
        return bytes((PUBLISH, 5, 0, 1)) + b"t" + bytes((0, number))

    async with ScriptedBroker() as script, connect(broker_at(script.port), CLOCK) as up:
        script.says(b"".join(map(sent, range(10))))
        await up.receive()
        waiting = [up._inbox.get() for _ in range(9)]
        assert None not in waiting
