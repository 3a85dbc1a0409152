"""The frames of FitPro, and what each of them tells; `fitpro.py` has the sheet."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from drivers.bands import vital_signs
from drivers.bands.pieces import Joiner
from drivers.driver import Decoded, Refused
from drivers.framing import need
from drivers.measurement import Measurement

SETTINGS, RECORDS, START, KEYS, INFORMATION = 0x12, 0x15, 0x1A, 0x1C, 0x20
RECORD, DAY_TOTAL = 0x0E, 0x0C

HEAD = 8  # bytes before the payload; an acknowledgement has no more
LONGEST = 1024

_DATA, _ACKNOWLEDGEMENT = 0xCD, 0xDC
_BEFORE_LENGTH = 3  # bytes that the length does not count
_VERSION = 1
_DAY_S = 24 * 60 * 60
_BEGINS = re.compile(rb"[\xcd\xdc](?:\Z|[\x00-\x03])", re.DOTALL)


def encoded(group: int, command: int, payload: bytes = b"") -> bytes:
    """The bytes of a frame."""
    size = len(payload)
    length = size + HEAD - _BEFORE_LENGTH
    return bytes((_DATA, *length.to_bytes(2), group, _VERSION, command, *size.to_bytes(2))) + payload


def acknowledgement(frame: bytes) -> bytes:
    """What tells the band that a frame of it has come; a record is deleted then."""
    return bytes((_ACKNOWLEDGEMENT, 0, HEAD - _BEFORE_LENGTH, frame[3], _VERSION, *len(frame).to_bytes(2), 1))


def is_of(frame: bytes, *groups: int) -> bool:
    """Whether it is of one of these groups, and no acknowledgement."""
    return frame[0] == _DATA and frame[3] in groups


def joiner() -> Joiner:
    """Finds the frames of a connection."""
    return Joiner(_size, _BEGINS)


def _size(data: bytes) -> int | None:
    if data[0] not in (_DATA, _ACKNOWLEDGEMENT):
        raise Refused("not_mine", f"first byte {data[0]:02x}, not cd or dc")
    if len(data) < _BEFORE_LENGTH:
        return None
    size = int.from_bytes(data[1:3]) + _BEFORE_LENGTH
    if not HEAD <= size <= LONGEST:
        raise Refused("length", f"says {size} bytes, a frame has {HEAD} to {LONGEST}")
    return size


def decode(data: bytes) -> Decoded:
    """What a whole frame tells. Raises Refused."""
    need(data, 1, "frame")
    size = _size(data)
    if size != len(data) or (data[0] == _ACKNOWLEDGEMENT and size != HEAD):
        raise Refused("length", f"frame: {len(data)} bytes, says {size}")
    if data[0] == _ACKNOWLEDGEMENT:
        return Decoded()
    group, version, command, payload = data[3], data[4], data[5], data[HEAD:]
    least, read = _MEANINGS.get((group, command), (0, None))
    if int.from_bytes(data[6:8]) != len(payload):
        raise Refused("length", f"payload: {len(payload)} bytes, says {int.from_bytes(data[6:8])}")
    need(payload, least, f"{group:02x} {command:02x}")
    if read is None or version != _VERSION:
        raise Refused("unsupported", f"command {command:02x} of group {group:02x}, version {version:02x}")
    return read(payload)


# --- what is told, by group and command -----------------------------------------------------------------------------------


def _record(payload: bytes) -> Decoded:
    date, seconds = int.from_bytes(payload[:2]), int.from_bytes(payload[4:8])
    percent, systolic, diastolic, bpm = payload[8:12]
    midnight = vital_signs.wall_time(2000 + (date >> 9), date >> 5 & 0x0F, date & 0x1F)
    if seconds >= _DAY_S:
        raise Refused("implausible", f"second {seconds} of the day")
    values = [
        *vital_signs.heart_rate(bpm),
        *vital_signs.optical_pressure(systolic, diastolic),
        *vital_signs.oxygen(percent),
    ]
    return Decoded(vital_signs.stamped(values, midnight + timedelta(seconds=seconds), history=False))


def _find_phone(_payload: bytes) -> Decoded:
    return Decoded([Measurement(kind="button", value="find_phone")])


def _nothing(_payload: bytes) -> Decoded:
    return Decoded()


_ANSWERS = {  # to what the gateway says
    SETTINGS: (0x01, 0x08, 0x0A, 0x0B, 0x12, 0x15, 0x16, 0x18, 0xFF),
    RECORDS: (0x06,),
    START: (0x01, 0x0A, 0x0C, 0x0F, 0x10),
    INFORMATION: (0x02,),
}
_OTHER_KEYS = (0x02, 0x03, 0x04, 0x0A, 0x0B, 0x0C)  # of the camera, of the music

_MEANINGS: dict[tuple[int, int], tuple[int, Callable[[bytes], Decoded]]] = {  # the least bytes, and how they are read
    **{(group, command): (0, _nothing) for group, commands in _ANSWERS.items() for command in commands},
    **{(KEYS, key): (0, _nothing) for key in _OTHER_KEYS},
    (KEYS, 0x01): (0, _find_phone),
    (RECORDS, RECORD): (12, _record),
    (RECORDS, DAY_TOTAL): (11, _nothing),
}
