"""The heartbeat tells how the gateway is, and a fault that lasts is an alert of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fake_devices import serial_hub_frames as frames
from gateway.health import PATIENCE_S, Health
from gateway.messages import Wristbands
from tests.gateway.upper_half import BAND, TestClock, UpperHalf, read, upper_half


@dataclass
class Port:
    state: str = "open"
    tried: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Link:
    state: str = "connected"
    faults: list[str] = field(default_factory=list)


@pytest.fixture
async def half(tmp_path: Path) -> AsyncIterator[UpperHalf]:
    async with upper_half(tmp_path, TestClock()) as half:
        yield half


def health_of(half: UpperHalf, folder: Path, port: Port, link: Link | None = None) -> Health:
    return Health(
        gateway="xishan-01",
        clock=half.clock,
        readings=half.stores.readings,
        alerts=half.stores.alerts,
        desk=half.desk,
        folder=folder,
        ports={"hall-hub": port},
        adapters={},
        bands=lambda within_s: Wristbands(known=len(half.roster.bands), heard=half.intake.heard(within_s)),
        uplink=link or Link(),
    )


async def test_the_heartbeat_carries_the_account_and_what_waits(half: UpperHalf, tmp_path: Path) -> None:
    health = health_of(half, tmp_path, Port(), Link(faults=["broker refuses up/readings"]))
    await half.streams(frames.record(BAND, 1, {"heart_rate": 70}) + frames.record(BAND, 2, {"sos": True}) + b"\x01\x00")
    await half.stores.readings.flush()
    half.clock.now_s += 90

    heartbeat = read(health.heartbeat())

    counts = heartbeat.counts
    assert (counts.received, counts.stored, counts.rejected.length, counts.pending) == (3, 2, 1, 2)
    assert (heartbeat.queued.alerts, heartbeat.queued.readings, heartbeat.queued.oldest_s) == (1, 2, 90)
    assert (heartbeat.uptime_s, heartbeat.open_alerts, heartbeat.seq) == (90, 1, 1)
    assert heartbeat.faults == ["broker refuses up/readings"]
    assert read(health.heartbeat()).seq == 2


async def test_a_port_that_stays_away_becomes_an_alert_and_its_return_ends_it(half: UpperHalf, tmp_path: Path) -> None:
    port = Port(state="absent")
    health = health_of(half, tmp_path, port)

    await health.look()
    half.clock.now_s += PATIENCE_S
    await health.look()
    await health.look()
    lost = half.told()
    port.state = "open"
    await health.look()

    assert [(told.event, told.kind, told.detail, told.device) for told in lost] == [
        ("raised", "technical", "port_lost", "hall-hub")
    ]
    assert [told.event for told in half.told()] == ["cleared"]
    assert half.desk.open_alerts == []


async def test_a_port_that_comes_back_soon_disturbs_nobody(half: UpperHalf, tmp_path: Path) -> None:
    port = Port(state="absent")
    health = health_of(half, tmp_path, port)

    await health.look()
    half.clock.now_s += PATIENCE_S - 1
    port.state = "open"
    await health.look()
    half.clock.now_s += PATIENCE_S
    await health.look()

    assert half.told() == []


async def test_an_adapter_that_hears_nobody_is_well_while_bands_are_heard(half: UpperHalf, tmp_path: Path) -> None:
    health = health_of(half, tmp_path, Port())
    health.adapters = {"hci0": Port(state="silent")}

    await half.streams(frames.record(BAND, 1, {"heart_rate": 70}))
    with_bands = health.faults()
    half.clock.now_s += 61

    assert (with_bands, health.faults()) == (set(), {("adapter_lost", "hci0")})


async def test_after_a_restart_a_port_that_is_well_again_ends_the_old_alert(half: UpperHalf, tmp_path: Path) -> None:
    before = health_of(half, tmp_path, Port(state="absent"))
    await before.look()
    half.clock.now_s += PATIENCE_S
    await before.look()
    half.told()

    await health_of(half, tmp_path, Port()).look()

    assert [told.event for told in half.told()] == ["cleared"]
