"""The drivers that a replay has to do with; of all there are only those that somebody names are imported."""

from __future__ import annotations

from collections.abc import Callable

from drivers.driver import Driver
from drivers.serial_line import serial_hub

USUAL_DRIVER = serial_hub.DRIVER.name


class KnownDrivers:
    """`named`: those that were asked for. `all_of_them`: asked once, where another one than the usual is wanted."""

    def __init__(self, all_of_them: Callable[[], tuple[Driver, ...]]) -> None:
        self._all_of_them = all_of_them
        self._others: dict[str, Driver] | None = None
        self.named: dict[str, Driver] = {USUAL_DRIVER: serial_hub.DRIVER}

    def knows(self, name: str) -> bool:
        """Whether there is a driver of this name."""
        if name in self.named:
            return True
        if self._others is None:
            self._others = {driver.name: driver for driver in self._all_of_them()}
        if name in self._others:
            self.named[name] = self._others[name]
        return name in self._others
