"""A watch on mobile data is a wristband like any other: its press comes to the platform, and its wearer hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from fake_devices.free_port import free_port
from fake_devices.watch import FakeWatch
from tests.app.center import Band, Center, center
from tests.app.test_commands import replies, send
from tests.simulation.virtual_time import run

DRIVER = "tcp-watch-3g"
WATCH = "8800000015"
IMEI, ID_OF_IMEI = "358800000002345", "0000000234"
AT_HOME = "A,30.5301234,N,120.6812345,E"
FAR_AWAY = "A,30.6,N,120.68,E"
HOME = "[home]\nlatitude = 30.53\nlongitude = 120.68\ngeofence_m = 200\n"
MINUTE_S = 60


def story_of(tmp_path: Path, story: Callable[[Center, int], Awaitable[None]], more: str = "", *, listens: bool = True) -> None:
    """Plays it in a center where watches may call, by id and by IMEI; in real time, which TCP takes some of."""
    asyncio.run(_played(tmp_path, story, more, listens=listens))


def minutes_of(tmp_path: Path, story: Callable[[Center, int], Awaitable[None]], more: str = "") -> None:
    """The same on a virtual clock."""
    run(_played(tmp_path, story, more, listens=True))


async def _played(tmp_path: Path, story: Callable[[Center, int], Awaitable[None]], more: str, *, listens: bool) -> None:
    port = free_port()
    async with center(tmp_path) as place:
        if listens:
            place.roster += [Band(WATCH, DRIVER, "W-015", "5-101"), Band(IMEI, DRIVER, "W-016", "5-102")]
            place.tables = more + listener(port)
        async with place.runs():
            await story(place, port)


def listener(port: int) -> str:
    return f'[[watches]]\nlisten = "127.0.0.1:{port}"\ndriver = "{DRIVER}"\n'


async def says_hello(watch: FakeWatch) -> None:
    watch.says("LK,7,0,64")
    await watch.hears("LK")


def test_a_press_comes_to_the_platform_with_its_place_and_is_answered(tmp_path: Path) -> None:
    async def story(place: Center, port: int) -> None:
        async with FakeWatch(WATCH, port) as watch:
            await says_hello(watch)
            watch.presses(place=AT_HOME)

            alert = await place.alert(kind="sos", wearer="W-015")
            await watch.hears("AL")

        assert alert["priority"] == "critical"
        assert alert["position"]["latitude"] == pytest.approx(30.5301234)

    story_of(tmp_path, story)


def test_an_alarm_that_is_said_again_and_again_is_one_press(tmp_path: Path) -> None:
    async def story(place: Center, port: int) -> None:
        async with FakeWatch(WATCH, port) as watch:
            for _ in range(4):
                watch.presses()
                await watch.hears("AL")
                await asyncio.sleep(40)
            assert [one["event"] for one in place.events(kind="sos", event="raised")] == ["raised"]
            assert place.events(kind="sos", event="updated") == []

            watch.presses(at="010326,081000")
            await place.alert("updated", kind="sos", wearer="W-015")

    minutes_of(tmp_path, story)


@pytest.mark.fault("disk", "a watch presses while the disk hangs", promise="answered when its alert is on the disk")
def test_a_press_is_answered_only_when_its_alert_is_on_the_disk(tmp_path: Path) -> None:
    async def story(place: Center, port: int) -> None:
        async with FakeWatch(WATCH, port) as watch:
            await says_hello(watch)
            place.disk.answers.clear()
            watch.presses()
            await asyncio.sleep(0.5)
            unanswered = list(watch.heard)
            place.disk.answers.set()
            await watch.hears("AL")

        assert unanswered == []

    story_of(tmp_path, story)


def test_a_watch_is_known_by_its_imei_too(tmp_path: Path) -> None:
    async def story(place: Center, port: int) -> None:
        async with FakeWatch(ID_OF_IMEI, port) as watch:
            watch.presses()

            alert = await place.alert(kind="sos", wearer="W-016")

        assert alert["room"] == "5-102"

    story_of(tmp_path, story)


def test_a_watch_that_nobody_enrolled_calls_for_help_as_an_unregistered_device(tmp_path: Path) -> None:
    async def story(place: Center, port: int) -> None:
        async with FakeWatch("1234567890", port) as stranger:
            await says_hello(stranger)
            stranger.says("heart,190")
            stranger.writes(b"[3G*1234567890*0002*nonsense]")
            stranger.presses()

            alert = await place.alert(kind="technical", detail="unregistered_device")

        assert (alert["priority"], alert["device"]) == ("advisory", "1234567890")
        assert place.events(kind="sos") == []
        assert len(place.platform.consumer) == 0

    story_of(tmp_path, story)


def test_a_person_makes_a_watch_measure_and_show_and_hears_where_it_is(tmp_path: Path) -> None:
    async def story(place: Center, port: int) -> None:
        async with FakeWatch(WATCH, port) as watch:
            watch.says(f"WT,010326,080910,{AT_HOME},0,0,0,6,100,70,0,0,00000000,0")
            await says_hello(watch)

            measured = await replies(place, send(place, "measure", wearer="W-015", kind="heart_rate"), 2, within_s=10)
            shown = await replies(place, send(place, "notify", wearer="W-015", signal="help_on_the_way"), 2, within_s=10)
            text = await watch.hears("MESSAGE,")
            ((_, located),) = await replies(place, send(place, "locate", wearer="W-015"), 1, within_s=10)

        assert [status for status, _ in measured] == ["accepted", "done"]
        assert shown == [("accepted", None), ("done", {"band": "shown"})]
        assert bytes.fromhex(text.partition(",")[2]).decode("utf-16-be") == "Help is on the way"
        assert isinstance(located, dict)
        assert located["position"]["latitude"] == pytest.approx(30.5301234)
        assert located["heard"]["by"] == f"watches:{port}"

    story_of(tmp_path, story)


def test_a_watch_that_does_not_obey_or_is_not_there_is_unreachable_within_a_minute(tmp_path: Path) -> None:
    async def story(place: Center, port: int) -> None:
        async with FakeWatch(WATCH, port, obeys=False) as watch:
            await says_hello(watch)
            there = send(place, "notify", wearer="W-015", signal="received")
            away = send(place, "notify", wearer="W-016", signal="received")

            assert await replies(place, there, 2, within_s=61) == [("accepted", None), ("failed", "unreachable")]
            assert await replies(place, away, 2, within_s=61) == [("accepted", None), ("failed", "unreachable")]

    minutes_of(tmp_path, story)


def test_a_watch_that_leaves_the_area_is_told(tmp_path: Path) -> None:
    async def story(place: Center, port: int) -> None:
        async with FakeWatch(WATCH, port) as watch:
            for _ in range(3):
                watch.says(f"WT,010119,000000,{FAR_AWAY},0,0,0,6,100,70,0,0,00000000,0")
                await asyncio.sleep(MINUTE_S)

            alert = await place.alert(kind="geofence")

        assert (alert["wearer"], alert["position"]["latitude"]) == ("W-015", 30.6)

    minutes_of(tmp_path, story, HOME)


def test_a_reload_begins_to_listen_and_ends_it(tmp_path: Path) -> None:
    async def story(place: Center, port: int) -> None:
        assert not await is_open(port)
        place.roster.append(Band(WATCH, DRIVER, "W-015", "5-101"))
        place.tables = listener(port)
        reload(place)
        while not await is_open(port):  # noqa: ASYNC110 (what is looked at has no event)
            await asyncio.sleep(0.1)
        async with FakeWatch(WATCH, port) as watch:
            watch.presses()
            await place.alert(kind="sos", wearer="W-015")

            place.tables = ""
            place.roster.pop()
            reload(place)
            await watch.gone.wait()
        assert not await is_open(port)

    story_of(tmp_path, story, listens=False)


def reload(place: Center) -> None:
    """The file as it is now shall count."""
    place.writes_config()
    place.hang_ups.happened()


async def is_open(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.transport.abort()
    return True


def test_the_heartbeat_tells_how_the_listener_is(tmp_path: Path) -> None:
    async def story(place: Center, port: int) -> None:
        beats = await place.comes(lambda: place.platform.consumer.heartbeats, 90)

        assert beats[-1]["ports"][f"watches:{port}"] == "open"

    minutes_of(tmp_path, story)


def test_a_watch_that_presses_is_silent_later_as_any_band(tmp_path: Path) -> None:
    async def story(place: Center, port: int) -> None:
        async with FakeWatch(WATCH, port) as watch:
            await says_hello(watch)
        await asyncio.sleep(3 * 60 * MINUTE_S)

        await place.alert(kind="silent", wearer="W-015", within_s=24 * 60 * MINUTE_S)

    minutes_of(tmp_path, story)
