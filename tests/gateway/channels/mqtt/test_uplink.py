"""The uplink keeps a session for ever, and brings up what waits: alerts first, then what is measured now, then history."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from fake_devices.network import Network
from fake_devices.platform import Platform
from gateway.channels.mqtt.broker import Broker
from gateway.channels.mqtt.pace import Pace
from gateway.words.link_errors import OFTEN_BROKEN, why
from tests.gateway.channels.mqtt.gateway_half import QUICK, LowerHalf, lower_half
from tests.gateway.channels.mqtt.listener import Listener
from tests.gateway.channels.mqtt.scripted_broker import PUBLISH, ScriptedBroker
from tests.gateway.channels.mqtt.settings import broker_at
from tests.gateway.sources.recorder import eventually
from tests.hostile_broker import HostileBroker, never_acknowledges
from tests.mosquitto import Mosquitto
from tests.own_time import within

STATE_ONLY = "".join(f"topic write lifering/v1/+/up/{name}\n" for name in ("status", "heartbeat", "snapshot"))
HISTORY = range(5_000)  # more than twenty messages


@pytest.fixture
async def platform(mosquitto: Mosquitto) -> AsyncIterator[Platform]:
    """It gives receipts; nothing that it sees may be forbidden by the contract."""
    async with Platform(mosquitto.platform_port, readings_too=True) as platform:
        yield platform
    assert platform.consumer.faults == []


# --- the lanes ------------------------------------------------------------------------------------------------------


async def test_readings_and_alerts_arrive_and_receipts_come_back(
    tmp_path: Path, mosquitto: Mosquitto, platform: Platform, version: str
) -> None:
    async with lower_half(tmp_path, broker_at(mosquitto.port, version=version)) as half:
        await half.measures(70, 71)
        half.starts()
        await platform.wait_for(lambda: len(platform.consumer) == 2)

        raised = half.desk.raises()
        await half.measures(72)
        alert = await platform.alert(kind="sos")
        await half.desk.wait_for(lambda: half.desk.receipts)

        assert half.desk.receipts == [(f"{alert['id']}#{raised.seq}", "ok", "")]
        assert (await half.delivers_all()).delivered == 3


async def test_alerts_leave_before_anything_else_that_waited(half: LowerHalf, platform: Platform) -> None:
    await half.measures(*HISTORY)
    advisory, critical = half.desk.raises("advisory", ago_s=100), half.desk.raises("critical")

    half.starts()
    await platform.wait_for(lambda: len(platform.consumer) == len(HISTORY))

    first = [arrival.id.partition("#")[2] for arrival in platform.consumer.arrivals[:2]]
    assert first == [str(critical.seq), str(advisory.seq)]


async def test_many_alerts_at_once_all_arrive_the_critical_ones_first(half: LowerHalf, platform: Platform) -> None:
    for _ in range(100):
        half.desk.raises("advisory")
        half.desk.raises("critical")

    half.starts()
    await platform.wait_for(lambda: len(platform.consumer.events) == 200)

    assert [event["priority"] for event in platform.consumer.events.values()] == ["critical"] * 100 + ["advisory"] * 100


async def test_what_is_measured_now_is_not_held_up_by_history(tmp_path: Path, broker: Broker, platform: Platform) -> None:
    async with lower_half(tmp_path, broker, pace=replace(QUICK, backlog_messages_per_s=0.5)) as half:
        await half.measures(*HISTORY)
        half.starts()
        await platform.wait_for(lambda: len(platform.consumer) > 0)

        await half.measures(10_000)
        await platform.wait_for(lambda: any(reading["value"] == 10_000 for reading in platform.consumer.readings()))

        assert (await half.counts()).pending > len(HISTORY) / 2


async def test_history_comes_oldest_first_and_no_faster_than_it_may(tmp_path: Path, broker: Broker, platform: Platform) -> None:
    async with lower_half(tmp_path, broker, pace=replace(QUICK, backlog_messages_per_s=10)) as half:
        await half.measures(*HISTORY)
        begun = time.monotonic()
        half.starts()
        await platform.wait_for(lambda: len(platform.consumer) == len(HISTORY))

        times = sorted({arrival.at_s for arrival in platform.consumer.arrivals})
        assert [reading["value"] for reading in platform.consumer.readings()] == list(HISTORY)
        assert len(times) > 20
        assert times[-1] - begun > (len(times) - 10 - 1) / 10


async def test_an_alert_that_comes_late_says_how_late_and_says_the_same_when_it_is_sent_again(
    half: LowerHalf, listener: Listener
) -> None:
    half.desk.again_s = 1
    half.desk.raises(ago_s=7_200)
    half.desk.raises(ago_s=5)
    half.starts()

    said = {(await listener.hears("up/alerts")).payload for _ in range(4)}

    assert len(said) == 2
    assert sorted(json.loads(body)["late_s"] // 100 for body in said) == [0, 72]


async def test_an_alert_that_may_have_come_through_does_not_change_any_more(
    tmp_path: Path, mosquitto: Mosquitto, broker: Broker, listener: Listener
) -> None:
    async with lower_half(tmp_path, replace(broker, patience_s=1)) as half:
        half.starts()
        await listener.hears("up/heartbeat")
        mosquitto.freeze()
        half.desk.raises(ago_s=59)
        await half.desk.wait_for(lambda: half.desk.losses)
        await asyncio.sleep(1)  # by now it would say that it is late
        mosquitto.thaw()

        first, again = (await listener.hears("up/alerts")).payload, (await listener.hears("up/alerts")).payload

        assert first == again


async def test_no_reading_leaves_while_an_alert_waits_to_leave(tmp_path: Path) -> None:
    async with ScriptedBroker() as slow, lower_half(tmp_path, broker_at(slow.port)) as half:
        slow.acknowledges = lambda packet: b"up/alerts" not in packet
        half.starts()
        await slow.has_come(b"up/heartbeat")
        for _ in range(20):
            half.desk.raises()
        await half.measures(70)

        with pytest.raises(TimeoutError):
            await slow.has_come(b"up/readings", limit_s=0.5)


async def test_where_the_brokers_word_is_enough_it_is_not_while_nobody_listens(tmp_path: Path, broker: Broker) -> None:
    async with lower_half(tmp_path, broker, alerts_need="puback") as half:
        half.desk.raises()
        half.starts()
        await half.desk.wait_for(lambda: half.desk.refused)

        assert half.desk.refused == ["nobody listens"]
        assert half.uplink.faults == ["nobody listens to up/alerts"]


@pytest.mark.fault("broker", "nobody is subscribed at the broker", promise="readings are kept until somebody is")
async def test_readings_that_nobody_listens_to_are_kept_until_somebody_does(half: LowerHalf, mosquitto: Mosquitto) -> None:
    await half.measures(70)
    half.starts()
    await eventually(lambda: half.uplink.faults == ["nobody listens to up/readings"])
    before = await half.counts()

    async with Platform(mosquitto.platform_port) as platform:
        await platform.wait_for(lambda: len(platform.consumer) == 1)
        after = await half.delivers_all()

    assert (before.delivered, after.delivered) == (0, 1)


# --- what the broker refuses ----------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_a_refused_topic_counts_nothing_as_delivered_and_is_named_while_others_go_on(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, access=STATE_ONLY) as mosquitto, capture_logs() as logs:
        async with (
            Platform(mosquitto.platform_port) as platform,
            lower_half(tmp_path, broker_at(mosquitto.port), pace=replace(QUICK, heartbeat_s=0.2)) as half,
        ):
            await half.measures(*HISTORY)
            half.desk.raises()
            half.desk.again_s = 3
            half.starts()
            both = {"broker refuses up/readings", "broker refuses up/alerts"}
            beats = platform.consumer.heartbeats
            await platform.wait_for(lambda: both <= {told["fault"] for beat in beats for told in beat["faults"]})

            assert beats[-1]["counts"]["delivered"] == 0
            assert half.uplink.refused["up/readings"] > 0
            told = [line["topic"] for line in logs if line["event"] == "broker refuses messages"]
            assert sorted(told) == ["up/alerts", "up/readings"]  # once a minute at most

            mosquitto.allow("topic readwrite lifering/#\n")
            await platform.alert(kind="sos")
            assert (await half.delivers_all()).delivered == len(HISTORY)
            assert "broker refuses up/readings" not in half.uplink.faults
            assert platform.consumer.faults == []


@pytest.mark.fault("broker", "a broker that hangs up on one topic", promise="the others go on")
async def test_a_refused_stream_keeps_the_others_from_nothing_though_the_broker_hangs_up_on_it(tmp_path: Path) -> None:
    allowed = "".join(f"topic write lifering/v1/+/up/{name}\n" for name in ("status", "heartbeat", "alerts"))
    with Mosquitto(tmp_path, access=allowed) as mosquitto:
        async with (
            Listener(mosquitto.platform_port) as listener,
            lower_half(tmp_path, broker_at(mosquitto.port), pace=Pace(heartbeat_s=0.2)) as half,
        ):
            half.starts()
            while "broker refuses up/snapshot" not in half.uplink.faults:
                await listener.hears("up/heartbeat")
            half.desk.raises()
            await listener.hears("up/alerts")

            while (await listener.hears()).topic != "up/heartbeat":
                pass  # the state after the last connection
            assert {(await listener.hears()).topic for _ in range(5)} == {"up/heartbeat"}  # the link stands


# --- receipts for readings ------------------------------------------------------------------------------------------


@pytest.fixture
async def careful(tmp_path: Path, broker: Broker) -> AsyncIterator[LowerHalf]:
    """A gateway for which a reading is delivered when the platform says so."""
    async with lower_half(tmp_path, broker, readings_need="receipt") as half:
        yield half


async def test_a_reading_is_sent_again_until_its_receipt_comes(careful: LowerHalf, platform: Platform) -> None:
    platform.is_silent()
    await careful.measures(70, 71)
    careful.starts()
    await platform.wait_for(lambda: platform.consumer.copies >= 4)
    silent = await careful.counts()

    platform.answers()
    answered = await careful.delivers_all()

    assert (silent.delivered, answered.delivered) == (0, 2)


async def test_a_receipt_makes_room_for_what_is_measured_next_at_once(
    tmp_path: Path, broker: Broker, platform: Platform
) -> None:
    patient = Pace(again_s=60)
    async with lower_half(tmp_path, broker, readings_need="receipt", pace=patient) as half:
        half.starts()
        await platform.wait_for(lambda: platform.consumer.heartbeats)

        for rate in range(70, 75):  # more than may be under way at once
            await half.measures(rate)
            await platform.wait_for(lambda: len(platform.consumer) > rate - 70)  # noqa: B023

        assert (await half.delivers_all()).delivered == 5


async def test_a_platform_that_wants_to_be_reminded_is(careful: LowerHalf, platform: Platform) -> None:
    platform.holds()
    await careful.measures(70)
    careful.starts()
    await platform.wait_for(lambda: platform.consumer.copies >= 2)

    assert (await careful.counts()).pending == 1


async def test_what_the_platform_rejects_is_counted_as_evicted(careful: LowerHalf, platform: Platform) -> None:
    platform.rejects("no such wearer")
    await careful.measures(70, 71)
    careful.starts()

    counts = await careful.delivers_all()

    assert (counts.delivered, counts.evicted) == (0, 2)


async def test_only_what_lacks_a_receipt_is_sent_again(careful: LowerHalf, mosquitto: Mosquitto) -> None:
    await careful.measures(70)
    await careful.measures(71)
    async with Listener(mosquitto.platform_port, "up/readings") as listener:
        careful.starts()
        first = (await listener.hears()).payload
        id_of = [part.partition(b'"')[0] for part in first.split(b'"id":"')[1:]]

        await listener.says("down/receipts", b'{"ids":["%s"],"status":"ok"}' % id_of[0])
        while (again := (await listener.hears()).payload) == first:
            pass
        await listener.says("down/receipts", b'{"ids":["%s","g-1/9/9"],"status":"ok"}' % b'","'.join(id_of))

        assert again.count(b'"id"') == 1
        assert (await careful.delivers_all()).delivered == 2


# --- sessions -------------------------------------------------------------------------------------------------------


async def test_the_platform_can_tell_being_lost_from_being_stopped(
    tmp_path: Path, mosquitto: Mosquitto, platform: Platform, version: str
) -> None:
    async with Network(mosquitto.port) as network, lower_half(tmp_path, broker_at(network.port, version=version)) as half:
        statuses = platform.consumer.statuses
        half.starts()
        await platform.wait_for(lambda: len(statuses) == 1)
        await network.drops()
        await platform.wait_for(lambda: len(statuses) == 2)
        await network.comes_back()
        await platform.wait_for(lambda: len(statuses) == 3)
        await half.stops()
        await platform.wait_for(lambda: len(statuses) == 4)

    assert [status["state"] for status in statuses] == ["online", "offline", "online", "stopping"]


@pytest.mark.fault("broker", "kill -9 of the broker, again and again", promise="nothing is lost")
async def test_a_broker_that_dies_again_and_again_loses_nothing(
    careful: LowerHalf, mosquitto: Mosquitto, platform: Platform
) -> None:
    careful.starts()
    for round_ in range(3):
        await careful.measures(*range(100 * round_, 100 * round_ + 100))
        mosquitto.stop(signal.SIGKILL)
        careful.desk.raises()
        await careful.measures(1_000 + round_)
        mosquitto.start()
        await platform.wait_for(lambda: len(platform.consumer.events) > round_)  # noqa: B023

    assert (await careful.delivers_all()).delivered == 303


@pytest.mark.fault("network", "the broker's host freezes", promise="left, and found again")
async def test_a_broker_that_freezes_is_left_and_found_again(
    tmp_path: Path, mosquitto: Mosquitto, broker: Broker, platform: Platform
) -> None:
    async with lower_half(tmp_path, replace(broker, patience_s=1)) as half:
        half.starts()
        await platform.wait_for(lambda: platform.consumer.heartbeats)
        mosquitto.freeze()
        half.desk.raises()
        await half.desk.wait_for(lambda: half.desk.losses)

        mosquitto.thaw()
        await platform.alert(kind="sos")


async def test_an_alert_shortens_the_wait_for_the_next_session(
    half: LowerHalf, mosquitto: Mosquitto, platform: Platform
) -> None:
    mosquitto.stop()
    half.uplink._history._failures = 10  # the wait may be a minute now
    half.starts()
    await eventually(lambda: half.uplink.state == "waiting")

    mosquitto.start()
    half.desk.raises()

    await within(8, os.getpid(), platform.alert(kind="sos"))


async def test_a_second_box_with_our_id_is_reported_and_not_fought_with(tmp_path: Path) -> None:
    async with ScriptedBroker() as fair, lower_half(tmp_path, broker_at(fair.port)) as half:
        half.starts()
        await fair.has_come(b"online", b"up/heartbeat")
        with capture_logs() as logs:
            fair.disconnects(0x8E)
            await asyncio.sleep(3)  # longer than it takes else: that nobody comes back, only time can show

        assert half.uplink.state == "waiting"
        assert half.uplink.faults == ["another box uses this id"]
        assert "cloned SD card?" in logs[0]["why"].english
        assert half.uplink.why == why(f"127.0.0.1:{fair.port}", "taken_over")


@pytest.mark.fault(
    "broker", "two boxes with one id take the session from each other", promise="an alert does not wait for that"
)
async def test_an_alert_does_not_wait_for_a_second_box_with_our_id(tmp_path: Path) -> None:
    async with ScriptedBroker() as fair, lower_half(tmp_path, broker_at(fair.port)) as half:
        half.starts()
        await fair.has_come(b"online", b"up/heartbeat")
        fair.disconnects(0x8E)
        await eventually(lambda: half.uplink.state == "waiting")

        half.desk.raises()

        await within(7, os.getpid(), fair.has_come(b"up/alerts"))


async def test_a_link_that_keeps_breaking_is_logged_with_what_it_may_be(tmp_path: Path) -> None:
    async with ScriptedBroker() as script, lower_half(tmp_path, broker_at(script.port)) as half:
        with capture_logs() as logs:
            half.starts()
            for number in range(1, 4):
                await eventually(lambda: sum(b"up/snapshot" in sent for sent in script.publishes) == number)  # noqa: B023
                await asyncio.sleep(0.2)  # nothing is under way any more
                script.cuts()
            await eventually(lambda: "link keeps breaking" in half.uplink.faults)

        assert [line["hint"] for line in logs if line["event"] == "link lost"] == [None, None, OFTEN_BROKEN]
        assert half.uplink.why == why(f"127.0.0.1:{script.port}", "broken")


async def test_a_broker_that_is_killed_again_and_again_is_asked_again_soon(
    half: LowerHalf, mosquitto: Mosquitto, platform: Platform
) -> None:
    half.starts()
    for number in range(1, 4):
        await platform.wait_for(lambda: len(platform.consumer.snapshots) >= number)  # noqa: B023
        await half.measures(70)
        await half.delivers_all()  # nothing is under way: it is not hung up on
        mosquitto.stop(signal.SIGKILL)
        await eventually(lambda: half.uplink.state == "waiting")

        assert half.uplink._history.wait_s(1.0, alert_waits=False) == 2
        mosquitto.start()


async def test_an_outage_of_days_does_not_fill_the_log(half: LowerHalf, mosquitto: Mosquitto) -> None:
    mosquitto.stop()
    with capture_logs() as logs:
        for _ in range(1_000):
            half.uplink._ended(await half.uplink._one_session())

    assert [line["failures"] for line in logs] == [2**n for n in range(10)]


@pytest.mark.fault(
    "broker", "a broker that hangs up on one message again and again", promise="that one is left out, everything else goes on"
)
async def test_what_a_broker_hangs_up_on_again_and_again_is_left_out_and_everything_else_goes_on(tmp_path: Path) -> None:
    async with ScriptedBroker() as script, lower_half(tmp_path, broker_at(script.port)) as half:
        script.hangs_up_on = lambda first_byte, packet: first_byte & 0xF0 == PUBLISH and b"up/heartbeat" in packet
        half.starts()
        await eventually(lambda: "broker refuses up/heartbeat" in half.uplink.faults)

        await half.measures(71)

        assert (await half.delivers_all()).delivered == 1
        assert half.uplink.faults == ["broker refuses up/heartbeat"]


async def test_heartbeats_come_one_after_the_other(tmp_path: Path, broker: Broker, platform: Platform) -> None:
    async with lower_half(tmp_path, broker, pace=replace(QUICK, heartbeat_s=0.2)) as half:
        half.starts()
        await platform.wait_for(lambda: len(platform.consumer.heartbeats) == 5)

        assert [beat["seq"] for beat in platform.consumer.heartbeats] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("frozen", [False, True], ids=["the broker listens", "the broker is frozen"])
async def test_it_stops_within_ten_seconds(half: LowerHalf, mosquitto: Mosquitto, platform: Platform, frozen: bool) -> None:
    half.starts()
    await platform.wait_for(lambda: platform.consumer.statuses)
    if frozen:
        mosquitto.freeze()
        await half.measures(*HISTORY)

    await within(10, os.getpid(), half.stops())  # the promise itself; it takes two seconds at most


# --- several brokers, and links on which nobody is any more ---------------------------------------------------------


async def test_a_broker_that_never_acknowledges_is_left_for_the_second_within_thirty_seconds(
    tmp_path: Path, mosquitto: Mosquitto, platform: Platform, version: str
) -> None:
    async with (
        HostileBroker(mosquitto.port, never_acknowledges) as first,
        lower_half(tmp_path, broker_at(first.port, mosquitto.port, version=version)) as half,
    ):
        half.desk.raises()
        half.starts()

        assert await within(30, os.getpid(), platform.alert())
        assert half.uplink.faults == ["first broker is passed over"]


async def test_a_broker_that_takes_no_message_of_use_is_left_for_the_second(
    tmp_path: Path, mosquitto: Mosquitto, platform: Platform
) -> None:
    async with ScriptedBroker(longest=1) as tiny, lower_half(tmp_path, broker_at(tiny.port, mosquitto.port)) as half:
        half.desk.raises()
        half.starts()

        assert await platform.alert()


async def test_a_broker_that_takes_no_message_of_use_is_said_to_be_one(tmp_path: Path) -> None:
    async with ScriptedBroker(longest=1) as tiny, lower_half(tmp_path, broker_at(tiny.port)) as half:
        half.starts()
        await eventually(lambda: half.uplink.why)

        assert half.uplink.why
        assert "it takes messages of 1 bytes at most" in half.uplink.why.english


async def test_while_an_alert_is_open_a_half_open_link_is_noticed_within_ten_seconds(
    half: LowerHalf, mosquitto: Mosquitto, platform: Platform
) -> None:
    half.desk.raises()
    half.starts()
    await platform.alert()
    await half.desk.wait_for(lambda: half.desk.receipts)  # nothing is under way any more

    mosquitto.freeze()
    await within(10, os.getpid(), eventually(lambda: half.uplink.state == "waiting"))

    assert "not a sign of life" in str(half.uplink.why)


async def test_else_a_half_open_link_is_noticed_within_one_and_a_half_times_the_keep_alive(
    tmp_path: Path, mosquitto: Mosquitto, platform: Platform
) -> None:
    async with lower_half(tmp_path, broker_at(mosquitto.port, keep_alive_s=4)) as half:
        half.starts()
        await platform.wait_for(lambda: platform.consumer.snapshots)

        mosquitto.freeze()
        await eventually(lambda: half.uplink.state == "waiting", 1.5 * 4 + 2)

        # ours, or that of the library, whichever looks first
        assert any(words in str(half.uplink.why) for words in ("not a sign of life", "Keep alive timeout"))
