"""What puts bleak on virtual adapters: `BleakScanner(..., backend=pair.scanner)`, `BleakClient(..., backend=pair.client)`.

The rest of a program that uses bleak stays as it is.
"""

from __future__ import annotations

from typing import NamedTuple

from bleak.backends.client import BaseBleakClient
from bleak.backends.scanner import BaseBleakScanner

from fake_devices.ble_link.adapter import Adapter
from fake_devices.ble_link.client import VirtualClient
from fake_devices.ble_link.scanner import VirtualScanner


class BleakBackends(NamedTuple):
    """What to hand to bleak."""

    scanner: type[BaseBleakScanner]
    client: type[BaseBleakClient]


def backends(*adapters: Adapter) -> BleakBackends:
    """The two backend classes for these adapters; bleak wants classes, so the adapters become a class attribute.

    The first adapter is the default; `bluez={"adapter": "hci1"}` picks another, as with the BlueZ backend.
    """
    known = {"adapters": {adapter.name: adapter for adapter in adapters}}
    return BleakBackends(type("Scanner", (VirtualScanner,), known), type("Client", (VirtualClient,), known))
