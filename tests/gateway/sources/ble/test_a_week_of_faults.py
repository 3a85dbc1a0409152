"""A week with a fault of the radio every hour leaves nothing behind: no task, no file, no rule at D-Bus.

Each fault comes as soon as the last one is over, in virtual time. The suite plays each kind a few times,
`./dev thorough` as many as a week has hours.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from dbus_fast import Message

from gateway.sources.ble.bluez_watch import system_bus
from tests.bluez import names
from tests.bluez.bus_time import in_bus_time
from tests.bluez.fake_bluez import FakeBluez
from tests.bluez.private_bus import PrivateBus
from tests.gateway.sources.bluetooth_stage import FIRST, SECOND, STRAP, BluetoothStage, until
from tests.thorough import times

HOURS = 168
REFUSED = (names.FAILED, "Software caused connection abort")


class House(NamedTuple):
    """Where it happens."""

    stage: BluetoothStage
    bluez: FakeBluez
    bus: PrivateBus


# --- faults: each returns once it was noticed; that it is over is waited for by whoever plays it


async def an_adapter_comes_back_under_another_name(house: House) -> None:
    name = next(name for name in ("hci1", "hci2") if house.bluez.has_adapter(name))
    house.bluez.remove_adapter(name)
    await house.stage.becomes(SECOND, "absent")
    house.bluez.add_adapter("hci2" if name == "hci1" else "hci1", SECOND)


async def an_adapter_is_blocked_and_unblocked(house: House) -> None:
    house.bluez.power(on=False)
    await house.stage.becomes(FIRST, "powered off")
    house.bluez.power(on=True)


async def an_adapter_is_switched_off(house: House) -> None:
    house.bluez.power(on=False)
    await house.stage.becomes(FIRST, "powered off")


async def bluetoothd_is_killed(house: House) -> None:
    await house.bluez.crash()
    await house.stage.becomes(FIRST, "no bluetoothd")
    await house.bluez.start()


async def bluetoothd_is_killed_and_the_kernel_scans_on(house: House) -> None:
    await house.bluez.crash(kernel_scans_on=True)
    await house.bluez.start()


async def bluetoothd_is_restarted(house: House) -> None:
    await house.bluez.restart()


async def the_bus_is_restarted(house: House) -> None:
    house.bus.kill()
    await house.bluez.crash()
    await house.stage.becomes(FIRST, "no D-Bus")
    house.bus.start()
    await house.bluez.start()


async def a_scan_is_begun_and_never_answered(house: House) -> None:
    house.bluez.hangs("StartDiscovery")
    house.bluez.end_scans()
    await asked_again(house, "StartDiscovery", times=2)


async def a_scan_is_refused_as_busy(house: House) -> None:
    house.bluez.fails("StartDiscovery", times=3)
    house.bluez.end_scans()
    await asked_again(house, "StartDiscovery", times=4)


async def a_scan_falls_deaf(house: House) -> None:
    house.bluez.adapter().is_deaf = True
    await until(lambda: not house.bluez.adapter().is_deaf)  # somebody helped it


async def a_stop_is_refused(house: House) -> None:
    house.bluez.adapter().rejects_stop = 1
    house.bluez.end_scans()


async def a_band_hangs_up(house: House) -> None:
    house.bluez.drop(STRAP)


async def a_band_refuses_connections(house: House) -> None:
    house.stage.strap.device.connect_error = REFUSED
    house.bluez.drop(STRAP)
    await asked_again(house, "Connect", times=2)
    house.stage.strap.device.connect_error = None


async def a_connect_is_never_answered(house: House) -> None:
    house.bluez.hangs("Connect")
    house.bluez.drop(STRAP)
    await asked_again(house, "Connect", times=2)


async def asked_again(house: House, method: str, times: int) -> None:
    """Of bluetoothd, from now on."""
    before = house.bluez.calls.count(method)
    await until(lambda: house.bluez.calls.count(method) >= before + times)


FAULTS: tuple[Callable[[House], Awaitable[None]], ...] = (
    an_adapter_comes_back_under_another_name,
    an_adapter_is_blocked_and_unblocked,
    an_adapter_is_switched_off,
    bluetoothd_is_killed,
    bluetoothd_is_killed_and_the_kernel_scans_on,
    bluetoothd_is_restarted,
    the_bus_is_restarted,
    a_scan_is_begun_and_never_answered,
    a_scan_is_refused_as_busy,
    a_scan_falls_deaf,
    a_stop_is_refused,
    a_band_hangs_up,
    a_band_refuses_connections,
    a_connect_is_never_answered,
)


class Held(NamedTuple):
    """What the process holds: its tasks, its open files, and what it has D-Bus tell it."""

    tasks: int
    files: int
    rules: int


async def held() -> Held:
    tasks = len(asyncio.all_tasks())
    async with system_bus() as bus:  # its own connection is not counted: it is the newest of all, and has no rule
        stats = "org.freedesktop.DBus.Debug.Stats"
        reply = await bus.call(Message(names.BUS, "/org/freedesktop/DBus", stats, "GetAllMatchRules"))
    gc.collect()  # what is left of a lost connection closes its file as it goes
    return Held(tasks, open_files(), sum(map(len, reply.body[0].values())))


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def hears_all(stage: BluetoothStage) -> None:
    """Both adapters, and the band that is connected to."""
    await stage.pendant_is_heard(FIRST)
    await stage.pendant_is_heard(SECOND)
    await stage.strap_is_heard()


async def week(bus: PrivateBus, faults: int) -> tuple[Held, Held]:
    """What is held after the first hour, and after the last one."""
    async with FakeBluez(bus.address) as bluez:
        bluez.add_adapter("hci1", SECOND)
        stage = BluetoothStage(bluez)
        async with stage.on(strap=True):
            await hears_all(stage)
            first = await held()
            for number in range(faults):
                await FAULTS[number % len(FAULTS)](House(stage, bluez, bus))
                await hears_all(stage)
            return first, await settled(first)


async def settled(expected: Held) -> Held:
    """What is held once what is ending has ended: what leaks never does."""
    for _ in range(100):
        if await held() == expected:
            break
        await asyncio.sleep(1)
    return await held()


@pytest.mark.fault(
    "ports and radio",
    "a fault of the radio every hour for a week: adapters, bluetoothd, D-Bus, scans, connections",
    promise="everything is heard after each; no task, file or rule at D-Bus is left behind",
)
def test_a_week_with_a_fault_every_hour_leaves_nothing_behind(private_bus: PrivateBus) -> None:
    first, last = in_bus_time(private_bus, week(private_bus, times(2 * len(FAULTS), HOURS)))

    assert last == first
