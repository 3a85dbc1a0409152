"""The board that the gateway runs on: its supply voltage and its heat, where the kernel tells them.

A Raspberry Pi tells both, by its firmware and by drivers of hwmon and thermal. Elsewhere nothing can be said, and nothing is.
Sources: Linux drivers/firmware/raspberrypi.c (get_throttled), drivers/hwmon/raspberrypi-hwmon.c (`rpi_volt`),
Documentation/driver-api/thermal; the firmware slows the processor down from 80 degrees Celsius on (raspberrypi.com).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gateway.supervision.fault_watch import SeenFault

SYS = Path("/sys")
THROTTLED = "devices/platform/soc/soc:firmware/get_throttled"
UNDERVOLTAGE, TOO_HOT = 1 << 0, 1 << 3  # now; what was since the start is in the upper half
HOT_MILLI, COOL_MILLI = 80_000, 75_000  # degrees Celsius
PROCESSOR = frozenset({"cpu-thermal", "cpu_thermal", "soc-thermal", "soc_thermal"})


class Board:
    """`undervoltage`, `overheated`: as they were at the last `seen`; None: this machine does not tell."""

    def __init__(self, sys: Path = SYS) -> None:
        self._sys = sys
        self.undervoltage: bool | None = None
        self.overheated: bool | None = None
        self.look_for_sensors()

    def look_for_sensors(self) -> None:
        """Which there are: they come with their drivers, most at boot."""
        firmware = self._sys / THROTTLED
        self._firmware = firmware if firmware.exists() else None
        sensors = sorted(self._sys.glob("class/hwmon/hwmon*"))
        self._alarms = [sensor / "in0_lcrit_alarm" for sensor in sensors if _text(sensor / "name") == "rpi_volt"]
        zones = sorted(self._sys.glob("class/thermal/thermal_zone*"))
        self._zones = [zone / "temp" for zone in zones if _text(zone / "type") in PROCESSOR]

    def seen(self) -> Iterable[SeenFault]:
        """What is wrong with it now."""
        throttled = _number(self._firmware, 16) if self._firmware else None
        self.undervoltage = self._voltage_alarm() if throttled is None else bool(throttled & UNDERVOLTAGE)
        self.overheated = self._is_hot(throttled)
        if self.undervoltage:
            yield SeenFault(fault="undervoltage")
        if self.overheated:
            yield SeenFault(fault="overheated")

    def _voltage_alarm(self) -> bool | None:
        said = [alarm for sensor in self._alarms if (alarm := _number(sensor)) is not None]
        return said[0] != 0 if said else None

    def _is_hot(self, throttled: int | None) -> bool | None:
        heat = [milli for zone in self._zones if (milli := _number(zone)) is not None]
        if throttled is not None and throttled & TOO_HOT:
            return True
        if not heat:
            return None if throttled is None else False
        return max(heat) >= (COOL_MILLI if self.overheated else HOT_MILLI)


def _text(file: Path) -> str:
    try:
        return file.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _number(file: Path, base: int = 10) -> int | None:
    try:
        return int(_text(file), base)
    except ValueError:
        return None
