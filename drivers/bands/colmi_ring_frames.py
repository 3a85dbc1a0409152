"""The frames of Colmi rings, and what each of them tells; `colmi_ring.py` has the sheet."""

from __future__ import annotations

from collections.abc import Callable

from drivers.bands import vital_signs
from drivers.driver import Decoded, Refused
from drivers.measurement import Kind, Measurement

CLOCK, BATTERY, BLINK, STORED_PULSES, AUTOMATIC_PULSE = 0x01, 0x03, 0x10, 0x15, 0x16
AUTOMATIC_OXYGEN, PACKET_SIZE, AUTOMATIC_TEMPERATURE, FIND = 0x2C, 0x2F, 0x3A, 0x50
MEASURE, STOP, PUSH = 0x69, 0x6A, 0x73

BYTES = 16
GOOD, WORN_WRONGLY, NO_DATA_YET = 0, 1, 2  # of a measurement
NUMBERS: dict[Kind, int] = {"heart_rate": 0x01, "oxygen_saturation": 0x03}

_READ: dict[int, Callable[[int], list[Measurement]]] = {
    NUMBERS["heart_rate"]: vital_signs.heart_rate,
    NUMBERS["oxygen_saturation"]: vital_signs.oxygen,
}
_NEW_RECORDS = {0x01: "heart_rate", 0x03: "oxygen_saturation", 0x04: "steps"}


def encoded(*data: int) -> bytes:
    """The bytes of a frame, its command first."""
    frame = bytes(data).ljust(BYTES - 1, b"\0")
    return frame + bytes((_sum(frame),))


def decode(frame: bytes) -> Decoded:
    """What a frame tells. Raises Refused."""
    if len(frame) != BYTES:
        raise Refused("length", f"frame: {len(frame)} bytes, needs {BYTES}")
    if _sum(frame[:-1]) != frame[-1]:
        raise Refused("checksum", "sum of the frame")
    if frame[0] not in _MEANINGS:
        raise Refused("unsupported", f"command {frame[0]:02x}")
    return _MEANINGS[frame[0]](frame)


def _sum(data: bytes) -> int:
    return sum(data) & 0xFF


# --- what is told, by command -------------------------------------------------------------------------------------------


def _nothing(_frame: bytes) -> Decoded:
    return Decoded()


def _battery(frame: bytes) -> Decoded:
    return Decoded(vital_signs.battery(frame[1]), status={"charging": bool(frame[2])})


def _measured(frame: bytes) -> Decoded:
    read = _reader(frame)
    error, value = frame[2:4]
    if error == GOOD:
        return Decoded(read(value))
    if error == WORN_WRONGLY:
        return Decoded(status={"measurement": "failed", "why": "not_worn"})
    return Decoded(status={"why": "no_data_yet" if error == NO_DATA_YET else f"error {error}"})


def _stopped(frame: bytes) -> Decoded:
    _reader(frame)
    return Decoded()


def _reader(frame: bytes) -> Callable[[int], list[Measurement]]:
    if frame[1] not in _READ:
        raise Refused("unsupported", f"kind {frame[1]:02x}")
    return _READ[frame[1]]


def _pushed(frame: bytes) -> Decoded:
    what = frame[1]
    if what == 0x0C:
        return _battery(frame[1:])
    if what == 0x12:
        return Decoded(vital_signs.steps(int.from_bytes(frame[2:5])))
    if what in _NEW_RECORDS:
        return Decoded(status={"stored_data": _NEW_RECORDS[what]})
    raise Refused("unsupported", f"push {what:02x}")


_MEANINGS: dict[int, Callable[[bytes], Decoded]] = {
    CLOCK: _nothing,
    BATTERY: _battery,
    BLINK: _nothing,
    STORED_PULSES: _nothing,  # means something together with the others of its day
    AUTOMATIC_PULSE: _nothing,
    AUTOMATIC_OXYGEN: _nothing,
    PACKET_SIZE: _nothing,
    AUTOMATIC_TEMPERATURE: _nothing,
    FIND: _nothing,
    MEASURE: _measured,
    STOP: _stopped,
    PUSH: _pushed,
}
