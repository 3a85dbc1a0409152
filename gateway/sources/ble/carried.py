"""What an advertisement said itself, taken out of what BlueZ tells of its sender, which is all that was ever heard. Pure.

bluetoothd keeps manufacturer data and service data apart: a frame with one leaves the other as it was, for ever, and bleak
hands over both each time. So a press in the one kind would never end while the band says "I am alive" in the other. What is
new is told by the object: bleak 3.1 puts another one there exactly when the signal carried it (`platform_data[1]`, measured
with bluetoothd 5.66).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

MOST = 4_000  # devices, those heard lately; telephones change their address every few minutes

Properties = Mapping[str, object]


class Carried(NamedTuple):
    """Which kinds of data a signal carried. None of all: it told of the signal strength, or of no advertisement at all."""

    manufacturer_data: bool
    service_data: bool
    services: bool


class LastTold:
    """What was told of each device last, by its path; `before`: what bluetoothd kept when we began to listen."""

    def __init__(self, before: Mapping[str, Properties]) -> None:
        self._told = {path: _kept(properties) for path, properties in before.items()}

    def __len__(self) -> int:
        return len(self._told)

    def carried(self, path: str, properties: Properties) -> Carried:
        """What is new in this signal."""
        last, now = self._told.pop(path, (None, None, None)), _kept(properties)
        self._told[path] = now
        if len(self._told) > MOST:
            del self._told[next(iter(self._told))]
        return Carried(*(one is not None and one is not other for one, other in zip(now, last, strict=True)))


def _kept(properties: Properties) -> tuple[object, object, object]:
    """Of org.bluez.Device1, in the order of `Carried`."""
    return properties.get("ManufacturerData"), properties.get("ServiceData"), properties.get("UUIDs")
