"""The platform learns of every reading that it will never get, once, on `up/gaps`."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from fake_devices.platform import Platform
from gateway.channels.mqtt.broker import Broker
from gateway.channels.mqtt.pace import Pace
from gateway.gap import Gap
from gateway.store import gaps
from gateway.store.counters import Counters
from tests.gateway.channels.mqtt.gateway_half import LowerHalf, lower_half
from tests.gateway.channels.mqtt.settings import broker_at
from tests.gateway.sources.recorder import eventually
from tests.mosquitto import Mosquitto

NOW_MS = 1_795_500_000_000  # 2026-11-24T06:00:00Z
NOT_THE_GAPS = "".join(f"topic write lifering/v1/+/up/{name}\n" for name in ("status", "heartbeat", "snapshot", "readings"))


@pytest.fixture
async def platform(mosquitto: Mosquitto) -> AsyncIterator[Platform]:
    async with Platform(mosquitto.platform_port, readings_too=True) as platform:
        yield platform
    assert platform.consumer.faults == []


async def evicts(half: LowerHalf, n: int, wearer: str = "W-017") -> None:
    """So many readings, as retention does."""
    gap = Gap(wearer=wearer, kind="heart_rate", from_ms=NOW_MS, to_ms=NOW_MS + 1000, n=n, reason="disk full")
    await half.store.change(partial(_evict, gap))


def _evict(gap: Gap, connection: sqlite3.Connection, counters: Counters) -> tuple[Counters, int]:
    n = gaps.put(connection, [gap])
    counters = replace(counters, received=counters.received + n, stored=counters.stored + n, evicted=counters.evicted + n)
    counters.save(connection)
    return counters, 1


def missing(platform: Platform) -> int:
    """How many readings the platform knows to be missing."""
    return sum(gap["n"] for gap in platform.consumer.gaps)


async def test_a_gap_is_told_after_each_change_once(half: LowerHalf, platform: Platform) -> None:
    await evicts(half, 3)
    half.starts()
    await platform.wait_for(lambda: missing(platform) == 3)
    await evicts(half, 2)
    await platform.wait_for(lambda: missing(platform) == 5)
    while await half.store.look(gaps.on_their_way):  # noqa: ASYNC110 (else it is told again, as after a lost acknowledgement)
        await asyncio.sleep(0.01)
    await half.stops()

    half.uplink = half.another_uplink()
    half.starts()
    await half.measures(70)
    await platform.wait_for(lambda: len(platform.consumer) == 1)
    await evicts(half, 1)
    await platform.wait_for(lambda: missing(platform) >= 6)

    assert platform.consumer.gaps[0] == {
        "wearer": "W-017",
        "kind": "heart_rate",
        "from": "2026-11-24T06:00:00.000Z",
        "to": "2026-11-24T06:00:01.000Z",
        "n": 3,
        "reason": "disk full",
    }
    assert [gap["n"] for gap in platform.consumer.gaps] == [3, 2, 1]


async def test_a_gap_that_the_broker_refuses_stays_to_be_told_and_nothing_waits_for_it(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, access=NOT_THE_GAPS) as mosquitto:
        half_of = lower_half(tmp_path, broker_at(mosquitto.port), pace=Pace(again_s=60))
        async with Platform(mosquitto.platform_port), half_of as half:
            await evicts(half, 3)
            half.starts()
            await eventually(lambda: half.uplink.refused.get("up/gaps"))
            await half.measures(70)

            assert (await half.delivers_all()).delivered == 1
            assert [gap.n for gap in await half.store.look(gaps.on_their_way)] == [3]


async def test_what_the_platform_rejects_is_told_back_to_it(tmp_path: Path, broker: Broker, platform: Platform) -> None:
    platform.rejects("no such wearer")
    async with lower_half(tmp_path, broker, readings_need="receipt") as half:
        await half.measures(70, 71)
        half.starts()

        counts = await half.delivers_all()
        await platform.wait_for(lambda: missing(platform) == counts.evicted == 2)

        assert {(gap["wearer"], gap["reason"]) for gap in platform.consumer.gaps} == {("W-017", "rejected")}


async def test_what_belonged_to_nobody_known_names_nobody(half: LowerHalf, platform: Platform) -> None:
    await evicts(half, 3, wearer="")
    half.starts()

    await platform.wait_for(lambda: missing(platform) == 3)

    assert platform.consumer.gaps[0]["wearer"] is None


async def test_more_gaps_than_a_message_holds_all_come(half: LowerHalf, platform: Platform) -> None:
    for number in range(gaps.AT_ONCE * 2 + 1):
        await evicts(half, 1, wearer=f"{'W' * 300}-{number:03}")
    half.starts()

    await platform.wait_for(lambda: missing(platform) == gaps.AT_ONCE * 2 + 1)

    assert len({gap["wearer"] for gap in platform.consumer.gaps}) == gaps.AT_ONCE * 2 + 1
