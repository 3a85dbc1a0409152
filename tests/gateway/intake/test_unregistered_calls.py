"""Devices that nobody enrolled may call for help by the thousand: one alert tells of them, and none costs a band its call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.driver import Advertisement, Item
from drivers.measurement import Measurement
from fake_devices import serial_hub_frames as frames
from gateway.intake.unregistered import DECODED_PER_S
from gateway.intake.unregistered_calls import CALM_S, EVERY_S, REMEMBERED
from tests.gateway.upper_half import BAND, PENDANT, TestClock, UpperHalf, hub, upper_half

PRESS = bytes.fromhex("020106 0816D2FC4400 07 3A01")  # BTHome: a press
STRANGER, ANOTHER = "C0:00:00:00:00:01", "C0:00:00:00:00:02"


def strangers(count: int) -> Iterator[str]:
    return (f"C0:00:00:00:{number >> 8:02X}:{number & 255:02X}" for number in range(count))


def press(address: str, number: int = 1) -> bytes:
    return frames.record(address, number, {"sos": True})


def written(folder: Path) -> list[tuple[int, int]]:
    """What changes with each commit of the alerts."""
    return [((folder / name).stat().st_size, (folder / name).stat().st_mtime_ns) for name in ("alerts.db", "alerts.db-wal")]


@pytest.mark.fault(
    "bytes from outside", "ten thousand presses of foreign bands", promise="no disk is touched; a band of ours is told first"
)
async def test_ten_thousand_presses_of_strangers_touch_no_disk(half: UpperHalf, tmp_path: Path) -> None:
    before = written(tmp_path)

    await half.streams(b"".join(press(address) for address in strangers(10_000)))
    for address in strangers(2_000):
        await half.hears(Advertisement(PRESS, address))

    assert written(tmp_path) == before
    assert half.intake.unregistered_calls.count >= 10_000
    assert half.desk.open_alerts == []


async def test_the_press_of_a_band_among_them_is_on_the_disk_before_anybody_is_told_of_them(half: UpperHalf) -> None:
    addresses = list(strangers(400))

    await half.streams(b"".join([*map(press, addresses[:200]), press(BAND), *map(press, addresses[200:])]))

    assert [(told.kind, told.wearer) for told in half.told()] == [("sos", "W-001")]


async def test_one_alert_says_how_many_call_and_which_is_the_newest(half: UpperHalf) -> None:
    calls = half.intake.unregistered_calls
    await half.streams(press(STRANGER))
    await calls.tell()
    await half.streams(press(ANOTHER) + press(STRANGER, 2))
    await calls.tell()

    first, second = half.told()
    assert (first.id, first.event, first.detail, first.device) == (second.id, "raised", "unregistered_device", STRANGER)
    assert (second.event, second.priority) == ("updated", "advisory")
    assert first.text.startswith(f"Advisory, unregistered devices call for help: 1, the newest {STRANGER}; find out at once")
    assert second.text.startswith(f"Advisory, unregistered devices call for help: 2, the newest {STRANGER}; find out at once")


async def test_who_called_before_is_not_counted_again_and_tells_nothing_new(half: UpperHalf) -> None:
    calls = half.intake.unregistered_calls
    await half.streams(press(STRANGER))
    await calls.tell()
    half.clock.now_s += EVERY_S
    await half.streams(press(STRANGER, 2))
    await calls.tell()

    assert [told.event for told in half.told()] == ["raised"]


async def test_it_is_cleared_by_itself_when_nobody_calls_any_more_and_raised_by_the_next(half: UpperHalf) -> None:
    calls = half.intake.unregistered_calls
    await half.streams(press(STRANGER))
    await calls.tell()
    half.clock.now_s += CALM_S
    await calls.tell()

    assert (calls.going_on, half.desk.open_alerts) == (False, [])
    await half.streams(press(STRANGER, 2))
    await calls.tell()
    assert [(told.event, told.condition) for told in half.told()] == [
        ("raised", "active"),
        ("cleared", "cleared"),
        ("raised", "active"),
    ]


async def test_what_an_earlier_life_left_open_is_told_further_and_cleared(tmp_path: Path) -> None:
    clock = TestClock()
    async with upper_half(tmp_path, clock) as half:
        await half.streams(press(STRANGER))
        await half.intake.unregistered_calls.tell()

    async with upper_half(tmp_path, clock) as half:
        await half.streams(press(ANOTHER))
        await half.intake.unregistered_calls.tell()
        (alert,) = half.desk.open_alerts
        assert (alert.devices, alert.device) == (2, ANOTHER)
        clock.now_s += CALM_S
        await half.intake.unregistered_calls.tell()
        assert half.desk.open_alerts == []


async def test_what_is_remembered_of_strangers_has_a_bound(half: UpperHalf) -> None:
    await half.streams(b"".join(press(address) for address in strangers(3 * REMEMBERED)))

    assert len(half.intake.unregistered_calls._callers) == REMEMBERED


async def test_a_flood_of_advertisements_is_decoded_so_many_times_a_second_and_a_band_every_time(half: UpperHalf) -> None:
    for address in strangers(DECODED_PER_S + 100):
        await half.hears(Advertisement(PRESS, address))
    await half.hears(Advertisement(PRESS, PENDANT))

    assert half.intake.unregistered_calls.count == DECODED_PER_S
    assert [told.kind for told in half.told()] == ["sos"]
    half.clock.now_s += 1
    await half.hears(Advertisement(PRESS, "C0:00:00:00:FF:FF"))
    assert half.intake.unregistered_calls.count == DECODED_PER_S + 1


async def test_a_docked_device_that_nobody_enrolled_calls_by_the_name_of_its_port(half: UpperHalf) -> None:
    items: list[Item] = [Measurement(kind="button", value="sos")]

    await half.brings("booth", hub(), items)
    await half.intake.unregistered_calls.tell()

    assert [told.device for told in half.told()] == ["booth"]
