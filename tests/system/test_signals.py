"""SIGTERM, SIGHUP, and SIGSTOP with SIGCONT before and after every step of a press: it is told once, and a person closes it."""

from __future__ import annotations

import asyncio
import os
import signal
from math import inf
from pathlib import Path

import pytest

from fake_devices.patience import HANGS_S
from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from fake_devices.serial_hub_frames import RecordValues, record
from tests.daemon import LOOK_EVERY_S, Band, Daemon
from tests.system.dies_at import STEPS
from tests.system.test_death import comes_back

ALL = "LIFERING_KILLS" in os.environ  # `./dev kill`
SHORT_S = 0.1  # so long it is stopped
LONG_S = 5.0
STANDS_S = 75.0  # a hub's repeat is one for a minute, and ten seconds of a stand count
IN_EVERY_RUN = ("it is handed over",)


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS.values() if ALL else [STEPS[name] for name in IN_EVERY_RUN])
@pytest.mark.fault("process", "SIGTERM at each step of a press", promise="told under one id, closed by a person", figure="kill")
async def test_a_sigterm_at_no_step_loses_an_alert_or_tells_it_twice(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], step: str
) -> None:
    daemon = stopped_daemon
    daemon.dies_at = (step, "SIGTERM")
    await daemon.start()

    hub.presses(roster[0].address, heart_rate=88)
    await comes_back(daemon, hub)

    await is_told_once_and_closed(hub, platform, roster[0])


@pytest.mark.fault("process", "SIGHUP before and after every step of a press", promise="told under one id, closed by a person")
async def test_a_sighup_at_no_step_loses_an_alert_or_tells_it_twice(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    daemon = stopped_daemon
    daemon.dies_at = ("every", "SIGHUP")
    await daemon.start()
    await daemon.has_opened(hub.line.path)

    hub.presses(roster[0].address, heart_rate=88)

    await is_told_once_and_closed(hub, platform, roster[0])
    assert await daemon.stop() == 0


@pytest.mark.parametrize("seconds", [SHORT_S, LONG_S] if ALL else [SHORT_S])
@pytest.mark.fault(
    "process",
    "SIGSTOP and SIGCONT before and after every step of a press",
    promise="told under one id, closed by a person",
    figure="kill",
)
@pytest.mark.timeout(1500)
async def test_a_process_that_is_stopped_and_goes_on_at_no_step_loses_an_alert_or_tells_it_twice(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], seconds: float
) -> None:
    daemon = stopped_daemon
    daemon.dies_at = ("every", "SIGSTOP")
    stops: list[int] = []
    going_on = asyncio.create_task(goes_on_whenever_it_is_stopped(daemon, seconds, stops))
    await daemon.start()
    await daemon.has_opened(hub.line.path)

    hub.presses(roster[0].address, heart_rate=88)

    await is_told_once_and_closed(hub, platform, roster[0], limit_s=inf)  # it is stopped most of the time
    going_on.cancel()
    assert len(stops) >= 2 * len(STEPS)


@pytest.mark.slow
@pytest.mark.fault("process", "SIGSTOP for more than a minute while a hub repeats a press", promise="the press is told once")
async def test_what_a_hub_repeats_to_a_process_that_is_stopped_is_one_press(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    await stopped_daemon.start()
    hub.line.write(record(roster[0].address, 7, RecordValues(sos=True)))
    await platform.alert(kind="sos")

    os.kill(stopped_daemon.pid, signal.SIGSTOP)
    hub.line.write(record(roster[0].address, 7, RecordValues(sos=True)))
    await asyncio.sleep(STANDS_S)
    os.kill(stopped_daemon.pid, signal.SIGCONT)
    hub.line.write(record(roster[0].address, 8, RecordValues(heart_rate=71)))

    def came() -> list[str]:
        return [one["kind"] for one in platform.consumer.readings()]

    await platform.wait_for(lambda: "heart_rate" in came(), what="what the hub said last")
    assert came().count("button") == 1


async def goes_on_whenever_it_is_stopped(daemon: Daemon, seconds: float, stops: list[int]) -> None:
    """SIGCONT so long after each SIGSTOP; `stops`: which process that was, each time."""
    while True:
        if daemon.alive and is_stopped(daemon.pid):
            stops.append(daemon.pid)
            await asyncio.sleep(seconds)
            os.kill(daemon.pid, signal.SIGCONT)
        await asyncio.sleep(LOOK_EVERY_S)  # nothing tells of another process that is stopped


def is_stopped(pid: int) -> bool:
    """Whether its state is T (proc(5), stat)."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


async def is_told_once_and_closed(hub: FakeHub, platform: Platform, band: Band, limit_s: float = HANGS_S) -> None:
    """The whole way: to the platform, to the wearer, and its end."""
    alert = await platform.alert(kind="sos", limit_s=limit_s)
    await hub.vibrates(band.address, "short", limit_s)
    await platform.reply(platform.resolves(alert["id"]), limit_s=limit_s)
    closed = await platform.alert("resolved", id=alert["id"], limit_s=limit_s)

    sos = [event for event in platform.consumer.events.values() if event["kind"] == "sos"]
    assert {event["id"] for event in sos} == {alert["id"]}
    assert closed["workflow"] == "resolved"
    assert len({reading["id"] for event in sos for reading in event["readings"] if reading["kind"] == "button"}) == 1
