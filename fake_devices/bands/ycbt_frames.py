"""The frames of a SmartHealth watch (ycbt): an encoder of its own, so that it shares no mistake with the driver.

TT CC LL LL payload... KK KK      T group, C key, L bytes in all, K CRC-16/CCITT-FALSE of all before; little endian
05 QQ  records u16, packets u32, bytes u32      then 05 AA data...      then 05 80  packets u16, bytes u16, CRC u16
    06 15   time, mode, pulse                                09 18  time, steps, pulse, systolic, diastolic, oxygen,
    08 17   time, inflated, systolic, diastolic, pulse              breaths, HRV, -, temperature (2), -, -, sugar, -, -
    1A 22   time, type, oxygen                               1E 26  time, type, temperature (2)
time: u32, seconds since 2000 by the watch's clock; temperature: whole degrees, and the digit behind the point
"""

from __future__ import annotations

import binascii
import struct
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from fake_devices.person import VitalSigns

SETTINGS, GET, CONTROL, PUSH, STORED, LIVE = range(1, 7)
AROUND = 6
UNKNOWN_COMMAND, UNKNOWN_KEY, BAD_LENGTH, BAD_DATA, BAD_CRC = range(0xFB, 0x100)
EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 (a watch knows no zone)
TABLES = {0x06: 0x15, 0x08: 0x17, 0x09: 0x18, 0x1A: 0x22, 0x1E: 0x26}  # what is asked for -> the key of its data
NEVER = b"\x00\x0f"  # a temperature that was not measured
STEPS, HRV = 0, 40


class AppCommand(NamedTuple):
    """What somebody wrote; `fault` is the refusal that it deserves, 0 none."""

    group: int
    key: int
    payload: bytes
    fault: int


def frame(group: int, key: int, payload: bytes) -> bytes:
    """A whole frame."""
    head = struct.pack("<BBH", group, key, len(payload) + AROUND) + payload
    return head + struct.pack("<H", crc(head))


def read(command: bytes) -> AppCommand:
    """Takes a command apart."""
    group, key, size = struct.unpack("<BBH", command[:4].ljust(4, b"\0"))
    if size != len(command) or size < AROUND:
        return AppCommand(group, key, b"", BAD_LENGTH)
    fault = 0 if crc(command[:-2]) == int.from_bytes(command[-2:], "little") else BAD_CRC
    return AppCommand(group, key, command[4:-2], fault)


def crc(data: bytes) -> int:
    """CRC-16/CCITT-FALSE."""
    return binascii.crc_hqx(data, 0xFFFF)


def words(*numbers: int) -> bytes:
    """Numbers of two bytes."""
    return struct.pack(f"<{len(numbers)}H", *numbers)


def bits(places: Iterable[tuple[int, int]], size: int) -> bytes:
    """A bitmap with these bits, each by byte and bit."""
    found = sum(1 << (8 * byte + bit) for byte, bit in places)
    return found.to_bytes(size, "little")


def seconds(at: datetime) -> bytes:
    """A time of the watch's clock."""
    return struct.pack("<I", int((at - EPOCH).total_seconds()))


def local_time(payload: bytes) -> datetime:
    """The time that its clock is set to: year, month, day, hour, minute, second; the weekday follows."""
    return datetime(*struct.unpack("<HBBBBB", payload[:7]))  # noqa: DTZ001 (a watch knows no zone)


def celsius(degrees: float) -> bytes:
    """Whole degrees and tenths."""
    return bytes(divmod(round(degrees * 10), 10))


# --- records


def header(records: int, packets: int, size: int) -> bytes:
    """What comes before the data."""
    return struct.pack("<HII", records, packets, size)


def end(packets: int, data: bytes) -> bytes:
    """What comes after the data."""
    return struct.pack("<HHH", packets, len(data) & 0xFFFF, crc(data))


def record(query: int, at: datetime, body: VitalSigns) -> bytes:
    """One record of the table that is asked for."""
    return seconds(at) + _RECORDS[query](body)


def _vitals(body: VitalSigns) -> bytes:
    pressure = bytes([body.heart_rate_bpm, body.systolic_mmhg, body.diastolic_mmhg])
    breath = bytes([body.oxygen_saturation_percent, body.respiratory_rate_bpm, HRV])
    return words(STEPS) + pressure + breath + b"\x04" + NEVER + b"\0\0" + b"\0\0\0"


_RECORDS: dict[int, Callable[[VitalSigns], bytes]] = {
    0x06: lambda body: bytes([0, body.heart_rate_bpm]),
    0x08: lambda body: bytes([1, body.systolic_mmhg, body.diastolic_mmhg, body.heart_rate_bpm]),
    0x09: _vitals,
    0x1A: lambda body: bytes([0, body.oxygen_saturation_percent]),
    0x1E: lambda body: b"\0" + celsius(body.body_temperature_c),
}
