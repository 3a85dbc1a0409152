"""kill -9 before and after every step of an alert's way: it is delivered, under one id, and a person can close it."""

from __future__ import annotations

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, Daemon

STEPS = {
    "the frame comes in": "gateway.intake.intake:Intake.on_serial_items",
    "the press is found": "gateway.alerts.desk:Desk.take",
    "the alert is held": "gateway.store.alerts:AlertStore.hold",
    "the alert is stored": "gateway.store.alerts:AlertStore._write",
    "the readings are committed": "gateway.store.readings:ReadingStore._commit",
    "it is handed over": "gateway.alerts.deliveries:Deliveries.handed_over",
    "the broker has it": "gateway.alerts.deliveries:Deliveries.sent",
    "the receipt comes": "gateway.alerts.deliveries:Deliveries.receipt",
}
STEPS_OF_A_COMMAND = {
    "it comes": "gateway.router:Router.answer",
    "it was looked for": "gateway.store.alerts:AlertStore.answered",
    "it is carried out and stored with its answer": "gateway.alerts.people:People._act",
}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
async def test_no_step_is_so_deadly_that_an_alert_is_lost_or_told_twice(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], step: str, when: str
) -> None:
    daemon, band = stopped_daemon, roster[0].address
    daemon.dies_at = (step, when)
    await daemon.start()

    hub.presses(band, heart_rate=88)
    await comes_back(daemon, hub)
    alert = await platform.alert(kind="sos", limit_s=20)
    await hub.vibrates(band, "short", 20)
    await platform.reply(platform.resolves(alert["id"]))
    closed = await platform.alert("resolved", id=alert["id"])

    sos = [event for event in platform.consumer.events.values() if event["kind"] == "sos"]
    assert {event["id"] for event in sos} == {alert["id"]}
    assert closed["workflow"] == "resolved"
    assert len({reading["id"] for event in sos for reading in event["readings"] if reading["kind"] == "button"}) == 1


async def test_of_two_calls_of_one_frame_none_is_lost_where_death_comes_between_them(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    daemon = stopped_daemon
    daemon.dies_at = ("gateway.alerts.desk:Desk.take", "after")
    await daemon.start()

    hub.presses(roster[0].address, fall=True)
    await comes_back(daemon, hub)

    assert await platform.alert(kind="sos", limit_s=20)
    assert await platform.alert(kind="fall", limit_s=20)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS_OF_A_COMMAND.values(), ids=STEPS_OF_A_COMMAND)
async def test_no_step_is_so_deadly_that_a_command_is_lost_or_its_answer_is_not_what_happened(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], step: str, when: str
) -> None:
    daemon = stopped_daemon
    daemon.dies_at = (step, when)
    await daemon.start()
    hub.presses(roster[0].address, heart_rate=88)
    alert = await platform.alert(kind="sos")

    command = platform.resolves(alert["id"])
    await comes_back(daemon, hub)
    reply = await platform.reply(command, limit_s=20)
    await platform.alert("resolved", id=alert["id"])

    resolved = [event for event in platform.consumer.events.values() if event["event"] == "resolved"]
    assert (reply["status"], reply["result"]) == ("done", {"alert": alert["id"], "workflow": "resolved"})
    assert len(resolved) == 1


async def comes_back(daemon: Daemon, hub: FakeHub) -> None:
    """It dies at its step, and is started again; what the hub said meanwhile comes then."""
    await daemon.dies()
    hub.line.hold()
    daemon.dies_at = None
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    hub.line.resume()
