"""Bands in the air of a radio: those that are only heard, and those that are connected to."""
# mypy: disable-error-code="explicit-override"
# (typing has @override from Python 3.12 on)

from __future__ import annotations

import asyncio
import struct
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
from tests.fleet.band import FleetBand

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

    def __init__(self, kind: Kind, address: str, number: int, air: Air, way: str = "") -> None:
        super().__init__(f"{kind} {way}".strip(), ASKED_BY[kind], address, number)
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
