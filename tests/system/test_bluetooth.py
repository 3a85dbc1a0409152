"""The daemon's own bleak code against bluetoothd's stand-in on a private D-Bus: every band heard, every fault survived."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any, TypeVar

import pytest

from fake_devices.bands.pendant import Pendant
from fake_devices.ble_link.advertising_data import long_uuid
from fake_devices.platform import Platform
from tests.bluez.bands import BLOOD_PRESSURE, Cuff, Strap, room_heard_by
from tests.bluez.fake_bluez import FakeBluez
from tests.bluez.fixtures import bluez, private_bus
from tests.daemon import Daemon, configuration
from tests.gateway.sources.recorder import eventually, running
from tests.mosquitto import Mosquitto
from tests.own_time import held_up_s, within

__all__ = ["bluez", "private_bus"]  # fixtures

T = TypeVar("T")

STRAP, CUFF = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:02"
PENDANT, SECRET, STRANGER = "C0:FF:EE:00:00:03", "C0:FF:EE:00:00:04", "F0:0D:00:00:00:99"
KEY = bytes(range(16))
ROSTER = {STRAP: "ble-heart-rate", CUFF: "ble-blood-pressure", PENDANT: "bthome", SECRET: "bthome"}
WITHIN_S = 60  # the promise: readings go on within a minute


@dataclass
class Room:
    """The bands in the room, and who hears them."""

    strap: Strap
    cuff: Cuff
    pendant: Pendant
    secret: Pendant
    stranger: Pendant
    daemon: Daemon


@pytest.fixture
async def room(tmp_path: Path, broker: Mosquitto, platform: Platform, bluez: FakeBluez) -> AsyncIterator[Room]:
    """Everybody is there, and the daemon is ready."""
    (tmp_path / "data").mkdir()
    async with AsyncExitStack() as stack:
        air = room_heard_by(bluez)
        pendant, secret, stranger = [
            await stack.enter_async_context(Pendant(air, address, key=key))
            for address, key in ((PENDANT, None), (SECRET, KEY), (STRANGER, None))
        ]
        strap = Strap(bluez, STRAP)
        daemon = await stack.enter_async_context(Daemon(tmp_path, bluetooth_only(tmp_path, broker.port)))
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        worn = tasks.create_task(strap.run())
        await daemon.start()
        yield Room(strap, Cuff(bluez, CUFF), pendant, secret, stranger, daemon)
        await daemon.stop()
        worn.cancel()


def bluetooth_only(folder: Path, broker_port: int) -> str:
    """A configuration with the bands of the room and no serial port."""
    key_file = folder / "key"
    key_file.write_text(KEY.hex())
    key_file.chmod(0o600)
    config = configuration(folder / "data", broker_port=broker_port, hub=folder / "none", roster=[])
    before, rest = config.split("[[serial]]")
    config = before + rest[rest.index("[bluetooth]") :].replace("enabled = false", "enabled = true")
    for number, (address, driver) in enumerate(ROSTER.items(), 1):
        config += f'[[wristband]]\naddress = "{address}"\ndriver = "{driver}"\nwearer = "W-{number}"\nroom = "3-{number}"\n'
        config += 'key_file = "key"\n' if address == SECRET else ""
    return config


async def in_time(room: Room, waiting: Coroutine[Any, Any, T]) -> T:
    """The promise, in time in which the daemon, and the bands and bluetoothd's stand-in here, had the processor."""
    return await within(WITHIN_S, room.daemon.pid, waiting, lambda: held_up_s(os.getpid()))


async def goes_on(room: Room, platform: Platform, device: str) -> None:
    """Another reading of this band comes."""
    seen = readings_told(platform, device)
    await in_time(room, platform.wait_for(lambda: readings_told(platform, device) > seen, inf, "a reading"))


def readings_told(platform: Platform, device: str) -> int:
    """How many readings of this band the platform has."""
    return sum(reading["device"] == device for reading in platform.consumer.readings())


def presses_told(platform: Platform, device: str) -> int:
    """How many presses of this band the platform knows of."""
    return sum(event["device"] == device and event["kind"] == "sos" for event in platform.consumer.events.values())


async def test_every_kind_of_band_is_heard(room: Room, platform: Platform) -> None:
    await goes_on(room, platform, STRAP)
    assert await room.cuff.measures(131, 84, 72)
    room.pendant.presses()
    room.secret.presses()
    room.stranger.presses()

    plain = await platform.alert(kind="sos", device=PENDANT)
    encrypted = await platform.alert(kind="sos", device=SECRET)
    unknown = await platform.alert(kind="technical", device=STRANGER)
    await platform.wait_for(lambda: any(reading["device"] == CUFF for reading in platform.consumer.readings()))

    assert (plain["wearer"], plain["room"], encrypted["wearer"], unknown["wearer"]) == ("W-3", "3-3", "W-4", None)
    assert unknown["detail"] == "unregistered_device"
    pressure = next(reading for reading in platform.consumer.readings() if reading["device"] == CUFF)
    assert pressure["value"] == {"systolic": 131, "diastolic": 84, "mean": 99, "pulse": 72}


async def test_one_press_that_is_sent_tens_of_times_counts_once_and_the_next_one_again(room: Room, platform: Platform) -> None:
    room.pendant.presses()
    await platform.alert(kind="sos", device=PENDANT)
    await eventually(lambda: not room.pendant.insisting)
    once = presses_told(platform, PENDANT)

    room.pendant.presses()
    await platform.alert(event="updated", kind="sos", device=PENDANT)

    assert (once, presses_told(platform, PENDANT)) == (1, 2)


async def test_a_cuff_that_a_person_has_to_pair_is_told_with_its_room_until_it_was_read(room: Room, platform: Platform) -> None:
    cuff = room.cuff.device
    cuff.characteristic(long_uuid(BLOOD_PRESSURE)).bonded_only = True
    cuff.pairing_mode = False
    async with running(shows_itself(room)):
        told = await in_time(room, platform.alert(kind="technical", device=CUFF, limit_s=inf))
    cuff.pairing_mode = True
    assert await room.cuff.measures(131, 84, 72)
    over = await in_time(room, platform.alert(event="cleared", kind="technical", device=CUFF, limit_s=inf))

    assert (told["detail"], told["wearer"], told["room"]) == ("band_unpaired", "W-2", "3-2")
    assert over["id"] == told["id"]
    assert "W-2" not in room.daemon.log_file.read_text(), "no wearer in the log"


async def shows_itself(room: Room) -> None:
    """The cuff, without a measurement that anybody fetches."""
    while True:
        await room.cuff.measures(131, 84, 72)


async def test_help_on_the_way_makes_the_strap_vibrate(room: Room, platform: Platform) -> None:
    await goes_on(room, platform, STRAP)
    room.strap.bpm = 28
    alert = await in_time(room, platform.alert(kind="heart_rate", device=STRAP, limit_s=inf))

    platform.dispatches(alert["id"])
    both = {"received": "sent", "help_on_the_way": "sent"}  # no answer tells whether a band of this kind buzzed
    shown = await platform.alert(event="updated", kind="heart_rate", device=STRAP, band=both)

    assert b"\x02" in room.strap.alerts
    assert shown["workflow"] == "dispatched"


@pytest.mark.fault(
    "ports and radio",
    "bluetoothd restarts, adapters vanish, links hang",
    promise="readings go on within a minute, each press counts once",
)
async def test_readings_go_on_after_every_fault_and_each_press_counts_once(
    room: Room, platform: Platform, bluez: FakeBluez
) -> None:
    await goes_on(room, platform, STRAP)

    bluez.drop(STRAP)
    await goes_on(room, platform, STRAP)

    await bluez.restart()
    await goes_on(room, platform, STRAP)
    room.pendant.presses()
    await in_time(room, platform.alert(kind="sos", device=PENDANT, limit_s=inf))

    before = sum(line["event"] == "adapter hears nothing" for line in room.daemon.log())
    bluez.remove_adapter()
    await in_time(room, room.daemon.logs("adapter hears nothing", inf, times=before + 1))
    bluez.add_adapter()
    await goes_on(room, platform, STRAP)
    room.secret.presses()
    await in_time(room, platform.alert(kind="sos", device=SECRET, limit_s=inf))

    assert (presses_told(platform, PENDANT), presses_told(platform, SECRET)) == (1, 1)
