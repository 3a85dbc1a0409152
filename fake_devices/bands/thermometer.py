"""A fever thermometer (Health Thermometer Profile): indicates what it measured, where and when."""

from __future__ import annotations

import struct

from fake_devices.bands.band import Property, characteristic, date_time
from fake_devices.bands.slow_radio import Manners
from fake_devices.bands.spot_meter import SpotMeter
from fake_devices.ble_link.air import Air

THERMOMETER_SERVICE, TEMPERATURE_MEASUREMENT, TEMPERATURE_TYPE = 0x1809, 0x2A1C, 0x2A1D
TIME_STAMP, SITE = 0x02, 0x04  # flags (GATT Specification Supplement, Temperature Measurement)
EAR = 3
TENTHS = 0xFF  # exponent -1 of a FLOAT (IEEE 11073-20601)


class Thermometer(SpotMeter):
    """Tenths of a degree Celsius, measured in the ear."""

    def __init__(self, air: Air, address: str, *, manners: Manners | None = None) -> None:
        site = characteristic(TEMPERATURE_TYPE, Property.READ, bytes([EAR]))
        super().__init__(air, address, (THERMOMETER_SERVICE, TEMPERATURE_MEASUREMENT, "Thermometer"), site, manners)

    async def measures(self, celsius: float) -> None:
        """It is used now, and shows itself for who wants the reading."""
        value = round(celsius * 10).to_bytes(3, "little", signed=True) + bytes([TENTHS])
        self.keeps(struct.pack("<B", TIME_STAMP | SITE) + value + date_time(self.now()) + bytes([EAR]))
        await self.shows_for_a_while()
