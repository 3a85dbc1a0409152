"""Listens for wristbands with the radio and at the serial ports, until one is pressed or somebody types a line."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import drivers
from drivers.driver import Advertisement, AdvertisementDriver, Driver, Item, SerialDriver
from drivers.measurement import Measurement
from drivers.presses import PRESSES
from gateway.driver_bugs import DriverFailed, DriverFaults
from gateway.errors import SourceLost
from gateway.settings.configuration import BluetoothSettings, SerialSettings
from gateway.sources.ble.private_address import changes
from gateway.sources.byte_line import ByteLine
from gateway.sources.ports import opened
from gateway.sources.recognition import Signs, read, recognise


class Sighting(NamedTuple):
    """One band that was heard. `rssi` in dBm, where it is known; `pressed`: somebody presses its key, or taps it.

    `changes`: its address does, and it cannot be enrolled.
    """

    address: str
    driver: str
    rssi: int | None = None
    pressed: bool = False
    changes: bool = False


Tell = Callable[[Sighting], None]
Lost = Callable[[str, str], None]  # which port or adapter, and why


async def listen(
    ports: Sequence[SerialSettings], bluetooth: BluetoothSettings, seen: Tell, lost: Lost, is_wanted: Callable[[Sighting], bool]
) -> Sighting | str:
    """The band that was pressed first, of those that are wanted; or the line that was typed."""
    found: asyncio.Future[Sighting | str] = asyncio.get_running_loop().create_future()
    known = {driver.name: driver for driver in drivers.all_drivers()}

    def tell(one: Sighting) -> None:
        seen(one)
        if one.pressed and is_wanted(one) and not found.done():
            found.set_result(one)

    def type_line() -> None:
        if not found.done():
            found.set_result(_line())

    async with asyncio.TaskGroup() as tasks:
        listening = [tasks.create_task(_at_port(port, known, tell, lost)) for port in ports]
        if bluetooth.enabled:
            listening.append(tasks.create_task(_by_radio(bluetooth.adapters, known, tell, lost)))
        asyncio.get_running_loop().add_reader(sys.stdin, type_line)
        try:
            return await found
        finally:
            asyncio.get_running_loop().remove_reader(sys.stdin)
            for one in listening:
                one.cancel()


def _line() -> str:
    return os.read(sys.stdin.fileno(), 4096).decode(errors="replace")


async def _at_port(port: SerialSettings, known: Mapping[str, Driver], tell: Tell, lost: Lost) -> None:
    driver = known[port.driver]
    if not isinstance(driver, SerialDriver) or driver.converse:
        return  # it says nothing by itself
    faults = DriverFaults()
    try:
        decoder = faults.ask(driver.name, driver.decoder)
        with opened(port.port, port.baud or driver.baud, port.parity) as descriptor:
            async with ByteLine(descriptor) as line:
                while True:
                    data = await line.read()
                    for item in faults.ask(driver.name, partial(decoder.feed, data)):
                        _told(item, driver, known, tell)
    except SourceLost as why:
        lost(port.port, str(why))
    except DriverFailed:
        lost(port.port, "failed")


def _told(item: Item, driver: SerialDriver, known: Mapping[str, Driver], tell: Tell) -> None:
    match item:
        case Measurement() if item.address:
            tell(Sighting(item.address, driver.name, pressed=item.kind in PRESSES))
        case Advertisement() if item.address:
            for one in known.values():  # a hub passes on what it hears around it
                decoded = read(one, item) if isinstance(one, AdvertisementDriver) else None
                if decoded and decoded.measurements:
                    pressed = any(measured.kind in PRESSES for measured in decoded.measurements)
                    tell(Sighting(item.address, one.name, item.rssi, pressed, changes(item)))
                    return


async def _by_radio(named: Sequence[str], known: Mapping[str, Driver], tell: Tell, lost: Lost) -> None:
    from gateway.sources.ble.bluez import Heard, Radio  # D-Bus and bleak are for who has a radio
    from gateway.sources.ble.bluez_watch import adapters_now

    def heard(one: Heard) -> None:
        signs = Signs(one.data.service_uuids, one.data.service_data, one.data.manufacturer_data)
        if driver := recognise(known.values(), one.everything, signs):
            decoded = read(driver, one.advertisement)
            pressed = decoded is not None and any(measured.kind in PRESSES for measured in decoded.measurements)
            tell(Sighting(one.address, driver.name, one.data.rssi, pressed, changes(one.everything)))

    async def scan(label: str, name: str, *, repeats: bool) -> None:
        try:
            async with Radio().scanning(name, heard, repeats=repeats):
                await asyncio.Event().wait()
        except SourceLost as why:
            lost(label, str(why))

    try:
        adapters = await adapters_now(tuple(named))
        found = [(label, adapters.find(label)) for label in adapters.labels]
    except SourceLost as why:
        lost("Bluetooth", str(why))
        return
    async with asyncio.TaskGroup() as tasks:
        for label, adapter in found:
            tasks.create_task(scan(label, adapter.name, repeats=adapter.monitors))
