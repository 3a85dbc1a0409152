"""A booth in the hall, the whole way: who signed in is measured, who did not is nobody, and an SOS beside it is an SOS."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_cuff import FakeCuff
from fake_devices.serial_hub import FakeHub
from fake_devices.text_hubs import GprpHub
from tests.daemon import Band, Daemon, configuration
from tests.mosquitto import Mosquitto

KEY = "54:48:E6:8F:80:A5"
PRESS = bytes.fromhex("0201060816d2fc4400073a01")  # BTHome, packet 7
LONG_PRESS = bytes.fromhex("0201060816d2fc4400083a04")

HALL = """
[[serial]]
name = "hall-hub"
port = "{hub}"
driver = "ble-hub-gprp"
[[serial]]
name = "hall-cuff"
port = "{cuff}"
driver = "raycome-rbp"
shared = true
[[serial]]
name = "nurse-cuff"
port = "{nurse}"
driver = "raycome-rbp"
[[wristband]]
address = "02:00:00:00:00:01"
driver = "raycome-rbp"
wearer = "hall-cuff"
room = "hall"
port = "hall-cuff"
[[wristband]]
address = "02:00:00:00:00:02"
driver = "raycome-rbp"
wearer = "nurse-cuff"
port = "nurse-cuff"
[[wristband]]
address = "54:48:E6:8F:80:A5"
driver = "bthome"
wearer = "W-017"
room = "3-201"
sos_button = ["long_press"]
"""


@pytest.fixture
async def keys(tmp_path: Path) -> AsyncIterator[GprpHub]:
    async with GprpHub(tmp_path / "keys") as hub:
        yield hub


@pytest.fixture
async def cuff(tmp_path: Path) -> AsyncIterator[FakeCuff]:
    async with FakeCuff(tmp_path / "cuff") as cuff:
        yield cuff


@pytest.fixture
async def nurse(tmp_path: Path) -> AsyncIterator[FakeCuff]:
    async with FakeCuff(tmp_path / "nurse") as cuff:
        yield cuff


@pytest.fixture
async def stopped_daemon(
    tmp_path: Path, broker: Mosquitto, hub: FakeHub, roster: list[Band], keys: GprpHub, cuff: FakeCuff, nurse: FakeCuff
) -> AsyncIterator[Daemon]:
    config = configuration(tmp_path / "data", broker_port=broker.port, hub=hub.line.path, roster=roster)
    (tmp_path / "data").mkdir()
    async with Daemon(tmp_path, config + HALL.format(hub=keys.line.path, cuff=cuff.line.path, nurse=nurse.line.path)) as daemon:
        yield daemon


def pressures(platform: Platform) -> list[tuple[str, str, int]]:
    """Whose, by which device, systolic."""
    return [
        (reading["wearer"], reading["device"], reading["value"]["systolic"])
        for reading in platform.consumer.readings()
        if reading["kind"] == "blood_pressure"
    ]


async def test_who_signed_in_with_a_press_is_measured_and_the_next_one_is_nobody(
    daemon: Daemon, platform: Platform, keys: GprpHub, cuff: FakeCuff, nurse: FakeCuff
) -> None:
    keys.advertises(KEY, PRESS)
    await platform.wait_for(lambda: [one for one in platform.consumer.readings() if one["kind"] == "button"])
    nurse.sits_down(131, 84, 77)
    nurse.key_pressed()
    cuff.sits_down(128, 82, 71)
    cuff.key_pressed()
    await platform.wait_for(lambda: len(pressures(platform)) == 2)

    assert sorted(pressures(platform)) == [
        ("W-017", "02:00:00:00:00:01", 128),
        ("nurse-cuff", "02:00:00:00:00:02", 131),
    ]


async def test_a_press_that_is_an_sos_stays_one_beside_the_booth(
    daemon: Daemon, platform: Platform, keys: GprpHub, cuff: FakeCuff
) -> None:
    keys.advertises(KEY, LONG_PRESS)
    alert = await platform.alert(kind="sos")
    cuff.sits_down(128, 82, 71)
    cuff.key_pressed()
    await platform.wait_for(lambda: pressures(platform))

    assert (alert["wearer"], alert["room"]) == ("W-017", "3-201")
    assert pressures(platform) == [("hall-cuff", "02:00:00:00:00:01", 128)]
