"""The virtual band behind each word that a story has for what somebody wears or uses."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from fake_devices.bands.cuff import BloodPressureCuff
from fake_devices.bands.ibeacon import IBeacon
from fake_devices.bands.kbeacon import KBeacon
from fake_devices.bands.moyoung import MoyoungWatch
from fake_devices.bands.oximeter import PulseOximeter
from fake_devices.bands.pendant import Pendant
from fake_devices.bands.strap import HeartRateStrap
from fake_devices.bands.tag import Tag
from fake_devices.bands.thermometer import Thermometer
from fake_devices.bands.tracker import LocationTracker
from fake_devices.bands.veepoo import VeepooWatch
from fake_devices.bands.ycbt import YcbtWatch
from fake_devices.ble_link.air import Air
from fake_devices.story import Kind, WornBand

Watch = YcbtWatch | VeepooWatch | MoyoungWatch
Connected = HeartRateStrap | BloodPressureCuff | Thermometer | PulseOximeter | LocationTracker | Tag | Watch
OnTheAir = Connected | Pendant | KBeacon | IBeacon

# Real watches take a minute or two for all of it, and a story lasts one. A pulse comes after the echo of the last one.
TAKES_S = {"heart_rate": 6.0, "blood_pressure": 3.0, "oxygen_saturation": 3.0, "body_temperature": 3.0}

CONNECTED: dict[Kind, Callable[[Air, str], Connected]] = {
    "strap": HeartRateStrap,
    "cuff": BloodPressureCuff,
    "thermometer": Thermometer,
    "oximeter": PulseOximeter,
    "tracker": LocationTracker,
    "tag": Tag,
    "ycbt": partial(YcbtWatch, takes_s=TAKES_S),
    "veepoo": partial(VeepooWatch, takes_s=TAKES_S),
    "moyoung": partial(MoyoungWatch, takes_s=TAKES_S),
}


def switched_on(band: WornBand, air: Air) -> OnTheAir:
    """The band, to be entered. Raises ValueError for a wristband, which is the hub's."""
    key = bytes.fromhex(band.key)
    match band.kind:
        case "pendant":
            return Pendant(air, band.address, key=key or None)
        case "kbeacon":
            return KBeacon(air, band.address, base=key)
        case "ibeacon":
            return IBeacon(air, band.address, sos=key)
        case "wristband":
            raise ValueError(f"{band.address} is on the hub's own radio")
        case _:
            return CONNECTED[band.kind](air, band.address)
