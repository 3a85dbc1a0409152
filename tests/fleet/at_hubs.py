"""Bands that a hub at a serial port hears: wristbands on its own radio, and beacons that it forwards as text."""
# mypy: disable-error-code="explicit-override"
# (typing has @override from Python 3.12 on)

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random

from fake_devices.ble_link.advertising_data import Advert
from fake_devices.ble_link.air import Air
from fake_devices.person import Person
from fake_devices.pseudo_terminal import PseudoTerminal
from fake_devices.serial_hub import PRESS_EVERY_S, PRESS_RECORDS, FakeHub
from fake_devices.text_hubs import GprpHub
from fake_devices.wrist import sensed
from tests.fleet.band import FleetBand
from tests.fleet.on_the_air import BroadcastingBand
from tests.fleet.way import Draws, Fault, Way

RECORD_EVERY = 5  # seconds
MORNING_S = 9 * 3600.0


class HubBand(FleetBand):
    """A wristband on a hub's own radio."""

    def __init__(self, address: str, number: int, hub: FakeHub) -> None:
        super().__init__("wristband of a hub", "serial-hub", address, number)
        self._hub, self._person = hub, Person(number)

    async def goes_on(self, second: int, chance: Random) -> None:
        """A record now and then."""
        if second % RECORD_EVERY == 0:
            self.said += 1
            told = sensed(self._person, MORNING_S + second)
            self._hub.says(self.address, heart_rate=told.heart_rate_bpm, worn=told.worn, age_s=0)

    def _presses_key(self) -> float:
        self._hub.presses(self.address, worn=True)
        return asyncio.get_running_loop().time() + (PRESS_RECORDS - 1) * PRESS_EVERY_S


class PortWay(Way):
    """A hub at a port of its own. A line keeps for the next daemon what the last one had not read."""

    keeps = True

    def __init__(self, name: str, driver: str, line: PseudoTerminal, bands: Sequence[FleetBand]) -> None:
        super().__init__(name, bands)
        self._driver, self._line = driver, line

    def tables(self, folder: Path) -> str:
        """One port."""
        return f'[[serial]]\nname = "{self.name}"\nport = "{self._line.path}"\ndriver = "{self._driver}"\n'

    async def falls_silent(self) -> None:
        """Nobody is in reach of the hub."""

    def daemon_died(self) -> None:
        """What it had not read comes back."""
        if self._line.plugged_in:
            self._line.hold()

    async def daemon_is_back(self) -> None:
        """It reads."""
        self._line.resume()

    @property
    def faults(self) -> dict[str, Fault]:
        """A plug that is pulled."""
        return {f"port {self.name} pulled out and back": self._is_pulled}

    async def _is_pulled(self, draws: Draws) -> None:
        trouble = self.troubled(self.troubles)
        self._line.pull_out()
        await draws.lasts(8)
        self._line.plug_in()
        trouble.until_s = asyncio.get_running_loop().time()


class SerialHubWay(PortWay):
    """A hub with wristbands on a radio of its own, by the addresses and numbers of these."""

    def __init__(self, name: str, folder: Path, addresses: Sequence[tuple[str, int]]) -> None:
        self._hub = FakeHub(folder / name)
        super().__init__(name, "serial-hub", self._hub.line, [HubBand(*one, self._hub) for one in addresses])

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Plugged in."""
        async with self._hub:
            yield


class ForwardingHubWay(PortWay):
    """A hub that forwards what beacons advertise."""

    def __init__(self, name: str, folder: Path, addresses: Sequence[tuple[str, int]]) -> None:
        self._hub, air = GprpHub(folder / name), Air()
        air.listen(self._hears)
        bands = [
            BroadcastingBand(("pendant", "ibeacon")[place % 2], address, number, air, way="of a hub")
            for place, (address, number) in enumerate(addresses)
        ]
        super().__init__(name, "ble-hub-gprp", self._hub.line, bands)
        self._beacons = [band.worn for band in bands]

    async def falls_silent(self) -> None:
        """Nobody is in reach of the hub."""
        for beacon in self._beacons:
            beacon.battery_is_empty()

    def _hears(self, advert: Advert) -> None:
        self._hub.advertises(advert.address, advert.data, advert.rssi)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Plugged in, with its beacons switched on."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._hub)
            for beacon in self._beacons:
                await stack.enter_async_context(beacon)
            yield
