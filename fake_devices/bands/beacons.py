"""An iBeacon as bytes, and the identities that bands tell their presses by.

4C 00  02 15  UUID (16)  MMMM major  mmmm minor  PP power at one metre, dBm        (Apple; numbers big endian)
"""

from __future__ import annotations

import struct
import uuid

from fake_devices.ble_link import advertising_data

APPLE = 0x004C
TYPE = b"\x02\x15"
POWER_DBM = -59


def ibeacon(identity: uuid.UUID, major: int, minor: int) -> bytes:
    """The AD structures of an iBeacon; nothing else fits beside it."""
    frame = TYPE + identity.bytes + struct.pack(">HHb", major, minor, POWER_DBM)
    return advertising_data.build(manufacturer_data={APPLE: frame})
