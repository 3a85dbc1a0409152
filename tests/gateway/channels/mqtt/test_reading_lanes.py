"""What is measured now waits for nothing that was sent before; what lacks its receipt or a listener is repeated beside it."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from fake_devices.patience import HANGS_S
from fake_devices.platform import Platform
from gateway.channels.mqtt import reading_lanes
from gateway.channels.mqtt.broker import Broker
from gateway.channels.mqtt.pace import Pace
from gateway.channels.mqtt.reading_lanes import ReadingLanes
from gateway.channels.mqtt.refusals import Refusals
from gateway.channels.mqtt.uplink_context import UplinkContext
from gateway.errors import StoreBroken
from gateway.readings import Reading
from gateway.store.readings import ReadingStore
from tests.gateway.channels.mqtt.fake_session import FakeSession
from tests.gateway.channels.mqtt.gateway_half import QUICK, LowerHalf, lower_half
from tests.gateway.channels.mqtt.listener import Listener
from tests.gateway.channels.mqtt.scripted_broker import ScriptedBroker
from tests.gateway.channels.mqtt.settings import GATEWAY, broker_at
from tests.gateway.sources.recorder import eventually
from tests.mosquitto import Mosquitto
from tests.own_time import own_s

PATIENT = Pace(again_s=60, unheard_s=60)


@pytest.fixture
async def script() -> AsyncIterator[ScriptedBroker]:
    async with ScriptedBroker() as script:
        yield script


async def ids_heard(listener: Listener) -> list[str]:
    """Of the readings in the next batch."""
    return [reading["id"] for reading in json.loads((await listener.hears("up/readings")).payload)["readings"]]


async def receipt(listener: Listener, *ids: Any, status: str = "ok") -> None:
    await listener.says("down/receipts", json.dumps({"ids": ids, "status": status}).encode())


def pauses_between(script: ScriptedBroker, code: int, clock: Callable[[], float] = time.monotonic) -> list[float]:
    """Grows from now on: seconds between two comings of readings, each of which is answered with this code."""
    pauses: list[float] = []
    last_s: list[float] = []

    def answer(packet: bytes) -> int:
        if b"up/readings" not in packet:
            return 0
        now_s = clock()
        pauses.extend(now_s - before_s for before_s in last_s[-1:])
        last_s.append(now_s)
        return code

    script.codes = answer
    return pauses


async def account(half: LowerHalf) -> tuple[int, int, int]:
    counts = half.store.counts()
    return counts.delivered, counts.evicted, counts.pending


# --- receipts -------------------------------------------------------------------------------------------------------


async def test_readings_without_a_receipt_keep_nothing_from_coming_through(
    tmp_path: Path, broker: Broker, listener: Listener
) -> None:
    """Two batches were under way at once, and without their receipts the third never left."""
    async with lower_half(tmp_path, broker, readings_need="receipt", pace=PATIENT) as half:
        half.starts()
        await listener.hears("up/heartbeat")
        for rate in range(70, 76):
            await half.measures(rate)
            assert len(await ids_heard(listener)) == 1


@pytest.mark.fault("disk", "it cannot be read when a reading is due again", promise="sent again when it can")
async def test_what_was_due_while_the_disk_could_not_be_read_is_sent_when_it_can(
    tmp_path: Path, broker: Broker, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_lanes, "LOOK_AGAIN_S", 0.05)

    async def unreadable(*_: object) -> None:
        raise StoreBroken("io error")

    async with lower_half(tmp_path, broker, readings_need="receipt", pace=QUICK) as half:
        half.starts()
        await half.measures(70)
        (first,) = await ids_heard(listener)
        with monkeypatch.context() as disk:
            disk.setattr(half.store._database, "read", unreadable)
            await eventually(lambda: half.store.fault)
        await half.measures(71)

        async with asyncio.timeout(HANGS_S):
            while first not in await ids_heard(listener):
                pass


async def test_each_reading_is_counted_when_its_receipt_comes(tmp_path: Path, broker: Broker, listener: Listener) -> None:
    async with lower_half(tmp_path, broker, readings_need="receipt", pace=PATIENT) as half:
        half.starts()
        await half.measures(*range(70, 80))
        ids = await ids_heard(listener)

        await receipt(listener, *ids[:3], ids[0], "g-1/9/9", "nonsense", 17)
        await eventually(lambda: half.store.counts().delivered == 3)
        await receipt(listener, ids[9], ids[3], status="rejected")
        await receipt(listener, *ids[:3], ids[9], ids[4])
        await eventually(lambda: half.store.counts().delivered == 4)

        assert await account(half) == (4, 2, 4)
        assert half.uplink.faults == ["unreadable receipts"]
        await receipt(listener, *ids)
        assert (await half.delivers_all()).evicted == 2
        assert await account(half) == (8, 2, 0)


async def test_only_the_readings_that_lack_a_receipt_are_repeated(tmp_path: Path, broker: Broker, listener: Listener) -> None:
    async with lower_half(tmp_path, broker, readings_need="receipt") as half:
        half.starts()
        await half.measures(*range(70, 80))
        ids = await ids_heard(listener)
        await receipt(listener, *ids[:9])
        await eventually(lambda: half.store.counts().delivered == 9)

        async with asyncio.timeout(HANGS_S):
            while (again := await ids_heard(listener)) == ids:
                pass

        assert again == ids[9:]


async def test_what_is_known_of_a_batch_outlives_the_link(tmp_path: Path, mosquitto: Mosquitto, broker: Broker) -> None:
    async with lower_half(tmp_path, broker, readings_need="receipt", pace=replace(PATIENT, unheard_s=0.2)) as half:
        half.starts()
        await half.measures(70, 71)
        async with Listener(mosquitto.platform_port) as listener:
            ids = await ids_heard(listener)
            await receipt(listener, ids[0])
            await eventually(lambda: half.store.counts().delivered == 1)
        mosquitto.stop()
        mosquitto.start()
        async with Listener(mosquitto.platform_port) as listener:
            assert await ids_heard(listener) == ids[1:]
            assert await account(half) == (1, 0, 1)

            await receipt(listener, ids[1])
            assert (await half.delivers_all()).delivered == 2


async def test_what_has_no_receipt_is_repeated_at_growing_intervals(tmp_path: Path, script: ScriptedBroker) -> None:
    pace = replace(QUICK, again_s=0.1, again_at_most_s=1.6)
    async with lower_half(tmp_path, broker_at(script.port), readings_need="receipt", pace=pace) as half:
        pauses = pauses_between(script, 0)
        half.starts()
        await half.measures(70)
        await eventually(lambda: len(pauses) == 6)

    assert sum(pauses) > 0.9 * (0.1 + 0.2 + 0.4 + 0.8 + 1.6 + 1.6)  # one may come late, and the next in time
    assert pauses[0] < pauses[-1]


async def test_a_platform_that_never_gives_receipts_costs_bounded_memory_and_all_is_delivered_when_it_does(
    tmp_path: Path, mosquitto: Mosquitto, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_lanes, "MOST_UNANSWERED", 5)
    async with (
        Platform(mosquitto.platform_port, readings_too=True) as platform,
        lower_half(tmp_path, broker, readings_need="receipt") as half,
    ):
        platform.is_silent()
        half.starts()
        for rate in range(40):
            await half.measures(rate)
            await platform.wait_for(lambda: len(platform.consumer) > rate)  # noqa: B023
        assert len(half.store.under_way.in_flight) < 30

        platform.answers()

        assert (await half.delivers_all(20)).delivered == 40
        assert platform.consumer.faults == []


# --- listeners and refusals -----------------------------------------------------------------------------------------


def copies(script: ScriptedBroker) -> Counter[int]:
    """How often each value came."""
    bodies = [packet[packet.index(b'{"v"') :] for packet in script.publishes if b"up/readings" in packet]
    return Counter(reading["value"] for body in bodies for reading in json.loads(body)["readings"])


@pytest.mark.parametrize("code", [0x10, 0x80, 0x99], ids=["nobody listens", "refused", "refused for its form"])
async def test_a_batch_that_does_not_get_through_keeps_no_other_from_it(
    tmp_path: Path, script: ScriptedBroker, code: int
) -> None:
    async with lower_half(tmp_path, broker_at(script.port), pace=PATIENT) as half:
        half.starts()
        await script.has_come(b"up/heartbeat")
        script.codes = lambda packet: code if b'"value":70,' in packet else 0
        for rate in range(70, 76):
            await half.measures(rate)
            await script.has_come(b'"value":%d,' % rate)

        await eventually(lambda: half.store.counts().pending == 1)
        assert copies(script)[70] <= 3


async def test_what_nobody_listens_to_is_tried_again_at_once_and_then_at_growing_intervals(
    tmp_path: Path, script: ScriptedBroker
) -> None:
    async with lower_half(tmp_path, broker_at(script.port), pace=Pace(unheard_s=0.2)) as half:
        half.starts()
        await script.has_come(b"up/heartbeat")
        pauses = pauses_between(script, 0x10, own_s)
        await half.measures(70)
        await eventually(lambda: len(pauses) >= 6)
        assert half.uplink.faults == ["nobody listens to up/readings"]

        script.codes = lambda packet: 0

        assert (await half.delivers_all()).delivered == 1
        assert [pause > 0.15 for pause in pauses[:5]] == [False, True, False, True, False]
        assert pauses[3] > 0.35


async def test_history_that_the_broker_refuses_and_hangs_up_on_keeps_the_rest_from_nothing(
    tmp_path: Path, script: ScriptedBroker
) -> None:
    async with lower_half(tmp_path, broker_at(script.port), pace=PATIENT) as half:
        await half.measures(*range(1_000))
        script.codes = lambda packet: 0x99 if b'"value":0,' in packet else 0
        hung_up = False

        def hangs_up(first_byte: int, packet: bytes) -> bool:
            nonlocal hung_up
            before, hung_up = hung_up, any(b'"value":0,' in sent for sent in script.publishes[-1:])
            return hung_up and not before

        script.hangs_up_on = hangs_up
        half.starts()

        await eventually(lambda: half.store.counts().delivered > 700)


async def test_a_line_that_takes_its_time_has_some_messages_of_history_on_it_and_no_more(
    tmp_path: Path, script: ScriptedBroker
) -> None:
    async with lower_half(tmp_path, broker_at(script.port), pace=Pace(backlog_messages_per_s=1_000)) as half:
        await half.measures(*range(3_000))
        script.acknowledges = lambda packet: b"up/readings" not in packet
        half.starts()
        await eventually(lambda: copies(script).total() > 700)
        await half.measures(10_000)
        await script.has_come(b'"value":10000,')

        assert sum(b"up/readings" in sent for sent in script.publishes) == reading_lanes.PENDING_MESSAGES + 1
        script.acknowledges = lambda packet: True
        script.cuts()
        assert (await half.delivers_all(20)).delivered == 3_001


# --- how everybody is now -------------------------------------------------------------------------------------------


async def test_after_an_outage_the_newest_of_everybody_comes_before_history(
    tmp_path: Path, broker: Broker, mosquitto: Mosquitto
) -> None:
    async with (
        Platform(mosquitto.platform_port) as platform,
        lower_half(tmp_path, broker, pace=replace(QUICK, backlog_messages_per_s=2)) as half,
    ):
        *_, newest = await half.measures(*range(3_000))
        half.uplink = half.another_uplink(last_readings=lambda: [newest])
        half.starts()
        await platform.wait_for(lambda: len(platform.consumer) > 1_000)

        assert next(platform.consumer.readings())["value"] == 2_999
        assert platform.consumer.faults == []


async def test_the_newest_of_everybody_has_no_other_id_than_the_one_that_it_is_stored_under(
    half: LowerHalf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> NoReturn:
        raise StoreBroken("disk full")

    async def in_vain() -> Reading:
        with monkeypatch.context() as disk:
            disk.setattr(ReadingStore, "_put", refused)
            half.store.add(reading := half.next_reading(70))
            assert not await half.store._commit()
        return reading

    half.stops_committing()
    await in_vain()
    newest = await in_vain()  # has its number from a disk that refuses, and is stored when it takes them again
    await half.store.flush()
    await in_vain()
    session, free = FakeSession(), asyncio.Event()
    free.set()
    context = half.another_uplink(last_readings=lambda: [newest])._context

    await ReadingLanes(session, context, Refusals(60), free)._newest_of_all()

    stored = f"{GATEWAY}/{newest.epoch}/{newest.seq}"
    assert {reading["id"] for _, sent in session.taken for reading in json.loads(sent)["readings"]} <= {stored}


async def test_where_power_has_just_returned_a_long_history_waits_and_nothing_else(
    tmp_path: Path, mosquitto: Mosquitto, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Platform(mosquitto.platform_port) as platform, lower_half(tmp_path, broker) as half:
        *_, newest = await half.measures(*range(1_500))
        half.uplink = half.another_uplink(last_readings=lambda: [newest])
        monkeypatch.setattr(UplinkContext, "backlog_start_s", lambda _: 3_600.0)
        half.starts()
        await platform.wait_for(lambda: len(platform.consumer) == 1)

        half.desk.raises()
        await half.measures(10_000)
        await platform.alert(kind="sos")
        await platform.wait_for(lambda: len(platform.consumer) == 2)

        assert [reading["value"] for reading in platform.consumer.readings()] == [1_499, 10_000]
        await half.stops()
        monkeypatch.setattr(UplinkContext, "backlog_start_s", lambda _: 0.1)
        half.uplink = half.another_uplink()
        half.starts()
        assert (await half.delivers_all()).delivered == 1_501


async def test_the_chance_is_this_gateways_for_this_boot(half: LowerHalf) -> None:
    chances = {half.another_uplink()._context.chance for _ in range(3)}

    half.clock.boot = "another"

    assert len(chances) == 1
    assert half.another_uplink()._context.chance not in chances
