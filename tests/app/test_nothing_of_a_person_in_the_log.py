"""Planted values go every way through the whole gateway, and much goes wrong: none of them stands in a line, at any level.

What the daemon prints where it dies of a bug is tried in `tests/system/test_log_of_a_daemon.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from fake_devices import serial_hub_frames as frames
from fake_devices.bands.pendant import SERVICE, Pendant
from fake_devices.bands.thermometer import Thermometer
from fake_devices.ble_link import advertising_data
from fake_devices.serial_hub_frames import RecordValues
from fake_devices.watch import FakeWatch
from gateway.logs import redact
from tests.app.center import HUB_BAND, OTHER_BAND, PENDANT, Band, Center
from tests.app.test_watches import WATCH, says_hello, story_of
from tests.app.test_wiring import asks, plays
from tests.planted import NAMES, POSITION, PRESSURE, TEMPERATURE, found

NAME = NAMES[1]
METER = "C0:FF:EE:00:00:31"
HUNDREDTHS = round(TEMPERATURE * 100).to_bytes(2, "little")
TOLD = RecordValues(
    heart_rate=PRESSURE[0],
    blood_pressure=PRESSURE,
    body_temperature=TEMPERATURE,
    skin_temperature=TEMPERATURE,
    position=(*POSITION, 12, 0),
)


def lines_hold(lines: Sequence[Any], *events: str) -> None:
    """So much was said, and nothing of a person in it."""
    assert set(events) <= {line["event"] for line in lines}
    assert found(repr([redact(None, "", dict(line)) for line in lines])) == []


def skin(hundredths: bytes) -> bytes:
    return advertising_data.build(service_data={SERVICE: b"\x44\x00\x07\x02" + hundredths + b"\x3a\x01"})


@pytest.mark.fault("bytes from outside", "odd values through every way in, whole and broken", promise="no log line holds one")
def test_what_bands_tell_stands_in_no_line(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        whole = frames.record(HUB_BAND, 77, TOLD)
        async with Pendant(place.air, PENDANT) as pendant, Thermometer(place.air, METER) as meter:
            place.hub.says(HUB_BAND, **TOLD)
            place.hub.presses(HUB_BAND, **TOLD)
            place.hub.falls(OTHER_BAND, **TOLD)
            place.hub.says("C0:00:00:00:00:01", **TOLD)  # a stranger's
            for cut in range(1, len(whole)):
                place.hub.noise(whole[:cut] + b"\0")
            place.hub.advertises(PENDANT, skin(HUNDREDTHS))
            pendant.insists(skin(HUNDREDTHS), 5, 0.1)
            pendant.insists(skin(HUNDREDTHS)[:-3], 5, 0.1)
            for value in (b"\x00" + HUNDREDTHS + b"\x00\xfe", HUNDREDTHS, b"\x00" + HUNDREDTHS, b""):
                meter.keeps(value)
            await meter.shows_for_a_while()
            await place.alert(kind="fall")
            await place.comes(lambda: METER in {one["device"] for one in place.platform.consumer.readings()}, 120)
        place.hub.vanishes()
        await asyncio.sleep(60)

    def with_a_meter(place: Center) -> None:
        place.roster.append(Band(METER, "ble-thermometer", "W-031", "3-209"))

    with capture_logs() as lines:
        plays(tmp_path, story, with_a_meter)

    lines_hold(lines, "alert", "port lost", "visit over")


def test_what_a_watch_tells_stands_in_no_line(tmp_path: Path) -> None:
    def place_of(fix: tuple[float, float]) -> str:
        return f"A,{fix[0]},N,{fix[1]},E"

    async def story(place: Center, port: int) -> None:
        async with FakeWatch(WATCH, port) as watch:
            await says_hello(watch)
            watch.says(f"bphrt,{PRESSURE[0]},{PRESSURE[1]},67,,,,")
            watch.says(f"bphrt,{TEMPERATURE},{PRESSURE},,,,")
            watch.says(f"btemp2,1,{TEMPERATURE}")
            watch.says(f"UD,{place_of(POSITION)},{TEMPERATURE}")
            watch.presses(place=place_of(POSITION))
            await place.alert(kind="sos", wearer="W-015")

    with capture_logs() as lines:
        story_of(tmp_path, story)

    lines_hold(lines, "alert", "watch connected")


@pytest.mark.fault(
    "people and commands", "names and values in commands, receipts and questions", promise="no log line holds one"
)
def test_what_people_say_stands_in_no_line(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.presses(HUB_BAND, **TOLD)
        alert = (await place.alert(kind="sos"))["id"]
        said = f"{NAME} {POSITION[0]} {TEMPERATURE} 13800138000"
        for verb, args in (
            ("notify", {"wearer": "W-001", "signal": "call_me", "text": said}),
            ("locate", {"wearer": "W-001"}),
            ("shelve", {"wearer": "W-001", "kinds": [said], "until": said, "reason": said}),
            ("resolve", {"alert": alert, "outcome": "other", "note": said}),
            (said, {said: said}),
        ):
            await place.reply(place.platform.commands(verb, args, actor="dispatcher-1"))
        place.platform.confirms([said, {said: 1}], said)
        place.platform.gives_receipts = False
        place.hub.presses(OTHER_BAND, **TOLD)
        other = (await place.alert(kind="sos", wearer="W-002"))["id"]
        place.platform.rejects(other, said)
        await place.alert(kind="technical", detail="alert_rejected")
        place.platform.gives_receipts = True
        for verb in (said, "export", "erase", "drill", "status", "snapshot"):
            assert [line async for line in asks(place, verb, {"wearer": said, "what": said, "from": said, "minutes": said})]
        for refused in ("full", "dead"):
            place.disk.dead = refused == "dead"
            place.disk.full_for = "readings.db" if refused == "full" else None
            place.hub.says(HUB_BAND, **TOLD)
            await asyncio.sleep(60)
        place.disk.dead, place.disk.full_for = False, None
        await asyncio.sleep(60)

    with capture_logs() as lines:
        plays(tmp_path, story)

    lines_hold(lines, "alert", "the platform rejects an alert", "unreadable message from above", "readings cannot be stored")
