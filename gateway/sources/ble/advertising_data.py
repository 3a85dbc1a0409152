"""Writes AD structures back from what BlueZ tells of an advertisement, which is a dictionary a kind. Pure.

Core Specification Supplement, part A, 1: length, type, data. Flags are not told. Two structures of one kind and UUID in one
advertisement are told as one, the last: only a hub at a serial line hands over both.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Mapping, Sequence

# AD types: Assigned Numbers, section 2.3
SERVICES_16, SERVICES_128 = 0x03, 0x07
SERVICE_DATA_16, SERVICE_DATA_128 = 0x16, 0x21
MANUFACTURER_DATA = 0xFF
NAME = 0x09

BASE_UUID = "-0000-1000-8000-00805f9b34fb"
LARGEST = 254  # bytes after the type: the length is one byte, and counts the type


def advertising_data(
    services: Sequence[str], service_data: Mapping[str, bytes], manufacturer_data: Mapping[int, bytes], name: str | None
) -> bytes:
    """The structures: services, service data, manufacturer data, name. UUIDs are full, as bleak spells them."""
    parts = [_services(services)] if services else []
    for spelled, data in service_data.items():
        short = _short(spelled)
        kind = SERVICE_DATA_128 if short is None else SERVICE_DATA_16
        parts.append(_structure(kind, (short or _long(spelled)) + data))
    for company, data in manufacturer_data.items():
        parts.append(_structure(MANUFACTURER_DATA, struct.pack("<H", company) + data))
    if name:
        parts.append(_structure(NAME, name.encode()))
    return b"".join(parts)


def _services(spelled: Sequence[str]) -> bytes:
    short = [_short(each) for each in spelled]
    long = [_long(each) for each, known in zip(spelled, short, strict=True) if known is None]
    return _list(SERVICES_16, [each for each in short if each is not None]) + _list(SERVICES_128, long)


def _list(kind: int, uuids: Sequence[bytes]) -> bytes:
    """One structure, or several where they do not fit: a device that was connected to has all its services told."""
    fit = LARGEST // len(uuids[0]) if uuids else 1
    return b"".join(_structure(kind, b"".join(uuids[at : at + fit])) for at in range(0, len(uuids), fit))


def _structure(kind: int, data: bytes) -> bytes:
    """None at all for what no advertisement can have held."""
    return bytes((len(data) + 1, kind)) + data if len(data) <= LARGEST else b""


def _short(spelled: str) -> bytes | None:
    """A 16-bit UUID, little endian; None where it has 32 or 128 bits."""
    if spelled.startswith("0000") and spelled.endswith(BASE_UUID):
        return bytes.fromhex(spelled[6:8] + spelled[4:6])
    return None


def _long(spelled: str) -> bytes:
    return uuid.UUID(spelled).bytes[::-1]
