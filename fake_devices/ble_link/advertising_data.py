"""An advertisement as bytes: building AD structures and reading them back (Core Specification, Vol 3, Part C, 11)."""

from __future__ import annotations

import functools
import struct
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

LEGACY_BYTES = 31  # an advertisement, and again a scan response (Core Specification, Vol 6, Part B, 2.3.1.1)
BASE_UUID = "-0000-1000-8000-00805f9b34fb"
DISCOVERABLE = 0x06  # general discoverable, no Bluetooth Classic: the flags of nearly every band

# AD types: Assigned Numbers, section 2.3
FLAGS = 0x01
UUIDS = {0x02: 2, 0x03: 2, 0x04: 4, 0x05: 4, 0x06: 16, 0x07: 16}  # type -> bytes of one UUID
NAMES = (0x08, 0x09)
TX_POWER = 0x0A
SERVICE_DATA = {0x16: 2, 0x20: 4, 0x21: 16}
MANUFACTURER_DATA = 0xFF


@dataclass(frozen=True, slots=True)
class Advert:
    """One advertising event as an adapter hears it."""

    address: str
    data: bytes
    scan_response: bytes = b""
    rssi: int = -60
    connectable: bool = False


@dataclass(frozen=True, slots=True)
class AdvertisedData:
    """What the AD structures of an advertisement say."""

    name: str | None = None
    manufacturer_data: Mapping[int, bytes] = field(default_factory=dict)
    service_data: Mapping[str, bytes] = field(default_factory=dict)
    service_uuids: Sequence[str] = ()
    tx_power: int | None = None


def long_uuid(number: int) -> str:
    """The 128-bit spelling of a 16-bit or 32-bit UUID."""
    return f"{number:08x}{BASE_UUID}"


def spelled_uuid(little_endian: bytes) -> str:
    """A UUID of 2, 4 or 16 bytes as bleak spells it."""
    if len(little_endian) == 16:
        return str(uuid.UUID(bytes=little_endian[::-1]))
    return long_uuid(int.from_bytes(little_endian, "little"))


def build(
    name: str | None = None,
    *,
    services: Sequence[int] = (),
    service_data: Mapping[int, bytes] | None = None,
    manufacturer_data: Mapping[int, bytes] | None = None,
    flags: int | None = DISCOVERABLE,
) -> bytes:
    """AD structures in the order in which most bands send them; services are 16-bit. `flags=None`: a scan response.

    Raises ValueError when no radio would send so much in one advertisement.
    """
    parts = [] if flags is None else [_structure(FLAGS, bytes([flags]))]
    if services:
        parts.append(_structure(0x03, b"".join(struct.pack("<H", number) for number in services)))
    parts += [_structure(0x16, struct.pack("<H", number) + data) for number, data in (service_data or {}).items()]
    parts += [_structure(MANUFACTURER_DATA, struct.pack("<H", to) + data) for to, data in (manufacturer_data or {}).items()]
    if name is not None:
        parts.append(_structure(0x09, name.encode()))
    return _must_fit(b"".join(parts))


def structures(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and content of each AD structure; stops at the first that runs over the end, as real hosts do."""
    at = 0
    while at < len(data) and (length := data[at]):
        if at + 1 + length > len(data):
            return
        yield data[at + 1], data[at + 2 : at + 1 + length]
        at += 1 + length


@functools.lru_cache(maxsize=1024)  # bands repeat themselves
def read(data: bytes) -> AdvertisedData:
    """What the AD structures say, merged as a host merges them."""
    name: str | None = None
    tx_power: int | None = None
    company_data: dict[int, bytes] = {}
    service_data: dict[str, bytes] = {}
    uuids: list[str] = []
    for kind, content in structures(data):
        if kind in NAMES:
            name = content.decode(errors="replace")
        elif kind == MANUFACTURER_DATA and len(content) >= 2:
            company_data[int.from_bytes(content[:2], "little")] = content[2:]
        elif width := SERVICE_DATA.get(kind):
            service_data[spelled_uuid(content[:width])] = content[width:]
        elif width := UUIDS.get(kind):
            uuids += [spelled_uuid(content[at : at + width]) for at in range(0, len(content), width)]
        elif kind == TX_POWER and content:
            tx_power = struct.unpack_from("b", content)[0]
    return AdvertisedData(name, company_data, service_data, tuple(uuids), tx_power)


def _must_fit(data: bytes) -> bytes:
    if len(data) > LEGACY_BYTES:
        raise ValueError(f"{len(data)} bytes of advertising data, {LEGACY_BYTES} fit")
    return data


def _structure(kind: int, data: bytes) -> bytes:
    return bytes([len(data) + 1, kind]) + data
