"""The stand-in platform gives receipts in the manner it is told to, and names what must never be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import aiomqtt
import msgspec
import pytest

from fake_devices.consumer import Consumer
from fake_devices.network import Network
from fake_devices.patience import HANGS_S
from fake_devices.platform import Platform
from tests.mosquitto import Mosquitto

UP = "lifering/v1/g-1/up"
READING = {"id": "g-1/1/1", "kind": "heart_rate", "value": 72}
ALERT = {"id": "g-1/1/A1", "seq": 1, "event": "raised", "kind": "sos", "readings": [READING]}


def batch(*readings: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"v": 1, "readings": readings})


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path) as broker:
        yield broker


@pytest.fixture
async def gateway(broker: Mosquitto) -> AsyncIterator[aiomqtt.Client]:
    """The gateway's side of the broker."""
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        await client.subscribe("lifering/v1/g-1/down/#", qos=1)
        yield client


async def next_below(gateway: aiomqtt.Client) -> dict[str, Any]:
    message = await anext(aiter(gateway.messages))
    assert isinstance(message.payload, bytes)
    return dict(msgspec.json.decode(message.payload))


def test_a_copy_is_counted_and_kept_once() -> None:
    consumer = Consumer()

    consumer.take(f"{UP}/readings", batch(READING), 0)
    consumer.take(f"{UP}/readings", batch(READING), 1)

    assert (len(consumer), consumer.copies, consumer.faults) == (1, 1, [])


@pytest.mark.parametrize("first_topic", ["readings", "alerts"])
def test_an_id_with_two_contents_is_a_fault(first_topic: str) -> None:
    consumer = Consumer()
    messages = {"readings": batch(READING | {"value": 99}), "alerts": msgspec.json.encode(ALERT)}

    for topic in sorted(messages, key=lambda topic: topic != first_topic):
        consumer.take(f"{UP}/{topic}", messages[topic], 0)

    assert consumer.faults == ["g-1/1/1 has two contents"]


@pytest.mark.parametrize(
    ("counts", "fault"),
    [
        pytest.param({"received": 9, "delivered": 5}, [], id="it adds up"),
        pytest.param({"received": 8, "delivered": 5}, ["received"], id="something was received twice"),
        pytest.param({"received": 9, "delivered": 4}, ["stored"], id="something was lost"),
    ],
)
def test_an_account_that_does_not_add_up_is_a_fault(counts: dict[str, int], fault: list[str]) -> None:
    consumer = Consumer()
    heartbeat = {"counts": {"stored": 7, "rejected": {"length": 2}, "pending": 1, "evicted": 1} | counts}

    consumer.take(f"{UP}/heartbeat", msgspec.json.encode(heartbeat), 0)

    assert [text.split()[0] for text in consumer.faults] == fault


async def test_an_alert_gets_a_receipt_that_names_its_event(broker: Mosquitto, gateway: aiomqtt.Client) -> None:
    async with Platform(broker.platform_port):
        await gateway.publish(f"{UP}/alerts", msgspec.json.encode(ALERT), qos=1)

        assert await next_below(gateway) == {"ids": ["g-1/1/A1#1"], "status": "ok"}


async def test_a_silent_platform_takes_alerts_in_and_answers_when_it_speaks_again(
    broker: Mosquitto, gateway: aiomqtt.Client
) -> None:
    async with Platform(broker.platform_port) as platform:
        platform.is_silent()
        await gateway.publish(f"{UP}/alerts", msgspec.json.encode(ALERT | {"seq": 1}), qos=1)
        await platform.alert(seq=1)
        platform.answers()
        await gateway.publish(f"{UP}/alerts", msgspec.json.encode(ALERT | {"seq": 2}), qos=1)

        assert (await next_below(gateway))["ids"] == ["g-1/1/A1#2"]


async def test_a_command_reaches_the_gateway_whose_alert_it_is(broker: Mosquitto, gateway: aiomqtt.Client) -> None:
    async with Platform(broker.platform_port) as platform:
        id_ = platform.dispatches("g-1/1/A1")

        command = await next_below(gateway)

        assert command | {"id": id_, "verb": "dispatch", "args": {"alert": "g-1/1/A1"}} == command


async def test_what_is_sent_while_the_platform_has_lost_its_link_comes_later(broker: Mosquitto) -> None:
    async with Platform(broker.platform_port) as platform:
        broker.stop()
        broker.start()
        async with aiomqtt.Client("127.0.0.1", broker.port) as gateway:
            await gateway.publish(f"{UP}/alerts", msgspec.json.encode(ALERT), qos=1)

        assert await platform.alert(kind="sos")


@pytest.mark.parametrize("answer", ["_on_connect", "_on_subscribe", "_on_publish"])
@pytest.mark.parametrize("ticks", range(10))
async def test_it_ends_in_whichever_tick_the_broker_answers(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch, answer: str, ticks: int
) -> None:
    ends = asyncio.Event()
    answers = getattr(aiomqtt.Client, answer)

    def ends_and_then_answers(*args: object) -> None:
        ends.set()
        after(ticks, lambda: answers(*args))

    monkeypatch.setattr(aiomqtt.Client, answer, ends_and_then_answers)

    async with asyncio.timeout(HANGS_S):
        await ends_when(ends, Platform(broker.platform_port))


def after(ticks: int, then: Callable[[], None]) -> None:
    """So many turns of the loop later."""
    if ticks:
        asyncio.get_running_loop().call_soon(after, ticks - 1, then)
    else:
        then()


async def ends_when(ends: asyncio.Event, platform: Platform) -> None:
    async with asyncio.TaskGroup() as tasks:
        living = tasks.create_task(lives(platform))
        await ends.wait()
        living.cancel()


async def lives(platform: Platform) -> None:
    async with platform:
        platform.dispatches("g-1/1/A1")
        await asyncio.Event().wait()


async def test_what_the_broker_had_not_taken_when_the_link_was_lost_comes_later_in_order(
    broker: Mosquitto, gateway: aiomqtt.Client
) -> None:
    async with Network(broker.platform_port) as network, Platform(network.port) as platform:
        broker.freeze()
        sent = [platform.dispatches(f"g-1/1/A{number}") for number in range(20)]
        await network.drops()  # the first is under way
        broker.thaw()
        sent += [platform.dispatches(f"g-1/1/A{number}") for number in range(20)]
        await network.comes_back()

        came = [(await next_below(gateway))["id"]]
        while came[-1] != sent[-1]:
            came.append((await next_below(gateway))["id"])

    assert list(dict.fromkeys(came)) == sent
