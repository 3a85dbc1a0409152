"""serial-hub, version 1: a USB radio receiver that hears wristbands far from the gateway and hands them over a serial line.

115200 baud, 8N1, no flow control. Source: the hub's own protocol sheet, version 1. Numbers are little endian, addresses six
bytes in the order in which they are printed. A frame is COBS-encoded and ended by one byte 00; decoded, at most 512 bytes:

    TT payload... CC CC              C: CRC-16/IBM-SDLC over type and payload (see framing.py)

    01  aa AAAAAAAAAAAA rr dd...                    an advertisement, for the advertisement drivers
        a 0 public, 1 random; r RSSI s8 dBm, 127 unknown; d AD structures, at most 255 bytes
    02  AAAAAAAAAAAA ssss gggg ff (tt ll vv...)*    a record of a band on the hub's own radio
        s number of the record, wraps; the same (A, s) within 60 s is one record, and one press
        g s since it was measured, FFFF unknown: then the time of reception counts
        f bit 0 SOS key, 1 fall, 2 worn, 3 "worn" is known, 4 charging, 5 stored record, 6 battery low, 7 reserved
        t 01 heart rate u8 /min (0 none, 255 error)          06 battery u8 % (255 unknown)
          02 blood pressure, systolic and diastolic u16      07 position: latitude and longitude s32 1e-7 degrees,
             mmHg (0 or FFFF in either: none)                   accuracy u16 m (FFFF unknown), age of the fix u16 s;
          03 skin temperature s16 0.01 C (7FFF none)            0, 0: no fix
          04 body temperature, the same                      08 steps today u32
          05 oxygen saturation u8 % (127, 255 none)          09 respiratory rate u8 /min (0, 255 none)
    03  uuuuuuuu MM mm pp dddddddd bbbb             the hub's status: uptime s, firmware, frames dropped, bands heard
    10  iiii AAAAAAAAAAAA cc (tt ll vv...)*         a command to a band, from us: c 01 short, 02 long vibration,
                                                    03 measure now, 04 show text (field 20, UTF-8, at most 60 bytes)
    11  iiii ss                                     its result: s 00 done, 01 not in reach, 02 cannot, 03 busy

Refused: `length` what is too long, no COBS, below 3 bytes, shorter or longer than its type needs; `checksum`, looked at before
type and content; `unsupported` another type or result, and 10 coming from the hub. A field of wrong length, past the end or
there twice refuses all fields of its record, never its flags: the CRC was good, the key counts. A value that cannot be is
left out (`implausible`), the rest counts. A field of unknown type is skipped and told in the status.

Sensor: cuff, wrist, worn. The roster's `model` may say otherwise of a band, by the words
of drivers/sensor.py: `cuffless`, `finger`, `unworn`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from drivers.driver import Advertisement, CommandResult, Item, Outcome, Refusal, Refused, SensorTraits, SerialDriver, Status
from drivers.framing import cobs_decode, crc16_ibm_sdlc_fits
from drivers.measurement import Kind, Measurement, Value
from drivers.serial_line.serial_hub_commands import order, signal
from drivers.serial_line.serial_hub_fields import FIELDS, UNKNOWN_U16, fix_age_s

_LONGEST_ENCODED = 515  # 512 bytes and the three code bytes that COBS needs for them

_SOS, _FALL, _WORN, _WORN_KNOWN, _CHARGING, _STORED, _BATTERY_LOW = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40
_TELLING = _SOS | _FALL | _WORN_KNOWN | _CHARGING | _BATTERY_LOW

# --- the stream -------------------------------------------------------------------------------------------------------


class HubStream:
    """Cuts the stream at the zeros and decodes each frame; keeps no more than the longest frame that may be."""

    def __init__(self) -> None:
        self._unfinished = b""
        self._too_long = False

    def feed(self, data: bytes) -> list[Item]:
        """What became whole with these bytes, in order."""
        items: list[Item] = []
        *frames, rest = (self._unfinished + data).split(b"\0")
        for frame in frames:
            if self._too_long or len(frame) > _LONGEST_ENCODED:
                items.append(_TOO_LONG)
                self._too_long = False
            elif frame:
                _decode_frame(frame, items)
        self._too_long = self._too_long or len(rest) > _LONGEST_ENCODED
        self._unfinished = b"" if self._too_long else rest
        return items

    def close(self) -> list[Item]:
        """What is left over is refused."""
        cut = self._too_long or bool(self._unfinished)
        self._unfinished, self._too_long = b"", False
        return [Refusal("length", "the stream ended within a frame")] if cut else []


_TOO_LONG = Refusal("length", "frame of more than 512 bytes")


def _decode_frame(frame: bytes, items: list[Item]) -> None:
    """Adds what one frame tells; what was added stays when it is refused later on."""
    try:
        data = _unpacked(frame)
        _decoder(data[0])(data[:-2], items)
    except Refused as why:
        items.append(why.refusal)


def _unpacked(frame: bytes) -> bytes:
    data = cobs_decode(frame)
    if len(data) < 3:
        raise Refused("length", f"frame: {len(data)} bytes, needs 3")
    if not crc16_ibm_sdlc_fits(data):
        raise Refused("checksum", "wrong CRC")
    return data


def _decoder(frame_type: int) -> Callable[[bytes, list[Item]], None]:
    decoder = _DECODERS.get(frame_type)
    if decoder is None:
        raise Refused("unsupported", f"type {frame_type:02X}")
    return decoder


def _printed(address: bytes) -> str:
    return address.hex(":").upper()


# --- 02 band record -----------------------------------------------------------------------------------------------------

_RECORD_HEAD = struct.Struct("<x6sHHB")


class _Record(Struct, frozen=True, gc=False):
    """Whose it is, its number, how long ago it was measured, what its flags say."""

    address: str
    number: int
    age_s: int
    flags: int

    def tells(self, kind: Kind, value: Value, age_s: int, event: int | None = None) -> Measurement:
        """One of its measurements."""
        return Measurement(
            kind=kind,
            value=value,
            age_s=age_s,
            history=self.flags & _STORED != 0,
            event=event,
            record=self.number,
            address=self.address,
        )


def _record(data: bytes, items: list[Item]) -> None:
    if len(data) < _RECORD_HEAD.size:
        raise Refused("length", f"band record: {len(data)} bytes, needs {_RECORD_HEAD.size}")
    raw_address, number, age_s, flags = _RECORD_HEAD.unpack_from(data)
    record = _Record(_printed(raw_address), number, 0 if age_s == UNKNOWN_U16 else age_s, flags)
    if flags & _TELLING:
        items += _flags(record)
    for code, value in _split_fields(data, record.address).items():
        item = _field(record, code, value)
        if item is not None:
            items.append(item)


def _flags(record: _Record) -> list[Item]:
    """What the flags tell. The number of the record is that of the press too."""
    flags, items = record.flags, list[Item]()
    states = {"charging": flags & _CHARGING, "battery_low": flags & _BATTERY_LOW}
    if any(states.values()):  # before the measurements, that these stay together
        items.append(Status({word: True for word, is_so in states.items() if is_so}, record.address))
    if flags & _SOS:
        items.append(record.tells("button", "sos", record.age_s, record.number))
    if flags & _FALL:
        items.append(record.tells("fall", True, record.age_s, record.number))
    if flags & _WORN_KNOWN:
        items.append(record.tells("worn", flags & _WORN != 0, record.age_s))
    return items


def _split_fields(data: bytes, address: str) -> dict[int, bytes]:
    """Type and value of each field. Raises Refused where one spoils them all."""
    fields: dict[int, bytes] = {}
    at, end = _RECORD_HEAD.size, len(data)
    while at < end:
        code, value_at = data[at], at + 2
        at = value_at + data[at + 1] if value_at <= end else value_at
        field = FIELDS.get(code)
        if at > end or code in fields or (field is not None and at - value_at != field.length):
            raise Refused("length", f"field {code:02X} is cut, of a wrong length or there twice", address)
        fields[code] = data[value_at:at]
    return fields


def _field(record: _Record, code: int, value: bytes) -> Item | None:
    """What one field tells, if anything."""
    field = FIELDS.get(code)
    if field is None:
        return Status({"skipped_field": code}, record.address)
    try:
        told = field.read(value)
    except Refused as why:
        return Refusal(why.refusal.reason, why.refusal.detail, record.address)
    if told is None:
        return None
    return record.tells(field.kind, told, fix_age_s(value) if field.kind == "position" else record.age_s)


# --- the other frames from the hub ----------------------------------------------------------------------------------------

_ADVERTISEMENT_HEAD = struct.Struct("<xB6sb")
_LONGEST_AD_RECORD = 255
_UNKNOWN_RSSI = 127
_HUB_STATUS_FRAME = struct.Struct("<xIBBBIH")
_RESULT_FRAME = struct.Struct("<xHB")
_ADDRESS_TYPES: dict[int, Literal["public", "random"]] = {0: "public", 1: "random"}
_OUTCOMES: dict[int, Outcome] = {  # the hub's own words are the reasons
    0: Outcome("done"),
    1: Outcome("unreachable", "not_in_reach"),
    2: Outcome("unsupported", "cannot"),
    3: Outcome("busy"),
}


def _advertisement(data: bytes, items: list[Item]) -> None:
    head = _ADVERTISEMENT_HEAD.size
    if not head <= len(data) <= head + _LONGEST_AD_RECORD:
        raise Refused("length", f"advertisement: {len(data)} bytes, needs {head} to {head + _LONGEST_AD_RECORD}")
    address_type, address, rssi = _ADVERTISEMENT_HEAD.unpack_from(data)
    items.append(
        Advertisement(
            data=data[head:],
            address=_printed(address),
            rssi=None if rssi == _UNKNOWN_RSSI else rssi,
            address_type=_ADDRESS_TYPES.get(address_type, ""),
        )
    )


def _hub_status(data: bytes, items: list[Item]) -> None:
    _check_length(data, _HUB_STATUS_FRAME, "hub status")
    uptime_s, major, minor, patch, dropped, bands = _HUB_STATUS_FRAME.unpack(data)
    told = {"uptime_s": uptime_s, "firmware": f"{major}.{minor}.{patch}", "dropped": dropped, "bands": bands}
    items.append(Status(told))


def _result(data: bytes, items: list[Item]) -> None:
    _check_length(data, _RESULT_FRAME, "result")
    command, code = _RESULT_FRAME.unpack(data)
    if code not in _OUTCOMES:
        raise Refused("unsupported", f"result {code:02X} of command {command}")
    items.append(CommandResult(command, _OUTCOMES[code], code))


def _check_length(data: bytes, frame: struct.Struct, what: str) -> None:
    if len(data) != frame.size:
        raise Refused("length", f"{what}: {len(data)} bytes, needs {frame.size}")


_DECODERS: dict[int, Callable[[bytes, list[Item]], None]] = {
    0x01: _advertisement,
    0x02: _record,
    0x03: _hub_status,
    0x11: _result,
}

DRIVER = SerialDriver(
    name="serial-hub",
    title="USB hub for bands on its own radio, and for advertisements out of the gateway's reach",
    title_zh="手环接收器（串口）：接收自带无线的手环，以及网关收不到的蓝牙广播",
    measures=(
        "button",
        "fall",
        "worn",
        "heart_rate",
        "blood_pressure",
        "skin_temperature",
        "body_temperature",
        "oxygen_saturation",
        "respiratory_rate",
        "position",
        "steps",
        "battery",
        "charging",
        "battery_low",
    ),
    decoder=HubStream,
    baud=115_200,
    repeats_s=60,
    hub=True,
    signal=signal,
    order=order,
    sensor=SensorTraits(cuff=True, site="wrist", worn=True),
)
