"""BTHome version 2: keys and sensors that advertise, plain or encrypted.

Shelly BLU Button1, Button Tough 1, RC Button 4, and everything home-made. Heard: service data FCD2 (AD type 16). Sources:
the format and encryption pages of bthome.io, as implemented in Bluetooth-Devices/bthome-ble (commit d55bd3a: const.py,
event.py, parser.py, its tests); Shelly's BLE documentation and changelog. Confidence high.

    D2 FC  II  objects...
    D2 FC  II  the same, encrypted...  CCCCCCCC  MMMMMMMM
        I  device information: bit 0 encrypted, bit 2 sent only on events, bits 5-7 version (2)
        C  counter, rises with each new frame: guards against replays
        M  check of AES-128-CCM (4 bytes, no associated data); nonce: address as printed, D2 FC, I, C as sent
    object: TT value, of a length that T fixes (see _LENGTHS); 53 text and 54 raw: TT LL value; 3B command: the same, and
        the length is the low 5 bits of L, plus 1. An unknown T ends the frame, what came before it stays

        00  packet id, u8: the same in all frames of one press, moves with the next
        01  battery, u8, %; above 100 it is dropped
        3A  key: 00 at rest, 01 press, 02 double, 03 triple, 04 long, 05 long double, 06 long triple, 80 hold (FE in Shelly
            firmware before 1.0.23), 81 let go after a hold; others: a press all the same, for an elder's press is
            never dropped for its code. Several 3A are several keys, in order
        02  temperature, s16, 0.01 degrees; 45 s16, 0.1; 57 s8, 1; 58 s8, 0.35: of the skin, for what is enrolled is
            worn, and the format knows no temperature of the body
        others: rooms, doors, acceleration, voltage: stepped over

One press from the next: packet id, else counter; in plain frames also 30 s of silence, for some firmware never moves its id.
A counter below the last good one is a replay, below 100 it is a new battery, as bthome-ble takes it. Both have a price:
recorded frames can be replayed until the device is heard again (bthome-ble#234; see presses.py), and a device that starts
at a random counter stays deaf until the technician has its counter forgotten (bthome-ble#338). With a key enrolled a plain
frame is refused: it would be a downgrade.

Sensor: no pressure, at no known place, not worn.
"""

from __future__ import annotations

from collections.abc import Iterator

from drivers.advertisements.structures import decode_structures
from drivers.aes_ccm import CHECK_BYTES, opened
from drivers.driver import Advertisement, AdvertisementDriver, Decoded, PressPolicy, Refused, SensorTraits
from drivers.framing import SERVICE_DATA_16, Fields
from drivers.measurement import Button, Measurement

SERVICE = 0xFCD2

_UUID = SERVICE.to_bytes(2, "little")
_ENCRYPTED, _VERSION = 0x01, 2
_COUNTER_BYTES = 4

_PACKET_ID, _BATTERY, _BUTTON, _COMMAND = 0x00, 0x01, 0x3A, 0x3B
_TEXT, _RAW = 0x53, 0x54
_LENGTHS = {
    object_id: length
    for length, ids in {
        1: "00 01 09 0F 10 11 15 16 17 18 19 1A 1B 1C 1D 1E 1F 20 21 22 23 24 25 26 27 28 29 2A 2B 2C 2D 2E 2F 3A 46 57 58 59"
        "60 64 65",
        2: "02 03 06 07 08 0C 0D 0E 12 13 14 3C 3D 3F 40 41 43 44 45 47 48 49 4A 51 52 56 5A 5D 5E 5F 61 F0",
        3: "04 05 0A 0B 42 4B F2",
        4: "3E 4C 4D 4E 4F 50 55 5B 5C 62 63 F1",
    }.items()
    for object_id in bytes.fromhex(ids)
}
_TEMPERATURE_STEPS = {0x02: 1, 0x45: 10, 0x57: 100, 0x58: 35}  # in hundredths of a degree
_AT_REST = (0x00, 0x81)
_BUTTONS: dict[int, Button] = {
    0x01: "press",
    0x02: "double_press",
    0x03: "triple_press",
    0x04: "long_press",
    0x05: "long_double_press",
    0x06: "long_triple_press",
    0x80: "hold",
    0xFE: "hold",
}


def decode(advertisement: Advertisement, key: bytes | None = None) -> Decoded:
    """What one advertisement tells. `key`: 16 bytes, where the device encrypts. Raises Refused."""

    def read(kind: int, data: bytes) -> Decoded | None:
        if kind != SERVICE_DATA_16 or not data.startswith(_UUID):
            return None
        return _frame(data[2:], advertisement.address, key)

    return decode_structures(advertisement, read)


def _frame(frame: bytes, address: str, key: bytes | None) -> Decoded:
    if not frame:
        raise Refused("length", "device information is missing")
    if frame[0] >> 5 != _VERSION:
        raise Refused("unsupported", f"version {frame[0] >> 5}, this is for 2")
    if frame[0] & _ENCRYPTED:
        return _encrypted(frame, address, key)
    if key is not None:
        raise Refused("encrypted", "not encrypted, although a key is enrolled")
    return _objects(frame[1:], None)


def _encrypted(frame: bytes, address: str, key: bytes | None) -> Decoded:
    at = len(frame) - _COUNTER_BYTES - CHECK_BYTES
    if at < 2:
        raise Refused("length", f"encrypted: {len(frame)} bytes, needs 10")
    if key is None or not address:
        raise Refused("encrypted", "its key and its address are needed")
    counter, check = frame[at : at + _COUNTER_BYTES], frame[at + _COUNTER_BYTES :]
    nonce = bytes.fromhex(address.replace(":", "")) + _UUID + frame[:1] + counter
    return _objects(opened(key, nonce, frame[1:at] + check), int.from_bytes(counter, "little"))


def _objects(data: bytes, counter: int | None) -> Decoded:
    decoded = Decoded(counter=counter)
    packet_id: int | None = None
    keys: list[int] = []
    for object_id, value in _split(data):
        if object_id == _PACKET_ID:
            packet_id = value[0]
        elif object_id == _BUTTON:
            keys.append(value[0])
        elif object_id == _BATTERY:
            if value[0] <= 100:
                decoded.measurements.append(Measurement(kind="battery", value=value[0]))
        elif object_id in _TEMPERATURE_STEPS:
            decoded.measurements.append(_temperature(object_id, value))
    event = packet_id if packet_id is not None else counter
    decoded.measurements += _presses(keys, event)
    if packet_id is not None:
        decoded.status["packet_id"] = packet_id
    return decoded


def _split(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The objects up to the first unknown one. Raises Refused where a value runs past the end."""
    fields = Fields(data)
    while fields.left:
        object_id = fields.u8("object")
        if object_id in (_TEXT, _RAW):
            length = fields.u8("length")
        elif object_id == _COMMAND:
            length = (fields.u8("length") & 0x1F) + 1
        elif object_id in _LENGTHS:
            length = _LENGTHS[object_id]
        else:
            return
        yield object_id, fields.take(length, f"object {object_id:02X}")


def _temperature(object_id: int, value: bytes) -> Measurement:
    hundredths = int.from_bytes(value, "little", signed=True) * _TEMPERATURE_STEPS[object_id]
    return Measurement(kind="skin_temperature", value=hundredths / 100)


def _presses(keys: list[int], event: int | None) -> list[Measurement]:
    return [
        Measurement(kind="button", value=_BUTTONS.get(code, "press"), event=event, which=number if len(keys) > 1 else None)
        for number, code in enumerate(keys, start=1)
        if code not in _AT_REST
    ]


DRIVER = AdvertisementDriver(
    name="bthome",
    title="BTHome version 2: Shelly BLU buttons, home-made keys and sensors",
    title_zh="BTHome 第 2 版：Shelly BLU 按钮，自制按钮和传感器",
    measures=("button", "battery", "skin_temperature"),
    decode=decode,
    services=(SERVICE,),
    presses=PressPolicy(silence_s=30, restart_below=100),
    keys_call_for_help=True,
    sealed_by_key=True,
    sensor=SensorTraits(),
)
