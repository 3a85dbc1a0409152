"""Brokers differ in what they take: the client id, the length of a message, the will, retained messages. Each is lived with."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path

import aiomqtt
import msgspec
import pytest

from fake_devices.platform import Platform
from gateway.alerts.outbox import Outbox
from gateway.channels.mqtt.broker import Broker
from gateway.channels.mqtt.connecting import connect
from gateway.channels.mqtt.pace import ORDINARY
from gateway.clock import SystemClock
from gateway.equipment import broker_of
from gateway.errors import BrokerRefused, UplinkLost
from gateway.readings import Reading
from gateway.settings.configuration import MqttSettings
from gateway.settings.sections.mqtt import MqttSection
from tests.gateway.channels.mqtt.fake_session import FakeSession
from tests.gateway.channels.mqtt.gateway_half import lower_half
from tests.gateway.channels.mqtt.listener import Heard, Listener
from tests.gateway.channels.mqtt.scripted_broker import CONNECT, HAS_WILL, PUBLISH, RETAIN, SUBACK, SUBSCRIBE, ScriptedBroker
from tests.gateway.channels.mqtt.settings import broker_at, topic, will
from tests.gateway.sources.recorder import eventually
from tests.hostile_broker import HostileBroker, varint, whole
from tests.mosquitto import Mosquitto

CLOCK = SystemClock()
OPEN = "allow_anonymous true"
MANY = range(1_000)  # some five full messages
FLAGS = 7  # the byte of CONNECT that has them, 3.1.2.3


def has_will(connect: bytes) -> bool:
    """Whether this CONNECT has one."""
    return bool(connect[FLAGS] & HAS_WILL)


async def retained_status(port: int) -> Heard | None:
    """What somebody hears who comes later."""
    async with Listener(port, "up/status") as latecomer:
        try:
            return await latecomer.hears(limit_s=0.5)
        except TimeoutError:
            return None


def values(settings: MqttSection) -> MqttSettings:
    return msgspec.convert(settings.model_dump(), MqttSettings)


# --- what is set ----------------------------------------------------------------------------------------------------


def test_what_the_technician_has_set_is_handed_on() -> None:
    given = {"host": "platform.example", "client_id": "网关|01", "max_message_kb": 16, "will": False, "retain": False}
    mqtt = values(MqttSection.model_validate(given))

    broker = broker_of(mqtt, "xishan-01")

    assert (broker.client_id, broker.max_message_bytes, broker.will, broker.retain) == ("网关|01", 16_000, False, False)


def test_the_client_id_is_the_gateways_id_where_none_is_set() -> None:
    broker = broker_of(values(MqttSection(host="platform.example")), "xishan-01")

    assert (broker.client_id, broker.max_message_bytes, broker.will, broker.retain) == ("xishan-01", 60_000, True, True)


@pytest.mark.parametrize("client_id", ["网关一号&a1B2c3|securemode=2,signmethod=hmacsha256|", "x" * 256])
async def test_a_client_id_as_clouds_make_them_is_taken(tmp_path: Path, version: str, client_id: str) -> None:
    with Mosquitto(tmp_path, ["allow_anonymous true", "allow_zero_length_clientid false"]) as mosquitto:
        async with connect(broker_at(mosquitto.port, client_id=client_id, version=version), CLOCK) as up:
            await up.publish(topic("up/alerts"), b"help")

    assert client_id in (tmp_path / "mosquitto.log").read_text()


# --- the length of a message ----------------------------------------------------------------------------------------


async def lengths_of_what_arrives(folder: Path, broker: Broker, mosquitto: Mosquitto) -> Sequence[int]:
    """The bytes of each batch that the platform hears, until all readings are there."""
    async with Platform(mosquitto.platform_port) as platform, Listener(mosquitto.platform_port, "up/readings") as listener:
        async with lower_half(folder, broker) as half:
            await half.measures(*MANY)  # one commit, stored in pieces as long as may be
            half.starts()
            await platform.wait_for(lambda: len(platform.consumer) == len(MANY))
            assert (await half.delivers_all()).delivered == len(MANY)
            assert half.uplink.faults == []
        assert platform.consumer.faults == []
        assert [reading["value"] for reading in platform.consumer.readings()] == list(MANY)
        found, lengths = 0, []
        while found < len(MANY):
            payload = (await listener.hears()).payload
            found += len(msgspec.json.decode(payload)["readings"])
            lengths.append(len(payload))
    return lengths


@pytest.mark.parametrize("bytes_", [2_048, 20_000])
async def test_batches_are_cut_to_what_the_broker_takes(tmp_path: Path, bytes_: int) -> None:
    with Mosquitto(tmp_path, [OPEN, f"max_packet_size {bytes_}"]) as mosquitto:
        lengths = await lengths_of_what_arrives(tmp_path, broker_at(mosquitto.port), mosquitto)

    assert bytes_ / 3 < max(lengths) < bytes_


async def test_batches_are_cut_to_what_is_set(tmp_path: Path, mosquitto: Mosquitto, version: str) -> None:
    broker = broker_at(mosquitto.port, version=version, max_message_bytes=4_000)

    lengths = await lengths_of_what_arrives(tmp_path, broker, mosquitto)

    assert 4_000 / 3 < max(lengths) <= 4_000 - len(topic("up/readings"))


async def test_a_batch_in_several_messages_is_delivered_when_all_have_their_receipts(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, [OPEN, "max_packet_size 4000"]) as mosquitto:
        async with (
            Platform(mosquitto.platform_port, readings_too=True) as platform,
            lower_half(tmp_path, broker_at(mosquitto.port), readings_need="receipt") as half,
        ):
            await half.measures(*range(100))
            half.starts()

            assert (await half.delivers_all()).delivered == 100
            assert len(platform.consumer) == 100


async def test_an_alert_with_many_readings_is_cut_to_what_is_set_and_holds_up_no_other(tmp_path: Path, version: str) -> None:
    """A broker of MQTT 3.1.1 hangs up on what is too long, again with each new session."""
    with Mosquitto(tmp_path, [OPEN, "max_packet_size 4000"]) as mosquitto:
        broker = broker_at(mosquitto.port, version=version, max_message_bytes=3_000)
        async with Platform(mosquitto.platform_port) as platform, lower_half(tmp_path, broker) as half:
            presses = [press(number) for number in range(1, 21)]
            long, short = half.desk.raises(readings=presses), half.desk.raises()
            half.starts()

            first = await platform.alert(seq=long.seq)
            await platform.alert(seq=short.seq)

            kept = [reading["id"].rpartition("/")[2] for reading in first["readings"]]
            assert kept == ["1", *map(str, range(22 - len(kept), 21))]
            assert 5 < len(kept) < 20
            assert half.uplink.faults == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bytes_", "presses", "kept"), [(4_000, 100, range(3, 20)), (1_200, 4, range(4))], ids=["many readings", "a few readings"]
)
@pytest.mark.fault("broker", "a broker that hangs up on a long alert", promise="it is shortened, and stands before no other")
async def test_a_long_alert_that_breaks_the_link_is_shortened_and_stands_before_no_other(
    tmp_path: Path, bytes_: int, presses: int, kept: range
) -> None:
    with Mosquitto(tmp_path, [OPEN, f"max_packet_size {bytes_}"]) as mosquitto:
        broker = broker_at(mosquitto.port, version="3.1.1")
        async with Platform(mosquitto.platform_port) as platform, lower_half(tmp_path, broker, pace=ORDINARY) as half:
            long = half.desk.raises(readings=[press(number) for number in range(1, presses + 1)])
            short = half.desk.raises()
            half.starts()

            await platform.alert(seq=short.seq)
            first = await platform.alert(seq=long.seq)

            assert len(first["readings"]) in kept
            assert half.uplink.faults == ["broker takes only short messages"]


async def test_an_alert_goes_bare_where_no_reading_finds_room(tmp_path: Path, broker: Broker) -> None:
    session = FakeSession()
    session.longest = 650
    async with lower_half(tmp_path, broker, connect=session.connect) as half:
        half.desk.raises(readings=[press(1), press(2)])
        half.starts()
        await eventually(lambda: topic("up/alerts") in dict(session.taken))

    assert msgspec.json.decode(dict(session.taken)[topic("up/alerts")])["readings"] == []


@pytest.mark.fault("broker", "a list of open alerts too long for the broker", promise="everything else comes through")
async def test_a_list_of_what_is_open_that_is_too_long_does_not_keep_everything_else_from_coming_through(
    tmp_path: Path, version: str
) -> None:
    with Mosquitto(tmp_path, [OPEN, "max_packet_size 4000"]) as mosquitto:
        broker = broker_at(mosquitto.port, version=version, max_message_bytes=3_000)
        async with Platform(mosquitto.platform_port) as platform, lower_half(tmp_path, broker, pace=ORDINARY) as half:
            for _ in range(30):
                half.desk.raises()
            half.desk.outbox = Outbox()  # all of them are delivered

            half.starts()
            await half.measures(71)

            assert (await half.delivers_all(20)).delivered == 1
            await eventually(lambda: "broker refuses up/snapshot" in half.uplink.faults)
            assert platform.consumer.heartbeats


def press(number: int) -> Reading:
    """One of many of a key that is pressed again and again."""
    return Reading(
        wearer="W-017",
        device="C0:FF:EE:00:00:01",
        driver="serial-hub",
        kind="button",
        value="sos",
        at_ms=number,
        received_ms=number,
        clock="synced",
        quality=(),
        history=False,
        seq=number,
        epoch=3,
    )


# --- the will -------------------------------------------------------------------------------------------------------


async def test_where_none_is_wanted_no_will_is_left() -> None:
    async with ScriptedBroker() as script, connect(broker_at(script.port, will=False), CLOCK, will()):
        assert [has_will(packet) for packet in script.connects] == [False]


@pytest.mark.fault("broker", "a broker that hangs up on a will", promise="it is spoken to without one")
async def test_a_broker_that_hangs_up_on_a_will_is_spoken_to_without_and_still_retains() -> None:
    async with ScriptedBroker() as script:
        script.hangs_up_on = lambda first_byte, packet: first_byte == CONNECT and has_will(packet)

        async with connect(broker_at(script.port), CLOCK, will()) as up:
            script.hangs_up_on = lambda first_byte, packet: first_byte & 0xF0 == PUBLISH and not first_byte & RETAIN
            assert await up.publish(topic("up/status"), b"online", retain=True)


async def test_a_broker_that_hangs_up_on_everything_is_not_said_to_refuse_the_will() -> None:
    async with ScriptedBroker() as script:
        script.hangs_up_on = lambda first_byte, packet: True
        with pytest.raises(UplinkLost, match="hung up on CONNECT without a word"):
            async with connect(broker_at(script.port), CLOCK, will()):
                pass


# --- retained messages ----------------------------------------------------------------------------------------------


async def test_where_none_is_wanted_nothing_is_retained(mosquitto: Mosquitto, version: str) -> None:
    async with connect(broker_at(mosquitto.port, version=version, retain=False), CLOCK, will()) as up:
        await up.publish(topic("up/status"), b"online", retain=True)

        assert await retained_status(mosquitto.platform_port) is None


async def test_a_will_is_left_where_only_its_being_retained_is_refused(tmp_path: Path, version: str) -> None:
    with Mosquitto(tmp_path, [OPEN, "retain_available false"]) as mosquitto:
        async with (
            Listener(mosquitto.platform_port, "up/status") as listener,
            connect(broker_at(mosquitto.port, version=version), CLOCK, will()) as up,
        ):
            up._line._sock.shutdown(socket.SHUT_RDWR)

            assert (await listener.hears()).payload == b"offline"


@pytest.mark.parametrize("with_will", [True, False], ids=["with a will", "without a will"])
async def test_a_broker_that_retains_nothing_hears_the_state_all_the_same(
    tmp_path: Path, version: str, with_will: bool
) -> None:
    """mosquitto hangs up on what MQTT 3.1.1 has no words for."""
    with Mosquitto(tmp_path, [OPEN, "retain_available false"]) as mosquitto:
        broker = broker_at(mosquitto.port, version=version, will=with_will)
        async with Listener(mosquitto.platform_port) as listener, lower_half(tmp_path, broker) as half:
            half.starts()

            assert b"online" in (await listener.hears("up/status")).payload
            assert (await listener.hears("up/heartbeat")).payload


@pytest.mark.fault("broker", "a broker that refuses retained messages by an error", promise="it hears the state without")
async def test_a_broker_that_refuses_retained_messages_by_an_error_hears_the_state_without() -> None:
    async with ScriptedBroker(retained=0x87) as script, connect(broker_at(script.port), CLOCK) as up:
        assert await up.publish(topic("up/status"), b"online", retain=True)
        assert await up.publish(topic("up/status"), b"stopping", retain=True)

        assert len(script.publishes) == 3  # the second is not tried retained


async def test_a_topic_that_is_refused_is_refused_by_name_though_it_is_a_retained_one(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, access="topic write lifering/v1/+/up/alerts\n") as mosquitto:
        async with connect(broker_at(mosquitto.port), CLOCK) as up:
            with pytest.raises(BrokerRefused, match="Not authorized"):
                await up.publish(topic("up/status"), b"online", retain=True)


async def test_a_link_that_breaks_once_on_a_retained_message_is_given_another_chance(tmp_path: Path) -> None:
    async with ScriptedBroker() as script, lower_half(tmp_path, broker_at(script.port)) as half:
        retained: list[bool] = []

        def hangs_up(first_byte: int, packet: bytes) -> bool:
            if first_byte & 0xF0 != PUBLISH or b"up/status" not in packet:
                return False
            retained.append(bool(first_byte & RETAIN))
            return len(retained) == 1

        script.hangs_up_on = hangs_up
        half.starts()
        await script.has_come(b"up/heartbeat")

    assert retained[:2] == [True, True]


# --- what it sends --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [300_000, 200_000_000])
@pytest.mark.fault(
    "bytes from outside", "a message from above that is too long", promise="refused unread; everything else goes on"
)
async def test_too_long_a_message_from_above_is_refused_unread_and_everything_else_goes_on(
    tmp_path: Path, mosquitto: Mosquitto, version: str, length: int
) -> None:
    topic_ = topic("down/commands").encode()
    # of all its bytes only the topic comes: whoever waits for more waits for ever
    announced = whole(PUBLISH | RETAIN, b"")[:1] + varint(length) + len(topic_).to_bytes(2, "big") + topic_

    def floods(first_byte: int, packet: bytes) -> bytes | None:
        if first_byte & 0xF0 != SUBSCRIBE or topic_ not in packet:
            return None
        properties = b"\x00" if version == "5" else b""
        return whole(SUBACK, packet[:2] + properties + b"\x01") + announced

    async with (
        HostileBroker(mosquitto.port, floods) as hostile,
        Platform(mosquitto.platform_port) as platform,
        lower_half(tmp_path, broker_at(hostile.port, version=version)) as half,
    ):
        half.desk.raises()
        half.starts()

        assert await platform.alert()
        await half.desk.wait_for(lambda: half.desk.receipts)
        await eventually(lambda: half.uplink.faults == ["too long a message on down/commands"])

        assert half.uplink.state == "connected"
        assert hostile.connections == 2


@pytest.mark.fault("bytes from outside", "a flood of messages from above", promise="what waits to be read is bounded")
async def test_what_waits_to_be_read_is_bounded_in_bytes(mosquitto: Mosquitto, version: str) -> None:
    async with (
        connect(broker_at(mosquitto.port, version=version), CLOCK) as up,
        aiomqtt.Client("127.0.0.1", mosquitto.platform_port) as flood,
    ):
        await up.subscribe(topic("down/commands"))
        for _ in range(100):
            await flood.publish(topic("down/commands"), bytes(200_000), qos=0)
        await flood.publish(topic("down/commands"), b"the last", qos=1)
        await eventually(lambda: up._inbox._messages[-1].payload == b"the last")

        assert 5_000_000 < sum(len(message.payload) for message in up._inbox._messages) <= 8_388_608
