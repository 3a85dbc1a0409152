"""The frames of the protocol `serial-hub`, version 1, as a hub makes them: an encoder of its own, so that it shares no mistake
with the driver that decodes.

    TT payload... CC CC      COBS-encoded, ended by 00; C: CRC-16/IBM-SDLC over type and payload, low byte first

All numbers are little endian; addresses are six bytes in the order in which they are printed.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple, TypedDict

ADVERTISEMENT, RECORD, STATUS, COMMAND, RESULT = 0x01, 0x02, 0x03, 0x10, 0x11
AGE_UNKNOWN = 0xFFFF
RSSI_UNKNOWN = 127
COBS_RUN = 254  # the longest run that one code byte stands before (Cheshire and Baker, 1999)

SOS, FALL, WORN, WORN_KNOWN, CHARGING, HISTORY, BATTERY_LOW = (1 << bit for bit in range(7))


class RecordValues(TypedDict, total=False):
    """What one record of a band tells: /min, mmHg, degrees Celsius, %, and (latitude, longitude, accuracy_m, age_s)."""

    heart_rate: int
    blood_pressure: tuple[int, int]
    skin_temperature: float
    body_temperature: float
    oxygen_saturation: int
    battery: int
    position: tuple[float, float, int, int]
    steps: int
    respiratory_rate: int
    worn: bool
    charging: bool
    history: bool
    battery_low: bool
    sos: bool
    fall: bool
    age_s: int


def _position(place: tuple[float, float, int, int]) -> bytes:
    latitude, longitude, accuracy_m, age_s = place
    return struct.pack("<iiHH", round(latitude * 1e7), round(longitude * 1e7), accuracy_m, age_s)


def _hundredths(celsius: float) -> bytes:
    return struct.pack("<h", round(celsius * 100))


# name -> (type, encoder), in the order of the types
FIELDS: dict[str, tuple[int, Callable[..., bytes]]] = {
    "heart_rate": (0x01, struct.Struct("<B").pack),
    "blood_pressure": (0x02, lambda pair: struct.pack("<HH", *pair)),
    "skin_temperature": (0x03, _hundredths),
    "body_temperature": (0x04, _hundredths),
    "oxygen_saturation": (0x05, struct.Struct("<B").pack),
    "battery": (0x06, struct.Struct("<B").pack),
    "position": (0x07, _position),
    "steps": (0x08, struct.Struct("<I").pack),
    "respiratory_rate": (0x09, struct.Struct("<B").pack),
}
FLAGS = {"sos": SOS, "fall": FALL, "charging": CHARGING, "history": HISTORY, "battery_low": BATTERY_LOW}


def record(address: str, number: int, told: RecordValues) -> bytes:
    """A band record; `number` is the band's sequence number and wraps."""
    flags = sum(bit for name, bit in FLAGS.items() if told.get(name))
    if "worn" in told:
        flags |= WORN_KNOWN | (WORN if told["worn"] else 0)
    body = _address(address) + struct.pack("<HHB", number & 0xFFFF, told.get("age_s", AGE_UNKNOWN), flags)
    for name, value in told.items():
        if name in FIELDS:
            kind, encode = FIELDS[name]
            packed = encode(value)
            body += bytes([kind, len(packed)]) + packed
    return frame(RECORD, body)


def advertisement(address: str, data: bytes, rssi: int = RSSI_UNKNOWN, *, random: bool = True) -> bytes:
    """An advertisement as the hub heard it; `data` are its AD structures, `rssi` in dBm."""
    return frame(ADVERTISEMENT, bytes([random]) + _address(address) + struct.pack("<b", rssi) + data)


def status(uptime_s: int, firmware: tuple[int, int, int], dropped: int, bands: int) -> bytes:
    """What the hub tells of itself every 30 s."""
    return frame(STATUS, struct.pack("<I3BIH", uptime_s, *firmware, dropped, bands))


def result(command: int, code: int) -> bytes:
    """The answer to a command: 0 done, 1 band not in reach, 2 band cannot do that, 3 hub busy."""
    return frame(RESULT, struct.pack("<HB", command, code))


class HubCommand(NamedTuple):
    """What the host wants of a band: 1 short vibration, 2 long vibration, 3 measure now, 4 show text."""

    id: int
    address: str
    code: int


def command(encoded: bytes) -> HubCommand | None:
    """The command in a frame without its closing 00; None when it is none, or broken."""
    data = unstuff(encoded)
    if len(data) < 12 or data[0] != COMMAND or crc(data[:-2]) != int.from_bytes(data[-2:], "little"):
        return None
    return HubCommand(int.from_bytes(data[1:3], "little"), data[3:9].hex(":").upper(), data[9])


def frame(kind: int, payload: bytes) -> bytes:
    """Any frame as it goes over the line, the closing 00 included."""
    body = bytes([kind]) + payload
    return stuff(body + struct.pack("<H", crc(body))) + b"\0"


def stuff(data: bytes) -> bytes:
    """COBS, without the closing 00."""
    out = bytearray()
    for part in data.split(b"\0"):
        while len(part) >= COBS_RUN:
            out += bytes([COBS_RUN + 1]) + part[:COBS_RUN]
            part = part[COBS_RUN:]
        out += bytes([len(part) + 1]) + part
    return bytes(out)


def unstuff(data: bytes) -> bytes:
    """Undo COBS; what cannot be undone gives no bytes."""
    out = bytearray()
    at = 0
    while at < len(data):
        size = data[at]
        if size == 0 or at + size > len(data):
            return b""
        out += data[at + 1 : at + size]
        at += size
        if size <= COBS_RUN and at < len(data):
            out.append(0)
    return bytes(out)


def crc(data: bytes) -> int:
    """CRC-16/IBM-SDLC: polynomial 1021 reflected, init and xorout FFFF; "123456789" gives 906E."""
    value = 0xFFFF
    for byte in data:
        value = (value >> 8) ^ _CRC_TABLE[(value ^ byte) & 0xFF]
    return value ^ 0xFFFF


def _crc_entry(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ 0x8408 if byte & 1 else byte >> 1
    return byte


_CRC_TABLE = [_crc_entry(byte) for byte in range(256)]


def _address(printed: str) -> bytes:
    return bytes.fromhex(printed.replace(":", ""))
