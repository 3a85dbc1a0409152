"""Bands on the gateway's own radio: those that are only heard, and those that it connects to."""
# mypy: disable-error-code="explicit-override"
# (typing has @override from Python 3.12 on)

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random

from fake_devices import life
from fake_devices.bands import ibeacon, kbeacon, pendant
from fake_devices.bands.broadcaster import Broadcaster
from fake_devices.bands.cuff import BloodPressureCuff
from fake_devices.bands.oximeter import PulseOximeter
from fake_devices.bands.spot_meter import SpotMeter
from fake_devices.bands.thermometer import Thermometer
from fake_devices.bands.ycbt import SOS, YcbtWatch
from fake_devices.ble_link.advertising_data import build
from fake_devices.ble_link.air import Air
from fake_devices.person import Person
from fake_devices.story import Kind
from fake_devices.worn import CONNECTED
from tests.bluez.fake_bluez import FakeBluez
from tests.bluez.virtual_bands import VirtualRoom, virtual_room
from tests.fleet.band import FleetBand
from tests.fleet.press import Span
from tests.fleet.way import Draws, Fault, Way
from tests.until import until

MORNING_S = 9 * 3600.0
USED_EVERY_S = 60.0  # a meter that is taken to hand, on average
VITALBAND_COMPANY = 0xFFFF
ALIVE_S = {"pendant": 8.0, "secret pendant": 8.0, "kbeacon": 5.0, "ibeacon": 4.0, "vitalband": 10.0}
TOLD_S = {  # how long a press is told
    "pendant": pendant.PRESS_FRAMES * pendant.PRESS_EVERY_S,
    "secret pendant": pendant.PRESS_FRAMES * pendant.PRESS_EVERY_S,
    "kbeacon": kbeacon.EVENT_FRAMES * kbeacon.EVENT_EVERY_S,
    "ibeacon": ibeacon.PRESS_FRAMES * ibeacon.PRESS_EVERY_S,
}
HEARD_BY = {"pendant": "bthome", "secret pendant": "bthome"}  # others by the driver of their name
ASKED_BY: dict[Kind, str] = {
    "strap": "ble-heart-rate",
    "cuff": "ble-blood-pressure",
    "thermometer": "ble-thermometer",
    "oximeter": "ble-pulse-oximeter",
    "ycbt": "ycbt",
    "moyoung": "moyoung",
    "veepoo": "veepoo",
}


class VitalBand(Broadcaster):
    """A wristband that broadcasts what it measures, and has no key."""

    def __init__(self, air: Air, address: str, person: Person) -> None:
        super().__init__(air, address, ALIVE_S["vitalband"], self._tells)
        self._person, self._second = person, 0.0

    def _tells(self) -> None:
        self._second += ALIVE_S["vitalband"]
        body = self._person.vital_signs(MORNING_S + self._second)
        celsius = round(body.body_temperature_c * 100)
        pressure = (body.systolic_mmhg, body.diastolic_mmhg)
        values = struct.pack("<BHBBBB", body.heart_rate_bpm, celsius, *pressure, body.oxygen_saturation_percent, 80)
        frame = b"\1\2\3" + values + round(self._second).to_bytes(3, "little")
        self.sends(build(manufacturer_data={VITALBAND_COMPANY: frame}))


class BroadcastingBand(FleetBand):
    """A band that is only heard. `worn`: the virtual one, to be entered."""

    def __init__(self, kind: str, address: str, number: int, air: Air, way: str = "") -> None:
        key = number.to_bytes(20 if kind == "ibeacon" else 16) if kind in ("secret pendant", "kbeacon", "ibeacon") else b""
        super().__init__(f"{kind} {way}".strip(), HEARD_BY.get(kind, kind), address, number, key)
        self._what = kind
        self.worn = self._made(air)

    @property
    def has_a_key(self) -> bool:
        """All but those that broadcast what they measure."""
        return self._what in TOLD_S

    def _made(self, air: Air) -> Broadcaster:
        alive_s = ALIVE_S[self._what]
        match self._what:
            case "kbeacon":
                return kbeacon.KBeacon(air, self.address, base=self.key, alive_every_s=alive_s)
            case "ibeacon":
                return ibeacon.IBeacon(air, self.address, sos=self.key, alive_every_s=alive_s)
            case "vitalband":
                return VitalBand(air, self.address, Person(self.address))
            case _:
                return pendant.Pendant(air, self.address, key=self.key or None, alive_every_s=alive_s)

    async def goes_on(self, second: int, chance: Random) -> None:
        """It lives by itself."""
        self.said += second % round(ALIVE_S[self._what]) == 0

    def _presses_key(self) -> float:
        assert isinstance(self.worn, pendant.Pendant | kbeacon.KBeacon | ibeacon.IBeacon)
        self.worn.presses()
        return asyncio.get_running_loop().time() + TOLD_S[self._what] - 1.0


class ConnectedBand(FleetBand):
    """A band that the gateway connects to. `worn`: the virtual one, to be entered."""

    def __init__(self, kind: Kind, address: str, number: int, air: Air) -> None:
        super().__init__(kind, ASKED_BY[kind], address, number)
        self.worn = CONNECTED[kind](air, address)
        self._person = Person(number)

    @property
    def is_linked(self) -> bool:
        """Whether somebody is connected to it."""
        return bool(self.worn.device.connections)

    @property
    def has_a_key(self) -> bool:
        """One kind."""
        return isinstance(self.worn, YcbtWatch)

    @property
    def can_press(self) -> bool:
        """It forgets a press that nobody is connected for."""
        return isinstance(self.worn, YcbtWatch) and self.worn.link is not None and SOS not in self.worn.unacknowledged

    async def goes_on(self, second: int, chance: Random) -> None:
        """It measures by itself, or is taken to hand now and then."""
        self._knows_of_its_press()
        is_used = chance.random() < 1 / USED_EVERY_S
        match self.worn:
            case BloodPressureCuff() if is_used:
                self.said += 1
                await self.worn.measures(chance.randint(110, 150), chance.randint(70, 90), chance.randint(60, 90))
            case Thermometer() if is_used:
                self.said += 1
                await self.worn.measures(chance.randint(360, 374) / 10)
            case PulseOximeter():
                self.said += self.is_linked
                await self.worn.measures(chance.randint(95, 99), chance.randint(60, 90))
            case SpotMeter():
                pass
            case _:
                self.said += self.is_linked
                await life.goes_on(self.worn, self._person, MORNING_S + second)

    def _presses_key(self) -> float:
        assert isinstance(self.worn, YcbtWatch)
        self.worn.presses()
        return asyncio.get_running_loop().time()

    def _knows_of_its_press(self) -> None:
        """It repeats a push until that is acknowledged."""
        if self.presses and isinstance(self.worn, YcbtWatch):
            self.presses[-1].answered = SOS not in self.worn.unacknowledged


class RadioWay(Way):
    """bluetoothd's stand-in with one adapter, and everybody who is in the air around it."""

    def __init__(
        self, bluez: FakeBluez, heard: Sequence[tuple[str, str, int]], asked: Sequence[tuple[Kind, str, int]], *, slots: int = 5
    ) -> None:
        self._bluez, self._heard, self._asked, self._slots = bluez, heard, asked, slots
        super().__init__("radio", [])
        self.on_air: list[BroadcastingBand | ConnectedBand] = []

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Everybody is switched on."""
        async with AsyncExitStack() as stack:
            self._room: VirtualRoom = await stack.enter_async_context(virtual_room(self._bluez))
            self._room.adapter.slots = self._slots
            air = self._room.air
            self.on_air = [BroadcastingBand(*one, air) for one in self._heard] + [
                ConnectedBand(*one, air) for one in self._asked
            ]
            self.bands = self.on_air
            for band in self.on_air:
                if isinstance(band, ConnectedBand):
                    self._room.add(band.address)
                await stack.enter_async_context(band.worn)
            yield

    def tables(self, folder: Path) -> str:
        """The radio."""
        return f'[bluetooth]\nadapters = ["hci0"]\nconnections = {self._slots}\n'

    async def falls_silent(self) -> None:
        """Everybody hangs up, and goes out."""
        for band in self.on_air:
            band.worn.walks_away()
            if isinstance(band, ConnectedBand):
                await band.worn.drops_the_link()

    def daemon_died(self) -> None:
        """bluetoothd sees it leave the bus."""

    async def daemon_is_back(self) -> None:
        """It scans."""
        await until(lambda: self._room.scans)

    @property
    def faults(self) -> dict[str, Fault]:
        """What radios do."""
        return {
            "bands walk out of reach and back": self._walk_away,
            "bands hang up": self._hang_up,
            "a band whose firmware hangs": self._is_deaf,
            "the adapter is away and back": self._without_adapter,
            "bluetoothd is killed": self._bluetoothd_dies,
        }

    async def _walk_away(self, draws: Draws) -> None:
        away = draws.chance.sample(self.on_air, max(1, len(self.on_air) // 8))
        troubles = [self.troubled(band.troubles) for band in away]
        for band in away:
            band.worn.walks_away()
        await draws.lasts(40)
        for band, trouble in zip(away, troubles, strict=True):
            band.worn.comes_back()
            trouble.until_s = asyncio.get_running_loop().time()

    async def _hang_up(self, draws: Draws) -> None:
        for band in self.on_air:
            if isinstance(band, ConnectedBand) and draws.chance.random() < 0.5:
                await band.worn.drops_the_link()

    async def _is_deaf(self, draws: Draws) -> None:
        band = draws.chance.choice([one for one in self.on_air if isinstance(one, ConnectedBand)])
        band.worn.falls_deaf()
        await draws.lasts(40)
        band.worn.manners.deaf = False
        await band.worn.drops_the_link()

    async def _without_adapter(self, draws: Draws) -> None:
        trouble = self.troubled(self.troubles)
        await self._room.adapter_vanishes()
        await draws.lasts(12)
        self._room.adapter_comes_back()
        await self._is_heard_again(trouble)

    async def _bluetoothd_dies(self, draws: Draws) -> None:
        trouble = self.troubled(self.troubles)
        await self._room.bluetoothd_dies()
        await self._is_heard_again(trouble)

    async def _is_heard_again(self, trouble: Span) -> None:
        await until(lambda: self._room.scans)
        trouble.until_s = asyncio.get_running_loop().time()
