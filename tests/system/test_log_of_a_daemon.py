"""A daemon that says all it can, and one that dies of a bug: nothing of a person stands in what it wrote."""

from __future__ import annotations

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from fake_devices.serial_hub_frames import RecordValues
from tests.daemon import Band, Daemon
from tests.log_watch import planted_lines
from tests.planted import NAMES, POSITION, PRESSURE, TEMPERATURE

TOLD = RecordValues(blood_pressure=PRESSURE, body_temperature=TEMPERATURE, position=(*POSITION, 12, 0))


@pytest.fixture
def stopped_daemon(stopped_daemon: Daemon) -> Daemon:
    """It says all that it can."""
    stopped_daemon.environment["LIFERING_LOG"] = "debug"
    return stopped_daemon


async def test_at_the_level_debug_nothing_of_a_person_is_written(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    await daemon.has_opened(hub.line.path)
    hub.says(roster[1].address, **TOLD)
    hub.noise(b"\x02" + NAMES[0].encode() + b"\0")
    platform.rejects(f"{NAMES[1]}: {TEMPERATURE}")
    hub.presses(roster[0].address, **TOLD)
    alert = await platform.alert(kind="sos")
    await platform.alert(kind="technical", detail="alert_rejected")
    platform.answers()
    said = f"{NAMES[1]} 13800138000 {POSITION}"
    await platform.reply(platform.commands("resolve", alert["id"], args={"outcome": "other", "note": said}))
    await platform.reply(platform.commands("notify", alert["id"], args={"wearer": "W-000", "signal": "call_me", "text": said}))

    assert await daemon.stop() == 0
    assert any(line.get("level") == "debug" for line in daemon.log())
    assert planted_lines(daemon.log_file) == []


@pytest.mark.fault("process", "a bug whose error quotes what was measured", promise="the log has where it was, and no value")
async def test_an_error_that_quotes_a_value_leaves_its_place_and_not_the_value(
    daemon: Daemon, stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    daemon.dies_at = ("gateway.intake.intake:Intake.on_serial_items", "quotes")
    await daemon.stop()
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    hub.presses(roster[0].address, **TOLD)

    await daemon.dies()

    assert "ValueError" in daemon.log_tail()
    assert "in on_serial_items" in daemon.log_tail() or "in last" in daemon.log_tail()
    assert planted_lines(daemon.log_file) == []
