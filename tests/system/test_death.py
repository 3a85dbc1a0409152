"""kill -9 before and after every step of an alert's way: it is delivered, under one id, and a person can close it."""

from __future__ import annotations

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, Daemon

STEPS = {
    "the frame comes in": "gateway.intake.intake:Intake.on_serial_items",
    "the press is found": "gateway.alerts.desk:Desk.find",
    "the alert is stored": "gateway.store.alerts:AlertStore.save",
    "the readings are committed": "gateway.store.readings:ReadingStore._commit",
    "the broker has it": "gateway.alerts.desk:Desk.sent",
    "the receipt comes": "gateway.alerts.desk:Desk.receipt",
    "a person closes it": "gateway.alerts.desk:Desk.command",
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
    if step.endswith("command"):
        platform.resolves((await platform.alert(kind="sos"))["id"])
    await daemon.dies()
    hub.line.hold()
    daemon.dies_at = None
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    hub.line.resume()
    alert = await platform.alert(kind="sos", limit_s=20)
    await hub.vibrates(band, "short", 20)
    await platform.reply(platform.resolves(alert["id"]))
    closed = await platform.alert("resolved", id=alert["id"])

    sos = [event for event in platform.consumer.events.values() if event["kind"] == "sos"]
    assert {event["id"] for event in sos} == {alert["id"]}
    assert closed["workflow"] == "resolved"
    assert len({reading["id"] for event in sos for reading in event["readings"] if reading["kind"] == "button"}) == 1
