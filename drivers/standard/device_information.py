"""Device Information (service 180A): who made a device, and which firmware it runs, for the health page.

All are UTF-8, and may be absent or end with zeros: 2A29 manufacturer, 2A24 model, 2A26 firmware, 2A27 hardware, 2A28
software. The serial number 2A25 is not read: it tells nothing that the address does not. Source: GATT Specification Supplement.
"""

from __future__ import annotations

from drivers.bluetooth_uuid import full_uuid
from drivers.driver import Decoded, Report, Services
from drivers.steps import Step, read

SERVICE = full_uuid(0x180A)
MANUFACTURER = full_uuid(0x2A29)
STRINGS = {
    MANUFACTURER: "manufacturer",
    full_uuid(0x2A24): "model",
    full_uuid(0x2A26): "firmware",
    full_uuid(0x2A27): "hardware",
    full_uuid(0x2A28): "software",
}
LONGEST = 64  # characters: they go into a status


def text(data: bytes) -> str:
    """A string as devices write it, without what cannot be shown."""
    shown = data.decode(errors="replace").strip("\0 ")
    return "".join(letter for letter in shown if letter.isprintable())[:LONGEST]


def read_all(services: Services) -> Step[None]:
    """Reads and reports the strings that there are."""
    told = {}
    for characteristic, name in STRINGS.items():
        data = yield from read(services, characteristic, SERVICE)
        if data and (word := text(data)):
            told[name] = word
    if told:
        yield Report(Decoded(status={"device": told}))
