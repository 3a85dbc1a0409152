"""A blood-pressure cuff (Blood Pressure Profile): indicates what it measured, with the time by its own clock."""

from __future__ import annotations

import struct
from datetime import timedelta

from fake_devices.bands.band import Property, characteristic, date_time
from fake_devices.bands.slow_radio import Manners
from fake_devices.bands.spot_meter import SpotMeter
from fake_devices.ble_link.air import Air

BLOOD_PRESSURE_SERVICE, BLOOD_PRESSURE_MEASUREMENT, BLOOD_PRESSURE_FEATURE = 0x1810, 0x2A35, 0x2A49
TIME_STAMP, PULSE = 0x02, 0x04  # flags (GATT Specification Supplement, Blood Pressure Measurement)


class BloodPressureCuff(SpotMeter):
    """Whole numbers of mmHg, so an SFLOAT with exponent 0, which is the number itself."""

    def __init__(self, air: Air, address: str, *, manners: Manners | None = None) -> None:
        feature = characteristic(BLOOD_PRESSURE_FEATURE, Property.READ, b"\x00\x00")
        super().__init__(air, address, (BLOOD_PRESSURE_SERVICE, BLOOD_PRESSURE_MEASUREMENT, "Cuff"), feature, manners)

    def has_measured(self, systolic: int, diastolic: int, pulse: int, *, ago_s: float) -> None:
        """It was used a while ago, out of reach: the reading waits in it, with the time of then."""
        mean = diastolic + (systolic - diastolic) // 3
        pressures = struct.pack("<BHHH", TIME_STAMP | PULSE, systolic, diastolic, mean)
        at = self.now() - timedelta(seconds=ago_s)
        self.keeps(pressures + date_time(at) + struct.pack("<H", pulse))

    async def measures(self, systolic: int, diastolic: int, pulse: int) -> None:
        """It is used now, and shows itself for who wants the reading."""
        self.has_measured(systolic, diastolic, pulse, ago_s=0)
        await self.shows_for_a_while()
