"""A watch on mobile data is a wristband like any other: its press comes to the platform, and its wearer hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from fake_devices.free_port import free_port
from fake_devices.watch import FakeWatch
from tests.app.center import Band, Center, center

WATCH, OTHER = "8800000015", "9705141740"
IMEI = "358800000002345"  # its watch says 0000000234
WITH_PLACE = "A,30.5301234,N,120.6812345,E"


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Center]:
    async with center(tmp_path) as place:
        place.roster += [Band(WATCH, "tcp-watch-3g", "W-015", "5-101"), Band(OTHER, "tcp-watch-3g", "W-016", "5-102")]
        yield place


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture(autouse=True)
def _listens(place: Center, port: int) -> None:
    place.tables = listener(port)


def listener(port: int) -> str:
    return f'[[watches]]\nlisten = "127.0.0.1:{port}"\ndriver = "tcp-watch-3g"\n'


async def test_a_press_comes_to_the_platform_with_its_place_and_is_answered(place: Center, port: int) -> None:
    async with place.runs(), FakeWatch(WATCH, port) as watch:
        watch.says("LK,7,0,64")
        await watch.hears("LK")
        watch.presses(place=WITH_PLACE)

        alert = await place.alert(kind="sos", wearer="W-015")
        await watch.hears("AL")

    assert alert["priority"] == "critical"
    assert alert["position"]["latitude"] == pytest.approx(30.5301234)


async def test_an_alarm_that_is_said_again_and_again_is_one_press(place: Center, port: int) -> None:
    async with place.runs(), FakeWatch(WATCH, port) as watch:
        for _ in range(4):
            watch.presses()
            await watch.hears("AL")
        await place.alert(kind="sos", wearer="W-015")
        watch.presses(at="010326,081000")
        await watch.hears("AL")
        await place.alert("updated", kind="sos", wearer="W-015")

        assert [event["event"] for event in place.events(kind="sos") if event["event"] in ("raised", "updated")] == [
            "raised",
            "updated",
        ]
