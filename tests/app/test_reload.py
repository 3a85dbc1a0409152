"""A reload takes effect at once, disturbs nothing that it does not change, and loses neither a frame nor a message."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from fake_devices.bands.pendant import Pendant
from gateway import logs
from gateway.settings.reading import LOAD
from gateway.sources.recording import recording_to
from gateway.store.connection import Connection
from tests.app.center import HUB_BAND, OTHER_BAND, PENDANT, Band, Center, center
from tests.app.test_wiring import asks, booth, nmea, oximeter, plays, tracker
from tests.simulation.virtual_time import run

FRAMES_PER_S = 200
STREAM_S = 10
NEW_BAND = "C0:FF:EE:00:00:09"


async def reload(place: Center) -> None:
    """SIGHUP, with the configuration as it is now."""
    place.writes_config()
    place.hang_ups.happened()
    await asyncio.sleep(0.5)


async def streams(place: Center, number: int) -> None:
    """So many frames, 200 a second, each with another count of steps."""
    for steps in range(number):
        place.hub.says(OTHER_BAND, steps=steps)
        await asyncio.sleep(1 / FRAMES_PER_S)


def steps_at_platform(place: Center) -> set[int]:
    return {reading["value"] for reading in place.platform.consumer.readings() if reading["kind"] == "steps"}


@pytest.mark.fault("process", "SIGHUP in the midst of frames and messages", promise="none is lost")
def test_a_changed_rule_and_a_changed_room_lose_no_frame_of_a_port_and_no_message(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        total = FRAMES_PER_S * STREAM_S
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(streams(place, total))
            await asyncio.sleep(STREAM_S / 2)
            place.roster[0].room = "5-102"
            place.tables = "[rules.body_temperature]\nwarning_high = 37.5\n"
            await reload(place)
            place.hub.says(HUB_BAND, body_temperature=37.7)
            raised = await place.alert(kind="body_temperature", within_s=5)
        await asyncio.sleep(5)

        assert (raised["room"], raised["rule"]["limit"]) == ("5-102", 37.5)
        assert steps_at_platform(place) == set(range(total))
        assert place.platform.connections == 1
        assert place.platform.consumer.faults == []

    plays(tmp_path, story)


def test_with_the_limits_as_they_were_the_same_temperature_is_no_alert(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.says(HUB_BAND, body_temperature=37.7)
        await asyncio.sleep(10)

        assert place.events(kind="body_temperature") == []

    plays(tmp_path, story)


def test_a_band_that_is_enrolled_over_the_socket_is_heard_within_two_seconds(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.says(NEW_BAND, heart_rate=71)
        await asyncio.sleep(3)
        assert len(place.platform.consumer) == 0

        new: dict[str, object] = {"address": NEW_BAND, "driver": "serial-hub", "wearer": "W-009", "room": "1-101"}
        (answer,) = [line async for line in asks(place, "enroll", new)]
        place.hub.says(NEW_BAND, heart_rate=72)
        await place.comes(lambda: len(place.platform.consumer), within_s=2)

        assert "error" not in answer
        assert [(one["wearer"], one["value"]) for one in place.platform.consumer.readings()] == [("W-009", 72)]
        assert NEW_BAND in place.config.read_text()

    plays(tmp_path, story)


def test_a_band_that_is_enrolled_no_more_is_not_heard(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        (answer,) = [line async for line in asks(place, "unenroll", {"address": HUB_BAND})]
        place.hub.says(HUB_BAND, heart_rate=71)
        place.hub.says(OTHER_BAND, heart_rate=72)
        await asyncio.sleep(5)

        assert "error" not in answer
        assert [reading["wearer"] for reading in place.platform.consumer.readings()] == ["W-002"]

    plays(tmp_path, story)


def test_a_hang_up_while_it_starts_is_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(place: Center) -> None:
        place.hub.presses(HUB_BAND)

        assert (await place.alert(kind="sos", within_s=2))["room"] == "9-999"

    def before(place: Center) -> None:
        connect = place.disk.connect

        async def asked_meanwhile(path: str) -> Connection:
            place.roster[0] = Band(HUB_BAND, "serial-hub", "W-001", "9-999")
            place.writes_config()
            place.hang_ups.happened()
            return await connect(path)

        monkeypatch.setattr(place.disk, "connect", asked_meanwhile)

    plays(tmp_path, story, before)


@pytest.mark.fault("process", "SIGHUP with a faulty configuration", promise="nothing changes, and it says why")
def test_a_faulty_file_changes_nothing_and_says_why(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.roster[0] = Band(HUB_BAND, "no-such-driver", "W-001", "9-999")
        with capture_logs() as logs:
            await reload(place)
        (answer,) = [line async for line in asks(place, "reload")]
        place.hub.presses(HUB_BAND)

        assert (await place.alert(kind="sos", within_s=2))["room"] == "3-201"
        assert any("no-such-driver" in str(line.get("problem")) for line in logs)
        assert "no-such-driver" in answer["error"]

    plays(tmp_path, story)


def test_only_the_port_whose_settings_changed_is_opened_anew(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        total = FRAMES_PER_S * STREAM_S
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(streams(place, total))
            await asyncio.sleep(1)
            first = place.others[str(tmp_path / "tracker")]
            second = place.plugs_in("tracker-2")
            place.tables = tracker(second.path)
            await reload(place)
            first.write(nmea("3031.8000"))
            second.write(nmea("3031.9000"))
        await asyncio.sleep(5)

        positions = [one["value"]["latitude"] for one in place.platform.consumer.readings() if one["kind"] == "position"]
        assert [round(latitude, 4) for latitude in positions] == [30.5317]
        assert steps_at_platform(place) == set(range(total))

    def before(place: Center) -> None:
        place.tables = tracker(place.plugs_in("tracker").path)

    plays(tmp_path, story, before)


def test_another_broker_is_connected_to_and_nothing_is_lost_on_the_way(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        total = FRAMES_PER_S * STREAM_S
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(streams(place, total))
            place.platform.gives_receipts = False
            place.hub.presses(HUB_BAND)
            await asyncio.sleep(1)
            place.mqtt["host"] = "other.example"
            await reload(place)
            place.platform.gives_receipts = True
        await asyncio.sleep(15)

        assert [broker.addresses[0].host for broker in place.platform.brokers] == ["platform.example", "other.example"]
        assert steps_at_platform(place) == set(range(total))
        assert len(place.events(kind="sos", event="raised")) == 1
        assert [heartbeat["seq"] for heartbeat in place.platform.consumer.heartbeats] == [1, 2]
        assert place.platform.consumer.faults == []

    plays(tmp_path, story)


def test_another_store_begins_a_new_life_that_loses_nothing(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.presses(HUB_BAND)
        sos = await place.alert(kind="sos", within_s=2)
        place.store["keep_delivered_days"] = 3
        await reload(place)
        await place.comes(lambda: place.platform.connections == 2)

        resolved = await place.reply(place.platform.commands("resolve", {"alert": sos["id"]}))
        place.hub.says(HUB_BAND, heart_rate=71)
        await place.comes(lambda: len(place.platform.consumer) == 2)

        assert resolved["status"] == "done"

    plays(tmp_path, story)


def test_what_was_enrolled_while_the_gateway_was_starting_is_heard(tmp_path: Path) -> None:
    """Nobody could be told yet: the file had been read, and neither the socket nor SIGHUP was listened to."""

    async def story(place: Center) -> None:
        place.hub.says(NEW_BAND, heart_rate=72)
        await place.comes(lambda: len(place.platform.consumer), within_s=5)

    def before(place: Center) -> None:
        opens = place.disk.connect

        async def connect(path: str) -> Connection:
            if len(place.roster) == 3:
                place.roster.append(Band(NEW_BAND, "serial-hub", "W-009", "1-101"))
                place.writes_config()
                place.hang_ups.happened()
            return await opens(path)

        place.disk.connect = connect  # type: ignore[method-assign]

    plays(tmp_path, story, before)


async def asked(place: Center, verb: str) -> None:
    assert all(["error" not in line async for line in asks(place, verb)])


def test_of_two_reloads_at_once_the_last_word_of_the_file_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(place: Center) -> None:
        in_thread, loads = asyncio.to_thread, count()

        async def the_first_is_slow(work: Callable[..., Any], *args: Any) -> Any:
            found = await in_thread(work, *args)
            if args[:1] == (LOAD,) and next(loads) == 0:
                await asyncio.sleep(1)
            return found

        monkeypatch.setattr(asyncio, "to_thread", the_first_is_slow)
        await reload(place)
        place.roster[0].room = "9-999"
        place.writes_config()
        await asked(place, "reload")
        await asyncio.sleep(1)
        place.hub.presses(HUB_BAND)

        assert (await place.alert(kind="sos", within_s=2))["room"] == "9-999"

    plays(tmp_path, story)


def test_a_running_gateway_stays_with_its_data_folder_and_says_how_to_move_it(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.presses(HUB_BAND)
        sos = await place.alert(kind="sos", within_s=2)
        place.folder_of_data = tmp_path / "ssd"
        with capture_logs() as logs:
            await reload(place)
            (refused,) = [one for line in logs if "data_dir" in (one := str(line.get("problem")))]
        resolved = await place.reply(place.platform.commands("resolve", {"alert": sos["id"]}))

        assert all(word in refused for word in (f"{place.config}:4: ", str(tmp_path / "data"), str(tmp_path / "ssd"), "stop"))
        assert resolved["status"] == "done"
        assert place.platform.connections == 1
        assert not (tmp_path / "ssd").exists()
        place.folder_of_data = None

    plays(tmp_path, story)


def test_the_language_of_alerts_and_the_duty_change_at_once(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.language = "zh-CN"
        place.tables = "[duty]\nreceipt_s = 15\nperson_s = 20\n"
        await reload(place)
        place.hub.presses(HUB_BAND)

        sos = await place.alert(kind="sos", within_s=2)
        await place.alert("escalated", id=sos["id"], level=1, within_s=21)

        assert "紧急" in sos["text"]

    plays(tmp_path, story)


def test_the_advice_of_the_log_speaks_the_new_language_at_once(tmp_path: Path) -> None:
    told = io.StringIO()

    async def story(place: Center) -> None:
        logs.set_up(json=True, language="en", stream=told)
        place.language = "zh-CN"
        await reload(place)
        told.truncate(0)
        place.hub.vanishes()
        await asyncio.sleep(5)

    try:
        plays(tmp_path, story)
    finally:
        structlog.reset_defaults()
        logs.set_language("en")

    (lost,) = [line for line in told.getvalue().splitlines() if "port lost" in line]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in json.loads(lost.strip("\0"))["advice"])


def test_a_device_that_becomes_a_shared_one_belongs_to_who_signs_in_from_then_on(tmp_path: Path) -> None:
    def saturations(place: Center) -> list[str]:
        found = [one for one in place.platform.consumer.readings() if one["kind"] == "oxygen_saturation"]
        return [one["wearer"] for one in found]

    async def measured(place: Center, pendant: Pendant) -> None:
        pendant.presses("press")
        await asyncio.sleep(5)
        place.others[str(tmp_path / "booth")].write(oximeter(97, 71))
        await asyncio.sleep(30)

    async def story(place: Center) -> None:
        async with Pendant(place.air, PENDANT, alive_every_s=0) as pendant:
            await measured(place, pendant)
            place.tables = booth(tmp_path / "booth", shared=True)
            await reload(place)
            await measured(place, pendant)

        assert saturations(place) == ["booth", "W-003"]

    def before(place: Center) -> None:
        place.plugs_in("booth")
        place.roster = [band for band in place.roster if band.address != PENDANT]
        place.tables = booth(tmp_path / "booth", shared=False)

    plays(tmp_path, story, before)


def test_what_was_recorded_gives_the_same_readings_when_it_is_played_back(tmp_path: Path) -> None:
    values: list[list[object]] = []

    def readings(place: Center) -> list[object]:
        return [(one["wearer"], one["kind"], one["value"]) for one in place.platform.consumer.readings()]

    async def first(place: Center) -> None:
        with recording_to(tmp_path / "frames", "xishan-01", place.clock) as place.recording:
            async with place.runs():
                for beats in (71, 72, 73):
                    place.hub.says(HUB_BAND, heart_rate=beats)
                    await asyncio.sleep(2)
                place.hub.presses(HUB_BAND)
                await place.alert(kind="sos", within_s=2)
                await asyncio.sleep(2)
        values.append(readings(place))

    async def second(place: Center) -> None:
        place.play = tmp_path / "frames"
        async with place.runs():
            await place.alert(kind="sos", within_s=30)
            await asyncio.sleep(2)
        values.append(readings(place))

    for name, story in (("first", first), ("second", second)):
        (tmp_path / name).mkdir()
        run(alone(tmp_path / name, story))

    assert values[0] == values[1]
    assert len(values[0]) == 4


async def alone(folder: Path, story: Callable[[Center], object]) -> None:
    async with center(folder) as place:
        await story(place)  # type: ignore[misc]
