"""All of Bluetooth on a stand-in for bluetoothd, in virtual time: a strap that streams, and a pendant."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from drivers.advertisements import bthome
from drivers.driver import Driver
from drivers.standard.profiles import DRIVERS
from fake_devices.ble_link.advertising_data import build
from gateway.driver_bugs import DriverFaults
from gateway.readings import Enrolment
from gateway.roster import Roster
from gateway.sources.ble.bluetooth import Bluetooth
from tests.bluez.bands import Strap
from tests.bluez.bus_time import BusClock
from tests.bluez.fake_bluez import FakeBluez
from tests.gateway.sources.recorder import Recorder, running

SAYS_SO_EVERY_S = 5.0
HANGS_S, LOOK_EVERY_S = 7200.0, 1.0  # virtual: whatever recovers does so by then
STRAP, PENDANT = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:03"
FIRST, SECOND = "00:1A:7D:DA:71:01", "00:1A:7D:DA:71:02"
ALIVE = build(service_data={0xFCD2: bytes.fromhex("40 0001 015a")})
BANDS = {
    address: Enrolment(address=address, driver=driver, wearer="W-001")
    for address, driver in ((STRAP, "ble-heart-rate"), (PENDANT, "bthome"))
}


class BluetoothStage:
    """Bluetooth on all adapters that there are."""

    def __init__(self, bluez: FakeBluez) -> None:
        self.bluez = bluez
        self.recorder = Recorder()
        self.strap = Strap(bluez, STRAP, every_s=SAYS_SO_EVERY_S)
        everyone: list[Driver] = [*DRIVERS, bthome.DRIVER]
        roster = Roster({driver.name: driver for driver in everyone}, BANDS)
        self.bluetooth = Bluetooth((), roster, self.recorder, BusClock(), lambda: None, DriverFaults())

    @asynccontextmanager
    async def on(self, *, strap: bool = False) -> AsyncIterator[None]:
        """Until the first adapter scans, and then as long as one is inside."""
        worn = [self.strap.run()] if strap else []
        async with running(self.bluetooth.run(), self._advertise(), *worn):
            await self.becomes(FIRST, "scanning")
            yield

    async def becomes(self, adapter: str, state: str) -> None:
        """The state of an adapter."""
        await until(lambda: adapter in self.bluetooth.scanners and self.bluetooth.scanners[adapter].state == state)

    async def pendant_is_heard(self, by: str = FIRST) -> None:
        """From now on."""
        since_s = asyncio.get_running_loop().time()
        await until(lambda: self.bluetooth.scanners[by].heard_s.get(PENDANT, 0) > since_s)

    async def strap_is_heard(self) -> None:
        """One value more."""
        before = len(self.recorder.reports)
        await until(lambda: len(self.recorder.reports) > before)

    async def _advertise(self) -> None:
        while True:
            self.bluez.advertise(PENDANT, ALIVE)
            await asyncio.sleep(SAYS_SO_EVERY_S)


async def until(true: Callable[[], object]) -> None:
    """Waits until this is true of what tells nobody when it changes."""
    async with asyncio.timeout(HANGS_S):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(LOOK_EVERY_S)
