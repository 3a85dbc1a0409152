"""An alert is over when somebody has it and a person closes it, and not before."""

from __future__ import annotations

import itertools

import pytest

from fake_devices.patience import HANGS_S
from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, Daemon
from tests.gateway.channels.mqtt.listener import Listener
from tests.mosquitto import Mosquitto

RESEND_S = 10.0
SOON_S = RESEND_S / 2  # whatever else the machine does, what is sent again comes no sooner


async def comes(platform: Platform, alert: dict[str, object], times: int, limit_s: float = HANGS_S) -> list[float]:
    """Waits until this event came so often; when each came."""
    await platform.wait_for(lambda: len(platform.comings(alert)) >= times, limit_s, f"coming {times} of the event")
    return platform.comings(alert)


@pytest.mark.slow
@pytest.mark.fault("broker", "a platform that gives no receipt", promise="the alert is sent again every ten seconds")
async def test_an_alert_is_sent_again_every_ten_seconds_until_its_receipt_comes(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    platform.is_silent()
    hub.presses(roster[0].address)
    alert = await platform.alert(kind="sos")
    await comes(platform, alert, 3)

    platform.answers()
    times = await comes(platform, alert, 4)
    with pytest.raises(TimeoutError):  # that nothing comes any more only time can show
        await comes(platform, alert, 5, 1.2 * RESEND_S)

    assert all(later - earlier > SOON_S for earlier, later in itertools.pairwise(times))


@pytest.mark.slow
@pytest.mark.fault("broker", "the platform's process is stopped", promise="the alert outlives it")
async def test_an_alert_outlives_a_platform_whose_process_is_stopped(
    stopped_daemon: Daemon, hub: FakeHub, broker: Mosquitto, roster: list[Band]
) -> None:
    async with Platform(broker.platform_port):
        await stopped_daemon.start()
    hub.presses(roster[0].address)
    async with Listener(broker.platform_port, "up/alerts") as meanwhile:
        for _ in range(3):
            await meanwhile.hears("up/alerts")

    async with Platform(broker.platform_port) as platform:
        alert = await platform.alert(kind="sos")
        await comes(platform, alert, 3)
        await hub.vibrates(roster[0].address, "short")

    assert platform.consumer.faults == []


@pytest.mark.slow
async def test_an_alert_on_hold_is_sent_again_after_ten_seconds(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    platform.holds()
    hub.presses(roster[0].address)
    alert = await platform.alert(kind="sos")

    first, again = await comes(platform, alert, 2)

    assert again - first > SOON_S


@pytest.mark.fault("broker", "a platform that rejects an alert", promise="a technical alert says so")
async def test_a_rejected_alert_makes_a_technical_one_that_says_so(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    platform.rejects("no such wearer")
    hub.presses(roster[0].address)
    alert = await platform.alert(kind="sos")

    technical = await platform.alert(kind="technical")

    assert (technical["detail"], technical["device"]) == ("alert_rejected", alert["id"])


async def test_the_wearer_feels_the_receipt_and_then_that_help_is_on_the_way(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    band = roster[0].address
    hub.presses(band)
    alert = await platform.alert(kind="sos")

    await platform.reply(platform.acknowledges(alert["id"]))
    answer = await platform.reply(platform.dispatches(alert["id"]))
    await platform.alert("updated", id=alert["id"])  # the band has shown it

    assert answer["status"] == "done"
    assert hub.vibrations == {(band, "short"): 1, (band, "long"): 1}


async def test_a_band_that_was_out_of_reach_is_told_after_a_restart(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    hub.out_of_reach.add(roster[0].address)
    hub.presses(roster[0].address)
    alert = await platform.alert(kind="sos")
    platform.dispatches(alert["id"])
    await platform.alert("updated", id=alert["id"])  # which says that the band did not show it

    await daemon.kill()
    hub.out_of_reach.clear()
    await daemon.start()

    await hub.vibrates(roster[0].address, "long")


@pytest.mark.parametrize(("verb", "event"), [("resolve", "resolved"), ("cancel", "cancelled")])
async def test_a_person_closes_an_alert_and_the_next_press_is_a_new_one(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], verb: str, event: str
) -> None:
    hub.presses(roster[0].address)
    alert = await platform.alert(kind="sos")

    answer = await platform.reply(platform.commands(verb, alert["id"]))
    closed = await platform.alert(event, id=alert["id"])
    hub.presses(roster[0].address)
    await platform.wait_for(lambda: len({e["id"] for e in platform.consumer.events.values()}) == 2, what="a new alert")

    assert (answer["status"], closed["workflow"]) == ("done", event)


@pytest.mark.fault("people and commands", "a command that comes twice", promise="done once, answered alike")
async def test_a_command_that_comes_twice_is_done_once_and_answered_alike(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    hub.presses(roster[0].address)
    alert = await platform.alert(kind="sos")
    command = platform.resolves(alert["id"])
    first = await platform.reply(command)

    await daemon.kill()
    await daemon.start()
    platform.repeats(command)
    second = await platform.reply(command, number=2)
    await platform.alert("resolved", id=alert["id"])  # which the kill may have kept from leaving before

    assert first == second
    assert [e["event"] for e in platform.consumer.events.values()].count("resolved") == 1


@pytest.mark.fault("people and commands", "a command about an alert that nobody knows", promise="rejected")
async def test_a_command_about_an_alert_that_nobody_knows_is_rejected(daemon: Daemon, platform: Platform) -> None:
    await platform.wait_for(lambda: platform.consumer.statuses, what="a gateway that is online")

    answer = await platform.reply(platform.acknowledges("g-1/1/A99"))

    assert answer["status"] == "rejected"
    assert answer["reason"]


@pytest.mark.fault("process", "kill -9 with open alerts and events without receipt", promise="all are there after it")
async def test_open_alerts_and_undelivered_events_survive_a_kill(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    platform.is_silent()
    hub.presses(roster[0].address)
    alert = await platform.alert(kind="sos")

    await daemon.kill()
    await daemon.start()
    platform.answers()
    await comes(platform, alert, 2)
    answer = await platform.reply(platform.resolves(alert["id"]))

    assert answer["status"] == "done"
