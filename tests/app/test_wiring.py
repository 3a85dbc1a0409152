"""The composed application on a virtual clock: each job that it starts has a consequence that somebody sees.

Where one of them is not started, or two parts are not connected, the test of that name is red.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import socket
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from fake_devices.bands.pendant import SERVICE, Pendant
from fake_devices.ble_link import advertising_data
from gateway.logs import redact
from gateway.settings.machine import unit
from gateway.store import alert_rows
from tests.app.center import HUB_BAND, OTHER_BAND, PENDANT, Center, center
from tests.simulation.virtual_time import run

Story = Callable[[Center], Awaitable[None]]
MINUTE_S = 60
VERSION_3 = 0x60  # of BTHome, which nobody knows yet
WHAT_LIES = ["text", "a folder", "a FIFO"]


def plays(folder: Path, story: Story, before: Callable[[Center], None] = lambda place: None) -> None:
    """The story, while the gateway runs. `before`: what is set up first."""

    async def whole() -> None:
        async with center(folder) as place:
            before(place)
            async with place.runs():
                await story(place)

    run(whole())


# --- the upper half ---------------------------------------------------------------------------------------------------


def test_the_job_of_the_ports_brings_a_press_to_the_platform(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.presses(HUB_BAND)

        sos = await place.alert(kind="sos", within_s=2)

        assert (sos["wearer"], sos["room"], sos["priority"]) == ("W-001", "3-201", "critical")

    plays(tmp_path, story)


def test_the_job_of_the_radio_brings_a_press_to_the_platform(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        async with Pendant(place.air, PENDANT) as pendant:
            pendant.presses()

            sos = await place.alert(kind="sos", within_s=5)

        assert (sos["wearer"], sos["room"]) == ("W-003", "3-203")

    plays(tmp_path, story)


def test_what_the_driver_of_a_band_does_not_know_is_told_once_and_its_presses_still_come(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        async with Pendant(place.air, PENDANT) as pendant:
            with capture_logs() as lines:
                pendant.insists(advertising_data.build(service_data={SERVICE: bytes((VERSION_3,)) + b"\x01"}), 20, 0.1)
                await asyncio.sleep(10)
            pendant.presses()

            sos = await place.alert(kind="sos", within_s=5)

        told = [line for line in lines if line["event"] == "frame not understood"]
        assert [line["device"] for line in told] == [PENDANT]
        assert sos["wearer"] == "W-003"

    plays(tmp_path, story)


def test_the_job_of_unregistered_devices_tells_of_many_once_a_minute_and_clears_by_itself(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.presses("C0:00:00:00:FF:FF", records=1)
        first = await place.alert(kind="technical", within_s=2)
        for number in range(199):
            place.hub.presses(f"C0:00:00:00:00:{number:02X}", records=1)
        place.hub.presses(HUB_BAND)
        sos = await place.alert(kind="sos", within_s=2)
        await asyncio.sleep(MINUTE_S - 5)
        told = place.events(kind="technical")
        second = await place.alert(event="updated", kind="technical", within_s=10)
        cleared = await place.alert(event="cleared", kind="technical", within_s=12 * MINUTE_S)

        assert sos["wearer"] == "W-001"
        assert [event["event"] for event in told] == ["raised"]
        assert first["id"] == second["id"] == cleared["id"]
        assert (
            "unregistered devices call for help: 200, the newest C0:00:00:00:00:C6; find out at once whose they are."
            in second["text"]
        )
        faults = [fault["fault"] for fault in place.platform.consumer.heartbeats[2]["faults"]]
        assert "unregistered_device" in faults

    plays(tmp_path, story)


# --- the lower half, job by job ---------------------------------------------------------------------------------------


def test_the_job_of_the_readings_commits_them_within_a_second_and_the_uplink_sends_them(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.says(HUB_BAND, heart_rate=71)

        reading = await place.comes(lambda: next(iter(place.platform.consumer.readings()), None), within_s=3)

        assert reading is not None
        assert (reading["kind"], reading["value"], reading["wearer"]) == ("heart_rate", 71, "W-001")

    plays(tmp_path, story)


@pytest.mark.fault("disk", "the disk refuses an alert", promise="it is told at once, and written when the disk takes it")
def test_the_job_of_the_alerts_tries_again_what_the_disk_refused(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.disk.full_for = "alerts.db"
        place.hub.presses(HUB_BAND)
        await place.alert(kind="sos", within_s=2)  # told all the same
        assert open_on_disk(place) == 0

        place.disk.full_for = None
        await asyncio.sleep(6)

        assert open_on_disk(place) == 1

    plays(tmp_path, story)


def open_on_disk(place: Center) -> int:
    """How many open alerts of people another reader of the file would find now."""
    folder = Path(tempfile.mkdtemp(dir=place.folder))
    for name in ("alerts.db", "alerts.db-wal"):
        shutil.copy(place.data / name, folder)
    with contextlib.closing(sqlite3.connect(folder / "alerts.db")) as copy:
        found = alert_rows.alerts(copy.execute("SELECT * FROM alert WHERE open = 1"))
    return sum(alert.kind != "technical" for alert in found)


def test_the_job_of_the_retention_forgets_what_was_delivered_long_ago(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.says(HUB_BAND, heart_rate=71)
        await place.comes(lambda: len(place.platform.consumer), within_s=5)
        assert await batches(place) == 1

        await asyncio.sleep(2 * 3600)

        assert await batches(place) == 0

    plays(tmp_path, story, lambda place: place.store.update(keep_delivered_days=0))


async def batches(place: Center) -> int:
    lines = [line async for line in asks(place, "export", {"what": "readings"})]
    return len(lines) - 1  # the last says that it is done


def test_the_job_of_the_rules_notices_that_no_second_measurement_came(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.says(HUB_BAND, blood_pressure=(192, 110))
        await place.alert(kind="blood_pressure", unconfirmed=True, within_s=2)

        told = await place.alert("updated", kind="blood_pressure", detail="could_not_confirm", within_s=11 * MINUTE_S)

        assert told["unconfirmed"] is True

    plays(tmp_path, story)


def test_the_job_of_the_ladder_tells_when_nobody_answers(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.presses(HUB_BAND)
        raised = await place.alert(kind="sos", within_s=2)

        level_1 = await place.alert("escalated", id=raised["id"], level=1, within_s=61)
        level_2 = await place.alert("escalated", id=raised["id"], level=2, within_s=121)

        assert level_1["at"] < level_2["at"]

    plays(tmp_path, story)


def test_the_job_of_the_self_test_tries_the_ways_at_its_time(tmp_path: Path) -> None:
    def before(place: Center) -> None:
        place.tables = '[duty]\nself_test = "14:20"\n'  # it begins at 14:16 of Shanghai

    async def story(place: Center) -> None:
        told = await place.alert(kind="technical", detail="self_test", within_s=5 * MINUTE_S)

        assert told["test"] is True
        assert place.clock.wall_ms() % 3_600_000 >= 20 * 60_000

    plays(tmp_path, story, before=before)


def test_the_self_test_of_a_day_is_not_done_twice_over_a_restart(tmp_path: Path) -> None:
    async def whole() -> None:
        async with center(tmp_path) as place:
            place.tables = '[duty]\nself_test = "14:20"\n'
            async with place.runs():
                await place.alert(kind="technical", detail="self_test", within_s=5 * MINUTE_S)
            async with place.runs():
                await asyncio.sleep(5 * MINUTE_S)

            assert len(place.events(event="raised", detail="self_test")) == 1

    run(whole())


def test_what_is_counted_at_the_end_is_not_counted_anew(tmp_path: Path) -> None:
    async def whole() -> None:
        async with center(tmp_path) as place:
            place.tables = "[supervision]\nsilent_warning_min = 3\n"
            async with place.runs():
                for _ in range(165):
                    place.hub.says(OTHER_BAND, heart_rate=70)
                    await asyncio.sleep(1)
            async with place.runs():
                for _ in range(40):
                    place.hub.says(OTHER_BAND, heart_rate=70)
                    await asyncio.sleep(1)

            assert {one["device"] for one in place.events(kind="silent")} == {HUB_BAND}

    run(whole())


def test_the_job_of_silent_ports_gives_the_last_value_of_a_device_that_falls_silent(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        line = place.others[str(tmp_path / "tracker")]
        line.write(nmea("3031.8000") + nmea("3031.9000"))  # two within a second: the first is kept, one is held back

        await asyncio.sleep(15)

        latitudes = [round(reading["value"]["latitude"], 4) for reading in place.platform.consumer.readings()]
        assert latitudes == [30.53, 30.5317]

    def before(place: Center) -> None:
        place.tables = tracker(place.plugs_in("tracker").path)

    plays(tmp_path, story, before)


def tracker(port: Path) -> str:
    return f"""
[[serial]]
name = "tracker"
port = "{port}"
driver = "nmea-position"
[[wristband]]
address = "02:00:00:00:00:01"
driver = "nmea-position"
wearer = "van"
port = "tracker"
"""


def nmea(latitude: str) -> bytes:
    """A fix near Haining, as NMEA 0183 tells it: checksum is the exclusive or of what stands between $ and *."""
    body = f"GPGGA,032109.00,{latitude},N,12040.8000,E,1,08,1.0,5.0,M,0.0,M,,"
    check = 0
    for letter in body.encode():
        check ^= letter
    return f"${body}*{check:02X}\r\n".encode()


@pytest.mark.fault("ports and radio", "a port is lost while the gateway runs", promise="told, and its return")
def test_the_job_of_the_health_tells_of_a_port_that_is_lost_and_of_its_return(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.vanishes()
        lost = await place.alert(kind="technical", detail="port_lost", within_s=60)
        place.hub.comes_back()
        over = await place.alert("cleared", kind="technical", detail="port_lost", within_s=60)

        assert lost["device"] == over["device"] == "hall-hub"

    plays(tmp_path, story)


def test_the_job_of_the_wearers_makes_the_band_show_that_the_call_was_received(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.presses(HUB_BAND)

        await place.hub.vibrates(HUB_BAND, "short", limit_s=5)

    plays(tmp_path, story)


def test_the_job_of_the_uplink_says_that_the_gateway_is_there_and_how_it_is(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        await asyncio.sleep(61)

        heartbeats = place.platform.consumer.heartbeats
        assert [status["state"] for status in place.platform.consumer.statuses] == ["online"]
        assert [heartbeat["seq"] for heartbeat in heartbeats] == [1, 2]
        assert heartbeats[1]["ports"] == {"hall-hub": "open"}
        assert heartbeats[1]["adapters"] == {"hci0": "silent"}
        assert heartbeats[1]["links"]["mqtt"]["state"] == "connected"

    plays(tmp_path, story)


def test_the_job_of_the_control_socket_answers_scripts(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.says(HUB_BAND, heart_rate=71, battery=88)
        await asyncio.sleep(1)

        (status,) = [line async for line in asks(place, "status")]

        assert status["running"] is True
        band = next(band for band in status["bands"] if band["address"] == HUB_BAND)
        assert band["battery"] == 88
        assert {reading["kind"]: reading["value"] for reading in band["last"]} == {"heart_rate": 71, "battery": 88}
        assert status["ports"] == {"hall-hub": "open"}

    plays(tmp_path, story)


def test_of_who_was_erased_nothing_is_known_any_more(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.says(HUB_BAND, heart_rate=71)
        await place.comes(lambda: len(place.platform.consumer) == 1)
        (before,) = [line async for line in asks(place, "status")]

        (erased,) = [line async for line in asks(place, "erase", {"wearer": "W-001"})]
        (after,) = [line async for line in asks(place, "status")]

        assert erased["readings"] == 1
        assert [[len(band["last"]) for band in status["bands"]] for status in (before, after)] == [[1, 0, 0], [0, 0, 0]]

    plays(tmp_path, story)


async def asks(place: Center, verb: str, args: dict[str, object] | None = None) -> Any:
    """What the control socket answers, line by line."""
    reader, writer = await asyncio.open_unix_connection(str(place.data / "control"))
    writer.write(json.dumps({"verb": verb, "args": args or {}}).encode() + b"\n")
    done = False
    while not done:
        line = json.loads(await reader.readline())
        done = line.get("done", False)
        yield line
    writer.close()


def test_the_job_of_the_watchdog_tells_systemd_that_it_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "60000000")
        monkeypatch.delenv("WATCHDOG_PID", raising=False)

        async def story(place: Center) -> None:
            await asyncio.sleep(100)
            lives = [systemd.recv(100) for _ in range(4)]
            assert lives == [b"WATCHDOG=1"] * 4

            place.disk.answers.clear()  # the thread of a database hangs: nothing is said any more
            await asyncio.sleep(100)
            with pytest.raises(BlockingIOError):
                systemd.recv(100)
            place.disk.answers.set()

        plays(tmp_path, story)


def test_before_anything_else_a_life_says_that_the_sandbox_keeps_its_data_from_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if systemd had started this process by the unit that is shipped; the folder of a test is beneath /tmp."""
    monkeypatch.setattr(unit, "of_this_process", lambda _root: unit.read([Path("systemd/lifering.service").read_text()]))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))

        async def story(_place: Center) -> None:
            assert b"STATUS=the service has a" in systemd.recv(4096)

        plays(tmp_path, story)


def test_the_job_that_waits_for_the_end_says_so_to_the_platform(tmp_path: Path) -> None:
    async def whole() -> None:
        async with center(tmp_path) as place:
            async with place.runs():
                await place.comes(lambda: place.platform.consumer.statuses)

            assert [status["state"] for status in place.platform.consumer.statuses] == ["online", "stopping"]

    run(whole())


# --- what is connected with what --------------------------------------------------------------------------------------


def test_nothing_is_due_before_the_alert_is_on_the_disk(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.disk.answers.clear()
        place.hub.presses(HUB_BAND)
        place.hub.says(OTHER_BAND, heart_rate=71)
        await asyncio.sleep(30)

        assert place.events(kind="sos") == []
        assert place.hub.asked == []
        assert "button" not in {reading["kind"] for reading in place.platform.consumer.readings()}

        place.disk.answers.set()
        await place.alert(kind="sos", within_s=5)

    plays(tmp_path, story)


def test_a_receipt_ends_the_delivery_and_without_one_the_alert_comes_again(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.platform.gives_receipts = False
        place.hub.presses(HUB_BAND)
        sos = await place.alert(kind="sos", within_s=2)
        await asyncio.sleep(35)
        key = f"{sos['id']}#{sos['seq']}"
        assert sum(arrival.id == key for arrival in place.platform.consumer.arrivals) in (3, 4, 5)

        place.platform.gives_receipts = True
        await asyncio.sleep(15)
        came = len(place.platform.consumer.arrivals)
        await asyncio.sleep(40)

        assert [one for one in place.platform.consumer.arrivals[came:] if one.id == key] == []

    plays(tmp_path, story)


def test_a_command_is_answered_and_the_band_shows_that_help_is_on_the_way(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.presses(HUB_BAND)
        sos = await place.alert(kind="sos", within_s=2)

        dispatched = await place.reply(place.platform.commands("dispatch", {"alert": sos["id"]}))
        await place.hub.vibrates(HUB_BAND, "long")
        resolved = await place.reply(place.platform.commands("resolve", {"alert": sos["id"]}))
        unknown = await place.reply(place.platform.commands("sing", {}))

        assert (dispatched["status"], dispatched["result"]["workflow"]) == ("done", "dispatched")
        assert (resolved["status"], resolved["result"]["workflow"]) == ("done", "resolved")
        assert (unknown["status"], unknown["reason"]) == ("rejected", "unknown verb")

    plays(tmp_path, story)


def test_the_control_socket_and_the_platform_use_one_router(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.presses(HUB_BAND)
        sos = await place.alert(kind="sos", within_s=2)

        (answer,) = [line async for line in asks(place, "acknowledge", {"alert": sos["id"]})]
        event = await place.alert("acknowledged", id=sos["id"], within_s=5)

        assert answer["status"] == "done"
        assert event["actor"]

    plays(tmp_path, story)


def test_an_alert_that_is_open_survives_a_restart_and_the_same_press_is_no_other(tmp_path: Path) -> None:
    async def whole() -> None:
        async with center(tmp_path) as place, Pendant(place.air, PENDANT, alive_every_s=0) as pendant:
            async with place.runs():
                pendant.presses(frames=600)
                sos = await place.alert(kind="sos", within_s=5)
            async with place.runs():  # the pendant still tells of the press
                await asyncio.sleep(5)
                closed = await place.reply(place.platform.commands("resolve", {"alert": sos["id"]}))

            assert closed["status"] == "done"
            told = [event["event"] for event in place.events(kind="sos", id=sos["id"])]
            assert told == ["raised", "resolved"]  # another press would have been an update

    run(whole())


def test_what_rules_had_seen_survives_a_restart(tmp_path: Path) -> None:
    async def whole() -> None:
        async with center(tmp_path) as place:
            async with place.runs():
                place.hub.says(HUB_BAND, blood_pressure=(192, 110))
                await place.alert(kind="blood_pressure", unconfirmed=True, within_s=2)
            async with place.runs():
                await asyncio.sleep(90)
                place.hub.says(HUB_BAND, blood_pressure=(190, 108))
                confirmed = await place.alert("updated", kind="blood_pressure", unconfirmed=False, within_s=5)

            assert confirmed["rule"]["limit"] == 180

    run(whole())


@pytest.mark.parametrize("put", [lambda path: path.write_bytes(b"no database" * 100), Path.mkdir, os.mkfifo], ids=WHAT_LIES)
@pytest.mark.parametrize("name", ["alerts.db", "readings.db"])
@pytest.mark.fault(
    "disk", "something else lies in the place of a file of the store", promise="both ears are open, and it is told"
)
def test_whatever_lies_in_the_place_of_a_file_both_ears_are_open_and_it_is_told(
    tmp_path: Path, name: str, put: Callable[[Path], object]
) -> None:
    async def whole() -> None:
        async with center(tmp_path) as place:
            place.data.mkdir()
            put(place.data / name)
            async with place.runs():
                told = await place.alert(kind="technical", detail="store_repaired", within_s=5)
                place.hub.presses(HUB_BAND)
                await place.alert(kind="sos", wearer="W-001", within_s=2)
                async with Pendant(place.air, PENDANT) as pendant:
                    pendant.presses()
                    await place.alert(kind="sos", wearer="W-003", within_s=5)

            assert (told["priority"], told["device"].partition(" ")[0]) == ("warning", name)

    run(whole())


def test_a_press_signs_in_at_the_shared_device_and_its_clock_is_of_this_place(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        async with Pendant(place.air, PENDANT, alive_every_s=0) as pendant:
            pendant.presses("press")
            await asyncio.sleep(5)
        place.others[str(tmp_path / "booth")].write(oximeter(97, 71))

        saturation = await place.comes(
            lambda: next((one for one in place.platform.consumer.readings() if one["kind"] == "oxygen_saturation"), None), 10
        )

        assert saturation is not None
        assert saturation["wearer"] == "W-003"
        assert saturation["at"] == "2026-11-24T06:16:41.000Z"  # the device says 14:16:41, in Haining

    def before(place: Center) -> None:
        place.plugs_in("booth")
        place.roster = [band for band in place.roster if band.address != PENDANT]
        place.tables = booth(tmp_path / "booth", shared=True)

    plays(tmp_path, story, before)


def booth(port: Path, *, shared: bool) -> str:
    """An oximeter in the hall, and a pendant whose short press calls nobody."""
    return f"""
[[serial]]
name = "booth"
port = "{port}"
driver = "masimo-ascii"
shared = {str(shared).lower()}
[[wristband]]
address = "02:00:00:00:00:01"
driver = "masimo-ascii"
wearer = "booth"
port = "booth"
[[wristband]]
address = "{PENDANT}"
driver = "bthome"
wearer = "W-003"
room = "3-203"
sos_button = ["long_press"]
"""


def oximeter(saturation: int, pulse: int) -> bytes:
    """A line of the ASCII protocol of Masimo oximeters."""
    return (
        f"11/24/26 14:16:41 SN=0000012345 SPO2={saturation:03}% BPM={pulse:03} PI=04.51% SPCO=--.-% SPMET=--.-%"
        f" DESAT=-- PIDELTA=+-- ALARM=0000 EXC=000000\r\n"
    ).encode()


@pytest.mark.fault("disk", "the disk refuses the last commit at the end", promise="what is lost is said with its number")
def test_what_the_disk_does_not_take_at_the_end_is_said(tmp_path: Path) -> None:
    async def whole() -> None:
        async with center(tmp_path) as place:
            with capture_logs() as logs:
                async with place.runs():
                    place.disk.full_for = "readings.db"
                    place.platform.goes_away()
                    place.hub.says(HUB_BAND, heart_rate=71)
                    await asyncio.sleep(0.5)

            (said,) = [line for line in logs if line["event"] == "the disk did not take everything"]
            assert (said["unsent_readings"], said["alerts"]) == (1, 0)
            assert redact(None, "error", {**said}) == said

    run(whole())


def test_what_was_not_delivered_before_a_restart_is_delivered_after_it_and_the_ladder_goes_on(tmp_path: Path) -> None:
    async def whole() -> None:
        async with center(tmp_path) as place:
            async with place.runs():
                place.platform.goes_away()
                place.hub.presses(HUB_BAND)
                await asyncio.sleep(10)
            place.platform.comes_back()
            async with place.runs():
                sos = await place.alert(kind="sos", within_s=5)
                await place.alert("escalated", id=sos["id"], level=1, within_s=61)

            assert sos["event"] == "raised"

    run(whole())


def test_a_wearer_who_was_out_of_reach_is_told_as_soon_as_the_gateway_is_there_again(tmp_path: Path) -> None:
    async def whole() -> None:
        async with center(tmp_path) as place:
            place.hub.out_of_reach.add(HUB_BAND)
            async with place.runs():
                place.hub.presses(HUB_BAND)
                sos = await place.alert(kind="sos", within_s=2)
                await place.reply(place.platform.commands("dispatch", {"alert": sos["id"]}))
                await place.alert("updated", id=sos["id"])
            place.hub.out_of_reach.clear()
            async with place.runs():
                await place.hub.vibrates(HUB_BAND, "long", limit_s=5)

    run(whole())


def test_a_data_folder_that_vanishes_silences_nobody(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        shutil.rmtree(place.data)
        place.hub.says(OTHER_BAND, heart_rate=71)
        await asyncio.sleep(5)
        place.hub.presses(HUB_BAND)

        await place.alert(kind="sos", within_s=5)
        await asyncio.sleep(61)  # and how the gateway is goes on being told

        assert place.platform.consumer.heartbeats[-1]["disk"]["state"] == "ok"
        assert open_on_disk(place) == 1

    plays(tmp_path, story)


@pytest.mark.fault("disk", "a data folder that cannot be made", promise="calls are heard and told")
def test_a_data_folder_that_cannot_be_made_silences_nobody(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.presses(HUB_BAND)

        await place.alert(kind="sos", within_s=5)
        await place.alert(kind="technical", detail="working_in_memory", within_s=60)

    def before(place: Center) -> None:
        place.data.symlink_to(tmp_path / "a disk that is not mounted")

    plays(tmp_path, story, before)
