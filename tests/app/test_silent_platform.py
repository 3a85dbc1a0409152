"""A platform that takes everything in and says nothing: it is named, and not flooded; what it missed comes when it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.app.center import HUB_BAND, OTHER_BAND, Center, center
from tests.simulation.virtual_time import run

MINUTE_S = 60


def plays(folder: Path, story: Callable[[Center], Awaitable[None]]) -> None:
    """While the gateway runs."""

    async def whole() -> None:
        async with center(folder) as place, place.runs():
            await story(place)
        assert place.platform.consumer.faults == []

    run(whole())


def events_since(place: Center, since_s: float) -> list[str]:
    """Each coming of an event of the call for help, which is the first alert."""
    return [one.id for one in place.platform.consumer.arrivals if "/A1#" in one.id and one.at_s >= since_s]


def faults(place: Center) -> list[str]:
    """Of the newest heartbeat."""
    return [fault["fault"] for fault in place.platform.consumer.heartbeats[-1]["faults"]]


@pytest.mark.fault("broker", "600 presses that nobody confirms", promise="no flood, and all are known in the end")
def test_six_hundred_presses_that_nobody_confirms_are_no_flood_and_all_are_known_in_the_end(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        time = asyncio.get_running_loop().time
        place.platform.gives_receipts = False
        for _ in range(600):
            place.hub.presses(HUB_BAND, records=1)
            await asyncio.sleep(0.1)
        pressed_s = time()
        await asyncio.sleep(10 * MINUTE_S)
        in_ten_minutes = events_since(place, pressed_s)
        await asyncio.sleep(50 * MINUTE_S)
        in_an_hour = events_since(place, pressed_s)
        place.platform.gives_receipts = True
        await place.comes(lambda: place.platform.consumer.heartbeats[-1]["queued"]["alerts"] == 0, 5 * MINUTE_S)

        presses = [one for one in place.platform.consumer.readings() if one["kind"] == "button"]
        assert len(presses) == 600
        assert len(in_ten_minutes) < 100  # before: 3,400 a minute
        assert len(in_an_hour) < 500  # each step of the ladder is told anew

    plays(tmp_path, story)


@pytest.mark.fault("broker", "a platform that gives no receipts", promise="a fault that is shown until it does")
def test_a_platform_that_gives_no_receipts_is_a_fault_and_a_line_in_the_log_until_it_does(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.platform.gives_receipts = False
        with capture_logs() as logs:
            place.hub.presses(HUB_BAND)
            await place.alert(kind="sos")
            await asyncio.sleep(25)
            assert not [line for line in logs if line["event"] == "the platform gives no receipts"]
            await asyncio.sleep(75)
            assert "platform_silent" in faults(place)
            assert [line["event"] for line in logs].count("the platform gives no receipts") == 1

            place.platform.gives_receipts = True
            await asyncio.sleep(2 * MINUTE_S)
            assert "platform_silent" not in faults(place)
            assert [line["event"] for line in logs].count("the platform gives receipts again") == 1

    plays(tmp_path, story)


def test_another_session_is_no_word_of_the_platform(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.platform.gives_receipts = False
        with capture_logs() as logs:
            place.hub.presses(HUB_BAND)
            await asyncio.sleep(2 * MINUTE_S)
            place.platform.goes_away()
            await asyncio.sleep(10)
            place.platform.comes_back()
            await asyncio.sleep(2 * MINUTE_S)
            events = [line["event"] for line in logs]
            assert events.count("link up") > 0
            assert events.count("the platform gives no receipts") == 1
            assert "the platform gives receipts again" not in events

    plays(tmp_path, story)


def test_another_persons_call_is_not_slower_for_it(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.platform.gives_receipts = False
        for _ in range(100):
            place.hub.presses(HUB_BAND, records=1)
            await asyncio.sleep(1)

        place.hub.presses(OTHER_BAND)

        await place.alert(kind="sos", wearer="W-002", within_s=1)

    plays(tmp_path, story)
