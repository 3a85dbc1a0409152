"""A tag that measures nothing: it tells its battery, takes the time and buzzes, as everything that connects at least does."""

from __future__ import annotations

from fake_devices.bands.band import BATTERY_SERVICE, Band, BandProfile
from fake_devices.bands.slow_radio import Manners
from fake_devices.ble_link.air import Air


class Tag(Band):
    """A key finder, or a band whose sensors speak in no known way."""

    def __init__(self, air: Air, address: str, *, manners: Manners | None = None) -> None:
        super().__init__(air, address, BandProfile([BATTERY_SERVICE], [], "Tag"), manners=manners)
