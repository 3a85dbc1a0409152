"""The frames of lefun, and what each of them tells; `lefun.py` has the sheet."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from drivers.bands import vital_signs
from drivers.driver import Decoded, Refused
from drivers.framing import crc8_maxim, need
from drivers.measurement import Kind, Measurement

FIRMWARE, BOND, BATTERY, CLOCK, BUZZ, FIND_PHONE = 0x00, 0x01, 0x03, 0x04, 0x09, 0x0A
MEASURE, RESULT, STORED, TEXT = 0x0F, 0x10, 0x11, 0x17

_OURS, _THEIRS = 0xAB, (0x5A, 0x5B)
_AROUND = 4  # bytes of a frame that are not parameters
_LONGEST = 20


class Sensor(Struct, frozen=True):
    """What is measured: its number, how many bytes its value has, how that is read."""

    number: int
    size: int
    read: Callable[[bytes], list[Measurement]]


def _pressure(value: bytes) -> list[Measurement]:
    return vital_signs.optical_pressure(max(value), min(value))


SENSORS: dict[Kind, Sensor] = {
    "heart_rate": Sensor(0x01, 1, lambda value: vital_signs.heart_rate(value[0])),
    "blood_pressure": Sensor(0x02, 2, _pressure),
    "oxygen_saturation": Sensor(0x04, 1, lambda value: vital_signs.oxygen(value[0])),
}
_BY_NUMBER = {sensor.number: sensor for sensor in SENSORS.values()}


def encoded(command: int, params: bytes = b"") -> bytes:
    """The bytes of a frame to the band."""
    frame = bytes((_OURS, len(params) + _AROUND, command)) + params
    return frame + bytes((crc8_maxim(frame),))


def params_of(frame: bytes) -> bytes:
    """What a frame says behind its command."""
    return frame[3 : frame[1] - 1]


def decode(data: bytes) -> Decoded:
    """What a frame tells; what follows it is ignored. Raises Refused."""
    need(data, 1, "frame")
    if data[0] not in _THEIRS:
        raise Refused("not_mine", f"first byte {data[0]:02x}, not 5a or 5b")
    need(data, _AROUND, "frame")
    size = data[1]
    if not _AROUND <= size <= _LONGEST:
        raise Refused("length", f"says {size} bytes, a frame has {_AROUND} to {_LONGEST}")
    need(data, size, "frame")
    return _checked(data[2], params_of(data), data[:size])


def _checked(command: int, params: bytes, frame: bytes) -> Decoded:
    meaning = _MEANINGS.get(command)
    sensor = _BY_NUMBER.get(params[0]) if params and meaning and meaning.of_a_sensor else None
    if meaning:
        need(params, meaning.least + (sensor.size if sensor and meaning.has_value else 0), f"parameters of {command:02x}")
    if crc8_maxim(frame[:-1]) != frame[-1]:
        raise Refused("checksum", "CRC of the frame")
    if meaning is None:
        raise Refused("unsupported", f"command {command:02x}")
    if meaning.of_a_sensor and sensor is None:
        raise Refused("unsupported", f"kind {params[0]:02x}")
    return meaning.read(params)


# --- what is told, by command -------------------------------------------------------------------------------------------


class CommandMeaning(Struct, frozen=True):
    """The least parameters of a command (without a value, where it has one behind them), and how they are read."""

    least: int
    read: Callable[[bytes], Decoded] = lambda _params: Decoded()
    of_a_sensor: bool = False
    has_value: bool = False


def _started(params: bytes) -> Decoded:
    return Decoded(status={"measurement": "started" if params[1] else "refused"})


def _result(params: bytes) -> Decoded:
    return Decoded(_value(params, 1))


def _stored(params: bytes) -> Decoded:
    number, in_all = counts(params)
    if in_all == 0:
        return Decoded(status={"record": number, "of": 0})
    year, *others = params[3:9]
    at = vital_signs.wall_time(2000 + year, *others)
    return Decoded(vital_signs.stamped(_value(params, 9), at), status={"record": number, "of": in_all})


def _value(params: bytes, at: int) -> list[Measurement]:
    sensor = _BY_NUMBER[params[0]]
    return sensor.read(params[at : at + sensor.size])


def counts(params: bytes) -> tuple[int, int]:
    """Number of a stored record, and of how many."""
    high = 9 + _BY_NUMBER[params[0]].size
    more, number_high = params[high : high + 2] if len(params) >= high + 2 else (0, 0)
    return number_high << 8 | params[2], more << 8 | params[1]


_MEANINGS: dict[int, CommandMeaning] = {
    FIRMWARE: CommandMeaning(16),
    BOND: CommandMeaning(1),
    BATTERY: CommandMeaning(1, lambda params: Decoded(vital_signs.battery(params[0]))),
    CLOCK: CommandMeaning(2),
    BUZZ: CommandMeaning(1),
    FIND_PHONE: CommandMeaning(0, lambda _: Decoded([Measurement(kind="button", value="find_phone")])),
    MEASURE: CommandMeaning(2, _started, of_a_sensor=True),
    RESULT: CommandMeaning(1, _result, of_a_sensor=True, has_value=True),
    STORED: CommandMeaning(9, _stored, of_a_sensor=True, has_value=True),
}
