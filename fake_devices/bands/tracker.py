"""A tracker that knows where it is (Location and Navigation Profile): tells each position to whoever has subscribed."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

from bumble import gatt

from fake_devices.bands.band import Band, BandProfile, Property, characteristic, date_time, service
from fake_devices.bands.slow_radio import Manners
from fake_devices.ble_link.air import Air

LOCATION_SERVICE, LOCATION_AND_SPEED, POSITION_QUALITY = 0x1819, 0x2A67, 0x2A69
# flags (GATT Specification Supplement, Location and Speed; Position Quality)
LOCATION, TIME, POSITION_OK = 1 << 2, 1 << 6, 1 << 7
HORIZONTAL_ERROR = 1 << 3
E7 = 10_000_000  # a degree


class LocationTracker(Band):
    """Notifies each position; `accuracy_m` is to be read."""

    def __init__(self, air: Air, address: str, *, manners: Manners | None = None) -> None:
        self.accuracy_m = 8.0
        self._location = characteristic(LOCATION_AND_SPEED, Property.NOTIFY, b"")
        quality = characteristic(POSITION_QUALITY, Property.READ, gatt.CharacteristicValue(lambda _: self._quality()))
        services = [service(LOCATION_SERVICE, self._location, quality)]
        super().__init__(air, address, BandProfile([LOCATION_SERVICE], services, "Tracker"), manners=manners)

    async def is_at(self, latitude: float, longitude: float) -> None:
        """It is there now (degrees, WGS 84), and has a good fix."""
        place = struct.pack("<Hii", LOCATION | TIME | POSITION_OK, round(latitude * E7), round(longitude * E7))
        await self.device.notify_subscribers(self._location, place + date_time(datetime.now(UTC)))

    def _quality(self) -> bytes:
        return struct.pack("<HI", HORIZONTAL_ERROR, round(self.accuracy_m * 100))
