"""Targets: what all drivers share to find frames, and what an advertisement is put together of."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from drivers.driver import Refused
from drivers.framing import (
    Fields,
    ad_structure,
    ad_structures,
    cobs_decode,
    cobs_encode,
    crc8_maxim,
    crc16_ibm_sdlc,
    crc16_ibm_sdlc_fits,
    xor,
)
from fake_devices import serial_hub_frames
from gateway.sources.ble.advertising_data import advertising_data
from tests.fuzzing.target import Script, Target, piece

BASE = "-0000-1000-8000-00805f9b34fb"
LONG = "0000{:04x}-1212-efde-1523-785feabcd123"


def targets() -> list[Target]:
    """Two."""
    return [
        Target(name="framing", take=_framing, seeds=_frames, longest=700),
        Target(name="advertising-data", take=_advertising_data, seeds=_told, longest=700),
    ]


def _framing(data: bytes) -> None:
    """What is encoded is decoded to the same; two that were written apart agree."""
    assert cobs_decode(cobs_encode(data)) == data
    assert 0 not in cobs_encode(data)
    assert crc16_ibm_sdlc_fits(data + crc16_ibm_sdlc(data).to_bytes(2, "little"))
    assert crc16_ibm_sdlc(data) == serial_hub_frames.crc(data)
    assert crc8_maxim(data + bytes((crc8_maxim(data),))) == 0
    assert xor(data + bytes((xor(data),))) == 0
    with suppress(Refused):
        assert cobs_decode(cobs_encode(decoded := cobs_decode(data))) == decoded
    _fields(data)
    _structures(data)


def _fields(data: bytes) -> None:
    fields = Fields(data)
    with suppress(Refused):
        while fields.left:
            before = fields.left
            fields.take(1 + data[-1] % 9, "anything")
            assert fields.left < before


def _structures(data: bytes) -> None:
    """What is read is written again as it was, up to where it breaks off."""
    again = b""
    with suppress(Refused):
        for kind, inside in ad_structures(data):
            again += ad_structure(kind, inside)
    assert data.startswith(again)


def _frames() -> Sequence[bytes]:
    return [b"", b"\0", b"\x02\x01\x06\x03\x16\xd2\xfc", cobs_encode(bytes(range(1, 256)) * 2), b"\x01" * 255]


def _advertising_data(data: bytes) -> None:
    """What BlueZ tells can be read again: every structure fits, or is left out."""
    script = Script(data)
    services = [_uuid(script) for _ in range(script.octet() % 90)]
    service_data = {_uuid(script): script.piece() for _ in range(script.octet() % 5)}
    manufacturer_data = {script.octet() << 8 | script.octet(): script.piece() for _ in range(script.octet() % 5)}
    name = script.rest().decode("utf-8", "replace")
    told = advertising_data(services, service_data, manufacturer_data, name)
    found = list(ad_structures(told))
    for company, content in manufacturer_data.items():
        assert (0xFF, company.to_bytes(2, "little") + content) in found or len(content) + 2 > 254
    assert sum(2 + len(inside) for _, inside in found) == len(told)


def _uuid(script: Script) -> str:
    number = script.octet() << 8 | script.octet()
    return LONG.format(number) if number % 2 else f"0000{number:04x}{BASE}"


def _told() -> Sequence[bytes]:
    return [
        bytes((1, 0x18, 0x0D, 1, 0xFC, 0xD2))
        + piece(b"\x40\x00\x01\x3a\x01")
        + bytes((1, 0x00, 0x4C))
        + piece(b"\x02\x15")
        + b"Band",
        bytes((80,)) + bytes(range(160)) + b"\0\0",
    ]
