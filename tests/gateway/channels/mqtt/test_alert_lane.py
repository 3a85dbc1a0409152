"""One person's alert that does not get through delays nobody else's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.alert import AlertEvent
from gateway.channels.mqtt.pace import Pace
from tests.gateway.channels.mqtt.gateway_half import LowerHalf, lower_half
from tests.gateway.channels.mqtt.scripted_broker import ScriptedBroker
from tests.gateway.channels.mqtt.settings import broker_at
from tests.gateway.sources.recorder import eventually
from tests.own_time import own_s

ORDINARY = Pace()
REFUSALS = pytest.mark.parametrize("code", [0x80, 0x87, 0x97, 0x99], ids=hex)


@pytest.fixture
async def script() -> AsyncIterator[ScriptedBroker]:
    async with ScriptedBroker() as script:
        yield script


@pytest.fixture
async def half(tmp_path: Path, script: ScriptedBroker) -> AsyncIterator[LowerHalf]:
    async with lower_half(tmp_path, broker_at(script.port), pace=ORDINARY) as half:
        half.desk.again_s = 10  # what is refused and sent again would hide the fault, were it quick
        half.starts()
        await script.has_come(b"up/heartbeat")
        yield half


def about(event: AlertEvent) -> bytes:
    """What only this message has in it."""
    return b'"event":"raised","seq":%d,' % event.seq


@REFUSALS
async def test_a_refused_alert_delays_nobody_elses(half: LowerHalf, script: ScriptedBroker, code: int) -> None:
    refused = half.desk.raises()
    script.codes = lambda packet: code if about(refused) in packet else 0
    await half.desk.wait_for(lambda: half.desk.refused)

    begun_s = own_s()
    for _ in range(8):
        await script.has_come(about(half.desk.raises()))

    assert "broker refuses up/alerts" in half.uplink.faults
    assert own_s() - begun_s < 5  # before: 9 s and more


async def test_alerts_that_are_raised_with_a_refused_one_go_at_once(half: LowerHalf, script: ScriptedBroker) -> None:
    script.codes = lambda packet: 0x99 if b'"event":"raised","seq":1,' in packet else 0
    raised = [half.desk.raises() for _ in range(20)]

    await script.has_come(*map(about, raised))


async def test_the_fault_is_over_when_the_refused_one_gets_through_and_not_before(
    half: LowerHalf, script: ScriptedBroker
) -> None:
    half.desk.again_s = 0.1
    first = half.desk.raises()
    script.codes = lambda packet: 0x99 if about(first) in packet else 0
    await half.desk.wait_for(lambda: half.desk.refused)
    other = half.desk.raises()
    await script.has_come(about(other))
    await half.desk.receipt(f"g-1/3/A{other.alert.number}", "ok", "")
    assert "broker refuses up/alerts" in half.uplink.faults

    script.codes = lambda packet: 0
    await eventually(lambda: "broker refuses up/alerts" not in half.uplink.faults)


async def test_a_broker_that_hangs_up_on_one_persons_alert_hears_all_others(half: LowerHalf, script: ScriptedBroker) -> None:
    """As one does that takes no message so long, and speaks MQTT 3.1.1."""
    poison = half.desk.raises()
    script.hangs_up_on = lambda first_byte, packet: about(poison) in packet
    others = [half.desk.raises() for _ in range(10)]

    await script.has_come(*map(about, others))


async def test_an_alert_that_the_broker_swallows_is_refused_and_all_others_are_heard(
    tmp_path: Path, script: ScriptedBroker
) -> None:
    broker = replace(broker_at(script.port), patience_s=0.5)
    async with lower_half(tmp_path, broker, pace=ORDINARY) as half:
        poison = half.desk.raises()
        script.acknowledges = lambda packet: about(poison) not in packet
        half.starts()
        await half.desk.wait_for(lambda: half.desk.refused)
        other = half.desk.raises()

        await script.has_come(about(other))
        assert half.desk.refused[0].startswith("the link breaks on these")
        assert "broker refuses up/alerts" in half.uplink.faults


async def test_what_is_not_answered_is_sent_again_no_faster_than_so_many_a_second(
    tmp_path: Path, script: ScriptedBroker
) -> None:
    async with lower_half(tmp_path, broker_at(script.port), pace=Pace(repeats_per_s=5)) as half:
        half.desk.again_s = 0.01
        raised = [half.desk.raises() for _ in range(30)]
        half.starts()
        await script.has_come(*map(about, raised))
        before, begun_s = sum(b"up/alerts" in packet for packet in script.publishes), time.monotonic()

        await asyncio.sleep(1)  # time is what is measured here

        took_s = time.monotonic() - begun_s  # a busy machine may have taken longer
        assert sum(b"up/alerts" in packet for packet in script.publishes) - before <= 5 + 5 * took_s + 1
