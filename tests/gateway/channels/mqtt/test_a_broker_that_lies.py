"""A broker that does what the protocol forbids costs no call, and no more memory than one that keeps to it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from fake_devices.patience import HANGS_S
from fake_devices.platform import Platform
from gateway.channels.mqtt import link_history
from gateway.channels.mqtt.connecting import connect
from gateway.clock import SystemClock
from gateway.errors import UplinkLost
from tests.gateway.channels.mqtt.gateway_half import lower_half
from tests.gateway.channels.mqtt.scripted_broker import CONNACK, PUBLISH, ScriptedBroker
from tests.gateway.channels.mqtt.settings import broker_at
from tests.hostile_broker import HangsUpAtEachPacket, HostileBroker
from tests.mosquitto import Mosquitto

BODY = bytes(200_000)
PACKETS = 6  # of the shortest session in which everything leaves, without its last


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

        async with asyncio.timeout(HANGS_S):
            assert isinstance(await session.until_lost(), UplinkLost)


# What CONNACK may say, and what it may not: MQTT 5, 3.2.2.2; MQTT 3.1.1, 3.2.2.3
EVERY_REFUSAL = {"5": range(0x80, 0x100), "3.1.1": range(1, 0x100)}


@pytest.mark.fault("broker", "CONNACK with every code there is, and every one there is not", promise="refused by name")
async def test_a_connection_that_is_refused_by_whatever_code_is_no_connection_and_says_why(version: str) -> None:
    async with ScriptedBroker() as script:
        for code in EVERY_REFUSAL[version]:
            script.connack = bytes((CONNACK, 3, 0, code, 0) if version == "5" else (CONNACK, 2, 0, code))

            with pytest.raises(UplinkLost) as refused:
                async with connect(broker_at(script.port, version=version), SystemClock()):
                    raise AssertionError(f"{code:#x} is no connection")
            assert refused.value.why.english


@pytest.mark.fault("broker", "a broker that hangs up at each packet in turn", promise="each call and reading comes in the end")
async def test_a_broker_that_hangs_up_at_each_packet_in_turn_gets_everything_in_the_end(
    tmp_path: Path, mosquitto: Mosquitto, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_history, "LONGEST_WAIT_WITH_ALERT_S", 0.1)  # between two connections
    hangs_up = HangsUpAtEachPacket(PACKETS)
    async with (
        Platform(mosquitto.platform_port, readings_too=True) as platform,
        HostileBroker(mosquitto.port, hangs_up) as broker,
        lower_half(tmp_path, broker_at(broker.port, version=version), readings_need="receipt") as half,
    ):
        await half.measures(*range(20))
        alert = half.desk.raises()
        half.starts()

        assert await platform.alert(kind="sos")
        await half.desk.wait_for(lambda: half.desk.receipts)
        assert (await half.delivers_all(60)).delivered == 20
        assert hangs_up.ended == PACKETS
        assert half.desk.receipts[0][0].endswith(f"#{alert.seq}")
    assert platform.consumer.faults == []


@pytest.mark.fault("bytes from outside", "a packet that never ends", promise="an alert is told in the next session")
async def test_a_packet_that_never_ends_costs_an_alert_no_more_than_one_session(tmp_path: Path) -> None:
    """A byte a moment: the line always moves, and no acknowledgement can come any more."""
    async with ScriptedBroker() as script, lower_half(tmp_path, broker_at(script.port, patience_s=2)) as half:
        half.starts()
        await script.has_come(b"online", b"up/heartbeat")
        script.acknowledges = lambda packet: len(script.connects) > 1
        script.says(bytes((PUBLISH, 0xFF, 0xFF, 0x0F)) + b"\0\3a/b")
        dribbling = asyncio.create_task(dribbles(script))

        half.desk.raises()
        await script.has_come(b"up/alerts")
        script.publishes.clear()

        await script.has_come(b"up/alerts")
        dribbling.cancel()
        assert len(script.connects) == 2


async def dribbles(script: ScriptedBroker) -> None:
    """Until the first session is over."""
    while len(script.connects) < 2:
        script.says(b"\0")
        await asyncio.sleep(0.05)
