"""The frames of ycbt, and what each of them tells; `ycbt.py` has the sheet."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct, field

from drivers.bands import vital_signs
from drivers.bands.pieces import Joiner
from drivers.driver import Decoded, Refusal, Refused
from drivers.framing import crc16_ccitt_false
from drivers.measurement import Measurement

SETTINGS, GET, CONTROL, PUSH, STORED, LIVE = range(1, 7)
RESULT = 0x0E  # key of the push that says that a measurement is over
AROUND = 6  # bytes of a frame that are not payload
LONGEST = 1024

_LENGTHS = rb"(?:[\x06-\xff]\0|.[\x01-\x03]|\0\x04)"  # 6 to 1024, little endian
_BEGINS = re.compile(rb"[\x01-\x06](?:\Z|.(?:\Z|.\Z|" + _LENGTHS + rb"))", re.DOTALL)

_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 (the band's own clock)
_REFUSALS = {0xFB: "unknown_command", 0xFC: "unsupported_key", 0xFD: "length", 0xFE: "data", 0xFF: "crc"}


class YcbtFrame(Struct, frozen=True):
    """A frame whose checksum was good, and what it tells."""

    group: int
    key: int
    payload: bytes
    decoded: Decoded = field(default_factory=Decoded)

    @property
    def is_refusal(self) -> bool:
        """Whether the band says no, whatever it was asked or this would be."""
        return len(self.payload) == 1 and self.payload[0] in _REFUSALS

    def is_of(self, group: int, *keys: int) -> bool:
        """Whether it has one of these keys of a group."""
        return self.group == group and self.key in keys


def encoded(group: int, key: int, payload: bytes = b"") -> bytes:
    """The bytes of a frame."""
    head = bytes((group, key)) + (len(payload) + AROUND).to_bytes(2, "little") + payload
    return head + crc16_ccitt_false(head).to_bytes(2, "little")


def joiner() -> Joiner:
    """Finds the frames of one characteristic."""
    return Joiner(_size, _BEGINS)


def _size(data: bytes) -> int | None:
    if not SETTINGS <= data[0] <= LIVE:
        raise Refused("not_mine", f"group {data[0]:02x}, there are 01 to 06")
    if len(data) < 4:
        return None
    size = int.from_bytes(data[2:4], "little")
    if not AROUND <= size <= LONGEST:
        raise Refused("length", f"says {size} bytes, a frame has 6 to {LONGEST}")
    return size


def checked(data: bytes) -> YcbtFrame:
    """The frame in these bytes, as many as it says. Raises Refused."""
    if crc16_ccitt_false(data[:-2]) != int.from_bytes(data[-2:], "little"):
        raise Refused("checksum", "CRC of the frame")
    return YcbtFrame(data[0], data[1], data[4:-2])


def told(frame: YcbtFrame) -> Decoded:
    """What a frame says. Raises Refused."""
    if frame.is_refusal:
        return Decoded(status={"refused_by_band": _REFUSALS[frame.payload[0]]})
    meaning = _MEANINGS.get((frame.group, frame.key))
    if meaning is None:
        if frame.group in (PUSH, LIVE):
            raise Refused("unsupported", f"key {frame.key:02x} of group {frame.group:02x}")
        return Decoded()
    least, decode = meaning
    if len(frame.payload) < least:
        raise Refused("length", f"{frame.group:02x} {frame.key:02x}: {len(frame.payload)} bytes, needs {least}")
    return decode(frame.payload)


def seconds_2000(data: bytes) -> datetime:
    """A time of the band's clock: u32 seconds since 2000."""
    return _EPOCH + timedelta(seconds=int.from_bytes(data[:4], "little"))


def temperature(whole: int, fraction: int) -> list[Measurement]:
    """One, or none. The fraction is appended as digits: 36 and 5 are 36.5, 36 and 25 are 36.25."""
    if whole in (0, 255) or fraction == 15:  # "never measured"
        return []
    return [Measurement(kind="body_temperature", value=float(f"{whole}.{fraction}"))]


# --- what is told, by group and key -------------------------------------------------------------------------------------


def _nothing(_payload: bytes) -> Decoded:
    return Decoded()


def _device_info(payload: bytes) -> Decoded:
    return Decoded(vital_signs.battery(payload[5]), status={"firmware": f"{payload[3]}.{payload[2]}"})


def _started(payload: bytes) -> Decoded:
    return Decoded(status={"measurement": "refused" if payload[0] else "started"})


def _steps(payload: bytes) -> Decoded:
    return Decoded(vital_signs.steps(int.from_bytes(payload[:2], "little")))


def _vitals(payload: bytes) -> Decoded:
    systolic, diastolic, bpm, _, percent, whole, fraction = payload[:7].ljust(7, b"\0")
    return Decoded(
        [
            *vital_signs.optical_pressure(systolic, diastolic),
            *vital_signs.heart_rate(bpm),
            *vital_signs.oxygen(percent),
            *temperature(whole, fraction),
        ]
    )


def _worn(payload: bytes) -> Decoded:
    worn = Measurement(kind="worn", value=bool(payload[4]))
    return Decoded(vital_signs.stamped([worn], seconds_2000(payload), history=False))


def _battery(payload: bytes) -> Decoded:
    return Decoded(vital_signs.battery(payload[1]), status={"charging": bool(payload[0])})


def _result(payload: bytes) -> Decoded:
    return Decoded(status={"mode": payload[0], "measurement": {1: "done", 2: "failed"}.get(payload[1], "cancelled")})


def _status(payload: bytes) -> Decoded:
    mode, _, first = payload[:3]
    if mode not in _BY_MODE:
        return Decoded()
    numbers, decode = _BY_MODE[mode]
    if len(payload) < 2 + numbers:
        raise Refused("length", f"04 13, mode {mode}: {len(payload)} bytes, needs {2 + numbers}")
    return Decoded(decode(first, payload[3] if numbers == 2 else 0))


_BY_MODE: dict[int, tuple[int, Callable[[int, int], list[Measurement]]]] = {
    0: (1, lambda bpm, _: vital_signs.heart_rate(bpm)),
    1: (2, vital_signs.optical_pressure),
    2: (1, lambda percent, _: vital_signs.oxygen(percent)),
    4: (2, temperature),
}

_MEANINGS: dict[tuple[int, int], tuple[int, Callable[[bytes], Decoded]]] = {  # the least bytes, and how they are read
    (SETTINGS, 0x00): (1, _nothing),
    (SETTINGS, 0x0C): (1, _nothing),
    (SETTINGS, 0x1C): (1, _nothing),
    (SETTINGS, 0x20): (1, _nothing),
    (SETTINGS, 0x26): (1, _nothing),
    (GET, 0x00): (6, _device_info),
    (CONTROL, 0x00): (1, _nothing),
    (CONTROL, 0x2F): (1, _started),
    (PUSH, 0x00): (0, lambda _: Decoded([Measurement(kind="button", value="find_phone")])),
    (PUSH, 0x05): (0, lambda _: Decoded([Measurement(kind="button", value="sos")])),
    (PUSH, RESULT): (2, _result),
    (PUSH, 0x13): (3, _status),
    (PUSH, 0x16): (0, _nothing),
    (PUSH, 0x17): (0, lambda _: Decoded([Measurement(kind="button", value="sos")])),
    (STORED, 0x80): (6, _nothing),
    (LIVE, 0x00): (6, _steps),
    (LIVE, 0x01): (1, lambda payload: Decoded(vital_signs.heart_rate(payload[0]))),
    (LIVE, 0x02): (1, lambda payload: Decoded(vital_signs.oxygen(payload[0]))),
    (LIVE, 0x03): (2, _vitals),
    (LIVE, 0x13): (5, _worn),
    (LIVE, 0x15): (2, _battery),
}


def read(pieces: list[bytes | Refusal]) -> list[YcbtFrame | Refusal]:
    """Frames as bytes, and what was thrown away on the way to them, as frames with what they tell."""
    found: list[YcbtFrame | Refusal] = []
    for piece in pieces:
        if isinstance(piece, Refusal):
            found.append(piece)
            continue
        try:
            frame = checked(piece)
        except Refused as why:
            found.append(why.refusal)
            continue
        found.append(_with_meaning(frame))
    return found


def _with_meaning(frame: YcbtFrame) -> YcbtFrame:
    try:
        decoded = told(frame)
    except Refused as why:
        decoded = Decoded(refusals=[why.refusal])
    return YcbtFrame(frame.group, frame.key, frame.payload, decoded)
