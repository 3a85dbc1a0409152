"""A press that the radio missed is told by the count of the key at rest, over restarts too, and the account stays right."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from drivers.driver import Advertisement
from tests.gateway.upper_half import PENDANT, TestClock, UpperHalf, upper_half

STRANGER = "C0:FF:EE:99:99:99"


def touch(count: int, *, pressed: bool = False) -> bytes:
    """A Blue TOUCH of ELA."""
    return bytes.fromhex("06ff5707b2") + (count << 1 | pressed).to_bytes(2, "little")


@pytest.fixture
async def half(tmp_path: Path, clock: TestClock) -> AsyncIterator[UpperHalf]:
    async with upper_half(tmp_path, clock, pendant="ela-touch") as half:
        yield half


async def test_a_count_that_moved_while_nobody_heard_the_press_is_an_alert(half: UpperHalf) -> None:
    await half.hears(Advertisement(touch(500), PENDANT))
    assert half.told() == []

    await half.hears(Advertisement(touch(502), PENDANT))

    assert [(told.kind, told.event, told.readings[0].value) for told in half.told()] == [("sos", "raised", "press")]


async def test_a_press_that_was_heard_is_told_once_though_the_key_at_rest_tells_its_count(half: UpperHalf) -> None:
    for frame in (touch(500), touch(501, pressed=True), touch(501), touch(501, pressed=True)):
        await half.hears(Advertisement(frame, PENDANT))

    assert [told.event for told in half.told()] == ["raised"]


async def test_every_press_is_received_once_and_stored_or_rejected(half: UpperHalf) -> None:
    for frame in (touch(500), touch(502), touch(503, pressed=True), touch(503, pressed=True), touch(503)):
        await half.hears(Advertisement(frame, PENDANT))

    await half.kept()

    counts = half.stores.readings.counts()
    assert (counts.received, counts.stored, counts.rejected) == (3, 2, {"duplicate": 1})


async def test_a_press_while_the_gateway_was_down_is_told_and_the_one_before_is_not(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock, pendant="ela-touch") as half:
        await half.hears(Advertisement(touch(500), PENDANT))
    clock.boot = "boot-two"
    clock.now_s = 20

    async with upper_half(tmp_path, clock, pendant="ela-touch") as half:
        await half.hears(Advertisement(touch(500), PENDANT))
        assert half.told() == []
        await half.hears(Advertisement(touch(501), PENDANT))

        assert [told.event for told in half.told()] == ["raised"]


async def test_a_missed_press_of_an_unknown_band_becomes_the_alert_unregistered_device(half: UpperHalf) -> None:
    await half.hears(Advertisement(touch(500), STRANGER))
    assert half.told() == []

    await half.hears(Advertisement(touch(501), STRANGER))
    await half.intake.unregistered_calls.tell()

    assert [(told.kind, told.detail, told.device) for told in half.told()] == [("technical", "unregistered_device", STRANGER)]
