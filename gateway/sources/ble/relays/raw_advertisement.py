"""An advertisement as a relay hands it over: the AD structures as they came. What cannot be one is none. Pure.

Source: `BluetoothLERawAdvertisement` of ESPHome's api.proto; address types as in the Core Specification, Vol 4, Part E,
7.7.65.2 (2 and 3: identities that the relay's own radio has resolved).
"""

from __future__ import annotations

from typing import Literal

from drivers.driver import Advertisement

MOST_BYTES = 255  # 31 and a scan response of 31 in a legacy advertisement; a longer one comes in parts of at most 229
LARGEST_ADDRESS = (1 << 48) - 1
WEAKEST_DBM, STRONGEST_DBM = -127, 20
ADDRESS_TYPES: tuple[Literal["public", "random"], ...] = ("public", "random", "public", "random")


def advertisement(address: int, rssi: int, address_type: int, structures: bytes, by: str) -> Advertisement | None:
    """As the drivers know it; `by`: the relay. None: no radio can have heard this."""
    if not 0 < address <= LARGEST_ADDRESS or not WEAKEST_DBM <= rssi <= STRONGEST_DBM:
        return None
    if not 0 <= address_type < len(ADDRESS_TYPES) or len(structures) > MOST_BYTES:
        return None
    return Advertisement(structures, printed(address), rssi, ADDRESS_TYPES[address_type], by=by)


def printed(address: int) -> str:
    """As it is printed: `C0:FF:EE:00:00:01`."""
    return address.to_bytes(6, "big").hex(":").upper()


def number(address: str) -> int:
    """The other way round."""
    return int(address.replace(":", ""), 16)
