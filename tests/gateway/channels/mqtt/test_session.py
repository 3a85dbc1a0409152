"""A session tells what became of each message, notices each loss, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import signal
import socket
import stat
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from fake_devices.network import Network
from fake_devices.patience import HANGS_S
from gateway.channels.mqtt.broker import Broker
from gateway.channels.mqtt.connecting import connect
from gateway.channels.mqtt.errors import NobodyListens, TakenOver
from gateway.channels.mqtt.in_flight import MOST
from gateway.channels.mqtt.paho_session import PahoSession
from gateway.channels.mqtt.session import Message
from gateway.clock import SystemClock
from gateway.errors import BrokerRefused, UplinkLost
from gateway.formats.format import Outgoing
from tests.gateway.channels.mqtt.listener import Listener
from tests.gateway.channels.mqtt.scripted_broker import ScriptedBroker
from tests.gateway.channels.mqtt.settings import broker_at, topic, will
from tests.gateway.sources.recorder import eventually
from tests.mosquitto import Mosquitto, free_port

CLOCK = SystemClock()
A_BATCH = b"x" * 55_000


@asynccontextmanager
async def session(broker: Broker, will: Outgoing | None = None) -> AsyncIterator[PahoSession]:
    """A session that must leave neither a socket nor a task behind, however it ends."""
    tasks = tasks_of_the_gateway()
    try:
        async with connect(broker, CLOCK, will) as session:
            yield session
    finally:
        assert tasks_of_the_gateway() <= tasks
        assert open_sockets_to({address.port for address in broker.addresses}) == []


def tasks_of_the_gateway() -> set[str]:
    """Those that run its code; a fake broker in the same loop has its own."""
    names = {task.get_name(): task.get_coro() for task in asyncio.all_tasks()}
    return {name for name, coro in names.items() if "ScriptedBroker" not in getattr(coro, "__qualname__", "")}


def open_sockets_to(ports: set[int]) -> list[int]:
    """The ports among these that this process has a connection to."""
    found = []
    for fd in map(int, (path.name for path in Path("/proc/self/fd").iterdir())):
        with suppress(OSError):
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                with socket.socket(fileno=os.dup(fd)) as copy:
                    found += [copy.getpeername()[1]] if copy.family == socket.AF_INET else []
    return [port for port in found if port in ports]


# --- up -------------------------------------------------------------------------------------------------------------


async def test_a_message_arrives_and_somebody_listens(mosquitto: Mosquitto, listener: Listener, version: str) -> None:
    async with session(broker_at(mosquitto.port, version=version)) as up:
        heard = await up.publish(topic("up/alerts"), b"help")

        assert heard
        assert (await listener.hears()).payload == b"help"


async def test_it_is_told_that_nobody_listens(broker: Broker) -> None:
    async with session(broker) as up:
        assert not await up.publish(topic("up/alerts"), b"help")


async def test_a_refused_message_is_refused_by_name(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, access="topic write lifering/v1/+/up/status\n") as mosquitto:
        async with session(broker_at(mosquitto.port)) as up:
            await up.publish(topic("up/status"), b"online")

            with pytest.raises(BrokerRefused, match="Not authorized"):
                await up.publish(topic("up/readings"), b"72")


async def test_a_message_longer_than_the_broker_takes_is_refused_and_the_link_lives(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, ["allow_anonymous true", "max_packet_size 20000"]) as mosquitto:
        async with session(broker_at(mosquitto.port)) as up:
            with pytest.raises(BrokerRefused, match="too large"):
                await up.publish(topic("up/readings"), A_BATCH)

            await up.publish(topic("up/alerts"), b"help")


@pytest.mark.fault("broker", "a broker that acknowledges no reading", promise="an alert leaves all the same")
async def test_an_alert_leaves_while_no_reading_is_acknowledged() -> None:
    async with ScriptedBroker() as stalled, session(broker_at(stalled.port)) as up, asyncio.TaskGroup() as tasks:
        stalled.acknowledges = lambda packet: b"up/alerts" in packet
        readings = [tasks.create_task(up.publish(topic("up/readings"), b"%d" % number)) for number in range(50)]
        await stalled.has_come(b"up/readings")

        async with asyncio.timeout(HANGS_S):
            await up.publish(topic("up/alerts"), b"help", urgent=True)

        for reading in readings:
            reading.cancel()


@pytest.mark.fault("network", "a line that is full of readings", promise="an alert overtakes them")
async def test_an_alert_overtakes_readings_that_wait_for_a_slow_line(
    mosquitto: Mosquitto, broker: Broker, listener: Listener
) -> None:
    async with session(broker) as up, asyncio.TaskGroup() as tasks:
        mosquitto.freeze()
        for number in range(30):
            tasks.create_task(up.publish(topic("up/readings"), A_BATCH + b"%d" % number))
        await eventually(lambda: len(up._in_flight._waiting) == MOST // 2)  # the kernel has begun with them, all else waits

        tasks.create_task(up.publish(topic("up/alerts"), b"help", urgent=True))
        mosquitto.thaw()
        ahead = 0
        while (await listener.hears()).topic != "up/alerts":
            ahead += 1

        assert ahead <= 4  # of ten in the window; what has begun to leave cannot be overtaken


async def acknowledges(up: PahoSession) -> None:
    up.ack(Message(topic("down/commands"), b"", number=1))


@pytest.mark.parametrize(
    "says",
    [
        pytest.param(lambda up: up.publish(topic("up/alerts"), b"help", urgent=True), id="an alert"),
        pytest.param(lambda up: up.subscribe(topic("down/commands")), id="a subscription"),
        pytest.param(acknowledges, id="an acknowledgement"),
    ],
)
async def test_what_is_urgent_is_on_the_line_before_anything_else_has_its_turn(
    says: Callable[[PahoSession], Coroutine[None, None, object]],
) -> None:
    async with ScriptedBroker() as script, session(broker_at(script.port)) as up:
        saying = asyncio.create_task(says(up))
        await asyncio.sleep(0)  # it begins, and no socket is looked at before the next line

        assert script.waiting_bytes() > 0
        await saying


async def test_alerts_keep_their_order(mosquitto: Mosquitto, broker: Broker, listener: Listener) -> None:
    async with session(broker) as up, asyncio.TaskGroup() as tasks:
        for number in range(15):
            tasks.create_task(up.publish(topic("up/readings"), A_BATCH))
            tasks.create_task(up.publish(topic("up/alerts"), b"%d" % number, urgent=True))

        assert [(await listener.hears("up/alerts")).payload for _ in range(15)] == [b"%d" % n for n in range(15)]


async def test_no_more_is_under_way_than_the_broker_takes() -> None:
    async with ScriptedBroker(receive_maximum=3) as small, session(broker_at(small.port)) as up:
        small.acknowledges = lambda packet: False
        async with asyncio.TaskGroup() as tasks:
            waiting = [tasks.create_task(up.publish(topic("up/alerts"), b"%d" % number, urgent=True)) for number in range(10)]
            await small.has_come(b"0", b"1", b"2")
            with pytest.raises(TimeoutError):
                await small.has_come(b"3", limit_s=0.2)

            for task in waiting:
                task.cancel()


# --- down -----------------------------------------------------------------------------------------------------------


async def test_what_was_not_worked_off_comes_again(mosquitto: Mosquitto, listener: Listener, version: str) -> None:
    broker = broker_at(mosquitto.port, version=version)
    async with session(broker) as up:
        await up.subscribe(topic("down/commands"))
        await listener.says("down/commands", b"first")
        await listener.says("down/commands", b"second")
        up.ack(await up.receive())
        assert (await up.receive()).payload == b"second"
    await listener.says("down/commands", b"third")

    async with session(broker) as up:
        assert [(await up.receive()).payload for _ in range(2)] == [b"second", b"third"]


@pytest.mark.fault("broker", "SUBACK refuses a subscription", promise="told by name")
async def test_a_refused_subscription_is_refused_by_name() -> None:
    async with ScriptedBroker(subscriptions=0x87) as strict, session(broker_at(strict.port)) as up:
        with pytest.raises(BrokerRefused, match="Not authorized"):
            await up.subscribe(topic("down/commands"))


# --- losses ---------------------------------------------------------------------------------------------------------


async def test_a_killed_broker_is_noticed_at_once(mosquitto: Mosquitto, version: str) -> None:
    async with session(broker_at(mosquitto.port, version=version)) as up:
        mosquitto.freeze()
        async with asyncio.TaskGroup() as tasks:
            publishing = tasks.create_task(lost(up.publish(topic("up/alerts"), b"help")))
            receiving = tasks.create_task(lost(up.receive()))
            await eventually(lambda: len(up._in_flight._waiting) == 1)
            mosquitto.stop(signal.SIGKILL)

        assert publishing.result() == receiving.result() == str(up.lost)
        with pytest.raises(UplinkLost):
            await up.publish(topic("up/alerts"), b"help")


async def lost(coroutine: object) -> str:
    try:
        await coroutine  # type: ignore[misc]
    except UplinkLost as why:
        return str(why)
    raise AssertionError("nothing was lost")


@pytest.mark.fault(
    "network", "a half-open link while something is sent", promise="noticed by the acknowledgement that does not come"
)
async def test_a_half_open_link_is_noticed_by_the_acknowledgement_that_does_not_come(
    mosquitto: Mosquitto, broker: Broker
) -> None:
    async with session(replace(broker, patience_s=2)) as up:
        mosquitto.freeze()
        with pytest.raises(UplinkLost, match="no acknowledgement for 2 s"):
            await up.publish(topic("up/alerts"), b"help")


@pytest.mark.fault("network", "a half-open link with nothing to say", promise="noticed by the ping")
async def test_a_half_open_link_with_nothing_to_say_is_noticed_by_the_ping(mosquitto: Mosquitto, broker: Broker) -> None:
    async with session(replace(broker, keep_alive_s=2)) as up:
        mosquitto.freeze()

        with pytest.raises(UplinkLost, match="not a sign of life"):
            async with asyncio.timeout(HANGS_S):
                await up.receive()


@pytest.mark.fault("broker", "the session is taken over by a second box with our id", promise="told by name")
async def test_a_second_box_with_our_id_is_named() -> None:
    async with ScriptedBroker() as fair, session(broker_at(fair.port)) as ours:
        fair.disconnects(0x8E)

        with pytest.raises(UplinkLost, match="another box uses this id"):
            await ours.receive()
        assert isinstance(ours.lost, TakenOver)


async def test_cancelling_leaves_nothing_behind(mosquitto: Mosquitto, broker: Broker) -> None:
    mosquitto.freeze()
    for limit_s in (0, 0.001, 0.01, 0.1):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(limit_s), session(broker):
                raise AssertionError("a frozen broker does not answer")


@pytest.mark.fault("broker", "a broker that sends random packets", promise="it is left, nothing crashes")
async def test_a_broker_that_talks_nonsense_is_left(chance: random.Random) -> None:
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: complaints.append(context))
    connack, beginnings = bytes((0x20, 3, 0, 0, 0)), (0x20, 0x30, 0x32, 0x40, 0x90, 0xD0, 0xE0)

    for number in range(300):
        nonsense = bytes((chance.choice(beginnings), chance.randrange(20))) + chance.randbytes(40)
        answer = connack + nonsense if number % 2 else nonsense
        async with talks(answer) as port:
            with suppress(UplinkLost):
                async with session(broker_at(port, patience_s=1)) as up:
                    await up.publish(topic("up/alerts"), b"help")
                    await up.receive()
    gc.collect()

    assert complaints == []


@asynccontextmanager
async def talks(answer: bytes) -> AsyncIterator[int]:
    """A server that answers whatever comes first with this, and then hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(answer)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1") as server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture
def chance() -> random.Random:
    return random.Random(7)


# --- the will -------------------------------------------------------------------------------------------------------


async def test_the_will_is_published_when_the_link_breaks(mosquitto: Mosquitto, listener: Listener, version: str) -> None:
    async with Network(mosquitto.port) as network, session(broker_at(network.port, version=version), will()):
        await network.drops()

        assert (await listener.hears()).payload == b"offline"


async def test_a_session_that_says_goodbye_leaves_no_will(mosquitto: Mosquitto, listener: Listener, version: str) -> None:
    broker = broker_at(mosquitto.port, version=version)
    async with session(broker, will()) as up:
        await up.publish(topic("up/status"), b"online", retain=True)

    await listener.hears()
    async with Listener(mosquitto.platform_port) as latecomer:
        assert await latecomer.hears() == ("up/status", b"online", True)


async def test_a_broker_without_retained_messages_is_spoken_to_without(tmp_path: Path, version: str) -> None:
    with Mosquitto(tmp_path, ["allow_anonymous true", "retain_available false"]) as mosquitto:
        async with session(broker_at(mosquitto.port, version=version), will()) as up:
            await up.publish(topic("up/status"), b"online", retain=True)


# --- several brokers, and none --------------------------------------------------------------------------------------


async def test_brokers_are_tried_in_order(mosquitto: Mosquitto) -> None:
    async with session(broker_at(free_port(), mosquitto.port, free_port())) as up:
        assert up.name == f"127.0.0.1:{mosquitto.port}"


async def test_where_no_broker_answers_each_is_named_with_its_reason(tmp_path: Path) -> None:
    nobody = free_port()
    with Mosquitto(tmp_path, ["allow_anonymous false"]) as strict, pytest.raises(UplinkLost) as raised:
        async with session(broker_at(nobody, strict.port)):
            pass

    assert str(raised.value) == (
        f"127.0.0.1:{nobody}: nobody listens on this port; "
        f"127.0.0.1:{strict.port}: the broker refuses the connection: Not authorized"
    )
    assert not isinstance(raised.value, NobodyListens)
    assert raised.value.why.chinese == (
        f"127.0.0.1:{nobody}：这个端口没有服务在监听；127.0.0.1:{strict.port}："
        f"MQTT 服务器拒绝连接：无权连接，请检查用户名和密码（Not authorized）"
    )
