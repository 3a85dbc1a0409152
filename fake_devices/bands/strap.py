"""A heart-rate strap: streams what the heart does, one value a second, to whoever has subscribed (Heart Rate Profile)."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from fake_devices.bands.band import Band, BandProfile, Property, characteristic, service
from fake_devices.bands.slow_radio import Manners
from fake_devices.ble_link.air import Air

HEART_RATE_SERVICE, HEART_RATE_MEASUREMENT, BODY_SENSOR_LOCATION = 0x180D, 0x2A37, 0x2A38
WRIST = 2
CONTACT, CONTACT_KNOWN, RR_INTERVALS = 0x02, 0x04, 0x10  # flags (GATT Specification Supplement, Heart Rate Measurement)
RR_PER_S = 1024


class HeartRateStrap(Band):
    """Notifies each measurement."""

    def __init__(self, air: Air, address: str, *, interval_s: float = 0.5, manners: Manners | None = None) -> None:
        self._heart_rate = characteristic(HEART_RATE_MEASUREMENT, Property.NOTIFY, b"")
        where = characteristic(BODY_SENSOR_LOCATION, Property.READ, bytes([WRIST]))
        profile = BandProfile([HEART_RATE_SERVICE], [service(HEART_RATE_SERVICE, self._heart_rate, where)], "Strap")
        super().__init__(air, address, profile, interval_s=interval_s, manners=manners)

    async def measures(self, bpm: int, *, contact: bool = True, rr_s: Sequence[float] = ()) -> None:
        """Sends one measurement; without contact a strap goes on with the last number for a while, or says 0."""
        flags = CONTACT_KNOWN | (CONTACT if contact else 0) | (RR_INTERVALS if rr_s else 0)
        intervals = b"".join(struct.pack("<H", round(seconds * RR_PER_S)) for seconds in rr_s)
        await self.device.notify_subscribers(self._heart_rate, bytes([flags, bpm]) + intervals)
