"""Bands that tell a press by another identity: one press rings once, through the gateway's own Bluetooth and pipeline."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fake_devices.bands.ibeacon import IBeacon
from fake_devices.bands.kbeacon import KBeacon
from fake_devices.ble_link.air import Air
from fake_devices.patience import HANGS_S
from tests.fake_devices.bands.gateway_side import gateway_hears
from tests.gateway.sources.recorder import eventually
from tests.gateway.upper_half import PENDANT, TestClock, UpperHalf, upper_half

BAND = PENDANT
SOS = bytes.fromhex("b9407f30f5f8466eaff925556b57fe6100071000")
BASE = bytes.fromhex("b9407f30f5f8466eaff925556b57fe61")


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
async def beacon(tmp_path: Path, clock: TestClock) -> AsyncIterator[tuple[IBeacon, UpperHalf]]:
    async with (
        upper_half(tmp_path, clock, key=SOS, pendant="ibeacon") as half,
        IBeacon(Air(), BAND, sos=SOS, alive_every_s=0.1) as band,
        gateway_hears(band.air, half.intake, "ibeacon", SOS, address=BAND),
    ):
        await alive(half)
        yield band, half


@pytest.fixture
async def kkm(tmp_path: Path, clock: TestClock) -> AsyncIterator[tuple[KBeacon, UpperHalf]]:
    async with (
        upper_half(tmp_path, clock, key=BASE, pendant="kbeacon") as half,
        KBeacon(Air(), BAND, base=BASE, alive_every_s=0.1) as band,
        gateway_hears(band.air, half.intake, "kbeacon", BASE, address=BAND),
    ):
        await alive(half)
        yield band, half


async def readings(half: UpperHalf, kind: str) -> list[object]:
    return [reading.value for reading in await half.kept() if reading.kind == kind]


async def repeats_heard(half: UpperHalf, more: int) -> None:
    """Returns when so many more frames came that told nothing new."""
    wanted = await _repeats(half) + more
    async with asyncio.timeout(HANGS_S):
        while await _repeats(half) < wanted:  # noqa: ASYNC110 (the disk tells nobody)
            await asyncio.sleep(0.02)


async def _repeats(half: UpperHalf) -> int:
    await half.intake.stored()
    return half.stores.readings.counts().rejected.get("duplicate", 0)


async def alive(half: UpperHalf) -> None:
    """Returns when the band was heard."""
    await eventually(lambda: half.intake.heard_ago_s(BAND) is not None)


async def test_a_press_of_a_beacon_rings_once_however_often_it_is_told(beacon: tuple[IBeacon, UpperHalf]) -> None:
    band, half = beacon

    band.presses()
    await repeats_heard(half, 5)

    assert await readings(half, "button") == ["sos"]
    assert [alert.kind for alert in half.desk.open_alerts] == ["sos"]


async def test_its_next_press_rings_again_after_half_a_minute_without_one(
    beacon: tuple[IBeacon, UpperHalf], clock: TestClock
) -> None:
    band, half = beacon
    band.presses(frames=10)
    await repeats_heard(half, 2)

    clock.now_s += 31
    band.presses(frames=10)
    await repeats_heard(half, 2)

    assert await readings(half, "button") == ["sos", "sos"]


async def test_an_identity_at_rest_rings_for_nobody(beacon: tuple[IBeacon, UpperHalf]) -> None:
    _, half = beacon

    assert await half.kept() == []
    assert half.desk.open_alerts == []


async def test_a_press_of_a_kkm_wristband_rings_once_and_its_battery_is_told(kkm: tuple[KBeacon, UpperHalf]) -> None:
    band, half = kkm

    band.presses("double_press")
    await repeats_heard(half, 5)

    assert await readings(half, "button") == ["double_press"]
    assert await readings(half, "battery") == [88]
    assert [alert.kind for alert in half.desk.open_alerts] == ["sos"]


async def test_two_kinds_of_press_are_two_presses(kkm: tuple[KBeacon, UpperHalf]) -> None:
    band, half = kkm

    band.presses(frames=10)
    await repeats_heard(half, 2)
    band.presses("long_press", frames=10)
    await repeats_heard(half, 2)

    assert await readings(half, "button") == ["press", "long_press"]


async def test_a_cut_strap_is_told(kkm: tuple[KBeacon, UpperHalf]) -> None:
    band, half = kkm

    band.strap_is_cut()
    await repeats_heard(half, 5)

    assert await readings(half, "worn") == [False]
    assert await readings(half, "button") == []


def test_its_frames_are_those_of_the_maker() -> None:
    sent: list[bytes] = []
    air = Air()
    air.listen(lambda advert: sent.append(advert.data))
    band = KBeacon(air, "DD:34:02:06:D0:6C", base=BASE)

    band.strap_is_cut(frames=1)
    band.tells_it_is_alive()

    assert sent[0].hex() == "0201061aff4c000215b9407f30f5f8466eaff925556b57fe68000c000ac5"
    assert sent[2].hex() == "0201060eff530a220758dd340206d06c0520"
