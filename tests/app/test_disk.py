"""A disk that refuses, at the start or while the gateway runs: told out of memory, tried again, moved in when it is back."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.store.export import verify
from gateway.store.opening import open_stores
from tests.app.center import GATEWAY, HUB_BAND, OTHER_BAND, Center, center
from tests.app.test_wiring import plays
from tests.gateway.store.inline import connect_inline
from tests.simulation.virtual_time import VirtualClock, run

AT_THE_START, RUNNING = "it is dead at the start", "it dies while it runs"


async def dies(place: Center, *, mute: bool = False) -> None:
    place.disk.dead, place.disk.mute = True, mute


async def comes_back(place: Center) -> None:
    """And the gateway has seen it."""
    place.disk.dead = place.disk.mute = False
    await asyncio.sleep(11)


def counts(place: Center) -> Mapping[str, int]:
    found: Mapping[str, int] = place.platform.consumer.heartbeats[-1]["counts"]
    return found


async def says(place: Center, *values: int) -> None:
    for value in values:
        place.hub.says(HUB_BAND, heart_rate=value)
        await asyncio.sleep(1)


def values(place: Center) -> list[int]:
    return [one["value"] for one in place.platform.consumer.readings() if one["kind"] == "heart_rate"]


def restarts(folder: Path, story: Callable[[Center], Awaitable[None]]) -> None:
    """A story of more than one run of the gateway."""

    async def whole() -> None:
        async with center(folder) as place:
            await story(place)

    run(whole())


async def is_sound(place: Center) -> None:
    """What lies on the disk now holds: both equations, and the chain of events."""
    stores = await open_stores(place.data, GATEWAY, VirtualClock(), connect=connect_inline)
    assert await stores.readings.audit() == []
    assert (await verify(stores.alerts)).broken is None
    assert (stores.readings.fault, stores.alerts.fault) == ("", "")
    await stores.close()


@pytest.mark.parametrize("mute", [False, True], ids=["it can be read", "it cannot even be read"])
@pytest.mark.parametrize("when", [AT_THE_START, RUNNING])
def test_alerts_and_readings_are_told_while_the_disk_is_dead_and_lie_on_it_when_it_is_back(
    tmp_path: Path, when: str, mute: bool
) -> None:
    async def story(place: Center) -> None:
        if when == AT_THE_START:
            async with place.runs():
                await says(place, 60)
                await place.comes(lambda: values(place) == [60])
            await dies(place, mute=mute)
        async with place.runs():
            if when == RUNNING:
                await says(place, 60)
                await dies(place, mute=mute)
            place.hub.presses(HUB_BAND)
            sos = await place.alert(kind="sos", within_s=2)
            await says(place, 61, 62, 63)
            await place.comes(lambda: values(place) == [60, 61, 62, 63], within_s=3)
            place.platform.goes_away()
            place.hub.presses(OTHER_BAND)
            await says(place, 64, 65)

            await comes_back(place)
            place.platform.comes_back()

            other = await place.alert(kind="sos", wearer="W-002", within_s=70)
            resolved = await place.reply(place.platform.commands("resolve", {"alert": sos["id"]}))
            await place.comes(lambda: sorted(values(place)) == [60, 61, 62, 63, 64, 65], within_s=70)

        assert resolved["status"] == "done"
        place.platform.goes_away()
        async with place.runs():
            place.platform.comes_back()
            closed = await place.reply(place.platform.commands("resolve", {"alert": other["id"]}), within_s=70)
        assert closed["status"] == "done"
        assert place.platform.consumer.faults == []
        assert len({event["id"] for event in place.events(kind="sos")}) == 2
        await is_sound(place)

    restarts(tmp_path, story)


@pytest.mark.fault(
    "disk", "the disk comes back under a gateway that holds everything in memory", promise="every band is heard meanwhile"
)
def test_nothing_is_deaf_while_a_disk_that_died_under_it_comes_back(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        await says(place, 60)
        for _ in range(3):
            await dies(place)
            await says(place, 61)
            await comes_back(place)

        assert place.platform.connections == 1, "the same life"

    plays(tmp_path, story)


@pytest.mark.fault("disk", "readings that no disk takes", promise="the account adds up, and says what is held")
def test_the_account_of_what_is_held_is_told_and_holds(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        await dies(place)
        await says(place, 61, 62, 63)
        await asyncio.sleep(61)
        held = counts(place)
        await comes_back(place)
        await asyncio.sleep(61)

        assert (held["received"], held["stored"], held["delivered"], held["pending"]) == (3, 3, 3, 0)
        assert counts(place) == held

    plays(tmp_path, story)


@pytest.mark.parametrize("gone", ["alerts.db", "readings.db", "alerts.db-wal", "."])
@pytest.mark.fault("disk", "a file of the store is deleted while it is open", promise="it is written anew, and told")
def test_a_file_of_the_store_that_is_removed_under_it_is_written_anew_and_told(tmp_path: Path, gone: str) -> None:
    async def story(place: Center) -> None:
        async with place.runs():
            place.hub.presses(HUB_BAND)
            sos = await place.alert(kind="sos", within_s=2)
            place.platform.goes_away()
            await says(place, 61, 62)
            place.hub.presses(OTHER_BAND)
            await asyncio.sleep(6)
            if gone == ".":
                shutil.rmtree(place.data)
            else:
                (place.data / gone).unlink()
            await says(place, 63)
            await asyncio.sleep(11)
            place.platform.comes_back()
            await place.alert(kind="technical", detail="store_repaired", within_s=70)

        place.platform.goes_away()
        async with place.runs():
            place.platform.comes_back()
            other = await place.alert(kind="sos", wearer="W-002", within_s=70)
            for alert in (sos, other):
                reply = await place.reply(place.platform.commands("resolve", {"alert": alert["id"]}), within_s=70)
                assert reply["status"] == "done"
            await place.comes(lambda: sorted(values(place)) == [61, 62, 63], within_s=70)

        assert place.platform.consumer.faults == []
        await is_sound(place)

    restarts(tmp_path, story)


@pytest.mark.fault("disk", "readings.db is gone at a start", promise="told once, not at each start that follows")
def test_a_file_that_is_gone_at_a_start_is_told_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with center(tmp_path) as place:
            async with place.runs():
                await says(place, 71)
                await place.comes(lambda: place.platform.consumer.readings())
            (place.data / "readings.db").unlink()
            async with place.runs():
                await place.alert(kind="technical", detail="store_repaired")
            told = len(place.events(detail="store_repaired"))
            async with place.runs():
                await asyncio.sleep(120)
            assert [one["event"] for one in place.events(detail="store_repaired")[told:]] in ([], ["cleared"])

    run(story())


def test_a_file_that_is_removed_just_before_the_end_is_written_anew_too(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.platform.goes_away()
        async with place.runs():
            place.hub.presses(HUB_BAND)
            await asyncio.sleep(7)
            (place.data / "alerts.db").unlink()
            place.hub.presses(OTHER_BAND)
            await asyncio.sleep(1)
        async with place.runs():
            place.platform.comes_back()
            await place.alert(kind="sos", wearer="W-001", within_s=70)
            await place.alert(kind="sos", wearer="W-002", within_s=70)

    restarts(tmp_path, story)


@pytest.mark.fault("disk", "the disk comes back a moment before SIGTERM", promise="everything that was held is on it")
def test_a_disk_that_comes_back_just_before_the_end_takes_everything(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.platform.goes_away()
        await dies(place)
        with capture_logs() as logs:
            async with place.runs():
                place.hub.presses(HUB_BAND)
                await says(place, 61)
                place.disk.dead = False
        assert "the disk did not take everything" not in {line["event"] for line in logs}
        async with place.runs():
            place.platform.comes_back()
            await place.alert(kind="sos", wearer="W-001", within_s=70)
            await place.comes(lambda: values(place) == [61], within_s=70)
        await is_sound(place)

    restarts(tmp_path, story)


@pytest.mark.parametrize("by", ["a stop", "another life"])
@pytest.mark.fault(
    "disk",
    "stopped while a slow disk has not taken an alert yet",
    promise="the alert and what waits behind it are there after the restart",
)
def test_what_waits_behind_an_alert_that_a_slow_disk_has_not_taken_yet_is_there_after(tmp_path: Path, by: str) -> None:
    async def story(place: Center) -> None:
        place.platform.goes_away()
        async with place.runs():
            await says(place, 60)
            place.disk.answers.clear()
            place.hub.presses(HUB_BAND)
            await says(place, 61, 62)
            asyncio.get_running_loop().call_later(6, place.disk.answers.set)
            if by == "another life":
                place.store["keep_delivered_days"] = 6
                place.writes_config()
                place.hang_ups.happened()
                await asyncio.sleep(20)
        async with place.runs():
            place.platform.comes_back()
            await place.alert(kind="sos", wearer="W-001", within_s=70)
            await place.comes(lambda: values(place) == [60, 61, 62], within_s=70)

    restarts(tmp_path, story)


def test_no_look_at_a_folder_that_is_gone_ends_anything(tmp_path: Path) -> None:
    """Its room, in the heartbeat, in the commit and the retention of each minute; its socket, at the end."""

    async def story(place: Center) -> None:
        await says(place, 61)
        shutil.rmtree(place.data)
        place.data.write_text("in the place of the folder")
        await says(place, 62)
        place.hub.presses(HUB_BAND)
        await place.alert(kind="sos", within_s=2)
        await asyncio.sleep(130)

        assert values(place) == [61, 62]
        assert len(place.platform.consumer.heartbeats) >= 3
        assert place.platform.consumer.heartbeats[-1]["disk"]["state"] == "gone"
        await place.alert(kind="technical", detail="disk", within_s=1)

    plays(tmp_path, story)
