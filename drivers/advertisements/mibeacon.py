"""Xiaomi's MiBeacon: fever thermometers worn in the armpit, and wireless switches, plain or encrypted.

Miaomiaoce MMC-T201-1 (for babies, but worn), MMC-W505; switches of many makers. Heard: service data FE95 (AD type 16). Sources:
Bluetooth-Devices/xiaomi-ble (commit 509f516: parser.py, its tests), custom-components/ble_monitor (commit 5690220: xiaomi.py,
its tests). Confidence: frame and cipher high, formula of the armpit medium.

    95 FE  FFFF PPPP NN [AAAAAAAAAAAA] [CC [II]]  objects...
    95 FE  FFFF PPPP NN [AAAAAAAAAAAA] [CC [II]]  the same, encrypted...  XXXXXX MMMMMMMM
        F  frame control: bit 3 encrypted, 4 A is there, 5 C is there, 6 an object is there, 12-15 version
        P  product
        N  frame counter
        A  address, low byte first: another one than the sender's is a frame of somebody else
        C  capability; I is there when its bit 5 is set
        X  extended counter
        M  check of AES-128-CCM (4 bytes, associated data: one byte 11), from version 4 on;
           nonce: address, low byte first, P, N, X as sent. Before version 4 another cipher: not supported
    object: TTTT LL value. One or two bytes after the last are no object, and ignored: the published frame of the MMC-W505 has
        one

        1001  key: index u16, then 0 press, 1 double, 2 long (some switches swap 1 and 2); others: a press all the same
        4A0C, 4A0D, 4A0E   press, double, long; no value (PTX), or the key from 0 (XMWS01XS)
        4E0C, 4E0D, 4E0E   the same; no value (XMWXKG01LM), or the key from 1 (XMWXKG01YL, where 3 is both; PTX-F1). As value of
              4E0C, 8 is a long press and 15 a double one (K9BB-1BTN)
        560C, 560D, 560E   the same; no value (KS2), or the key from 1 (KS1)
        4A13  1 a press (a door sensor with a key); 4810, 5010: 2, 5A16: 3 a double press (beds that tell of sleep)
        100A, 4803, 5403  battery, u8, %; above 100 it is dropped
        2000  armpit: t1 s16, t2 s16, battery. T = 3.71934e-11 exp(0.0069314 t1) - 1.02801e-8 exp(0.0053871 t2) + 36.413,
              found by users from what the maker's app shows between 36.5 and 37.8 degrees: a guess beyond
        000A  body temperature, s16, 0.01 degrees; 0: no measurement (MMC-W505)
        those of `_OF_THINGS`  rooms, plants, doors, toothbrushes: stepped over
        others  may be a press that nobody knows yet: refused (`unsupported`), while the rest of the frame counts

N and X are one counter of four bytes, N its lowest: an encrypted frame whose counter is below the last good one is a replay,
below 100 it is a new battery (see presses.py). With a key enrolled a plain frame with an object is refused: it would be a
downgrade. Plain frames have no guard: whoever imitates one is heard.

No object is a beacon of life. The next press is told by the frame counter, and as that is one byte that all frames move, also
by 30 s of silence. A switch is there for a lamp, so no press calls for
help unless the roster says so.

Sensor: no pressure, at no known place, not worn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import exp
from types import MappingProxyType
from typing import NamedTuple

from drivers.advertisements.battery import battery
from drivers.advertisements.broadcast_vitals import unless_zero
from drivers.advertisements.sender import is_another
from drivers.advertisements.structures import Readers, by_id, decode_structures
from drivers.aes_ccm import opened
from drivers.driver import Advertisement, AdvertisementDriver, Decoded, PressPolicy, Refusal, Refused, SensorTraits
from drivers.framing import SERVICE_DATA_16, Fields, need
from drivers.measurement import Button, Measurement

SERVICE = 0xFE95

_ENCRYPTED, _ADDRESS, _CAPABILITY, _OBJECT = 0x08, 0x10, 0x20, 0x40
_INPUT_OUTPUT = 0x20  # of the capability
_AES_CCM_FROM = 4
_ASSOCIATED = b"\x11"
_OBJECT_HEAD_BYTES = 3
_PRESSES: dict[int, Button] = {0: "press", 1: "double_press", 2: "long_press"}


def decode(advertisement: Advertisement, key: bytes | None = None) -> Decoded:
    """What one advertisement tells. `key`: 16 bytes, where the device encrypts. Raises Refused."""
    readers: Readers = {(SERVICE_DATA_16, SERVICE): lambda data: _frame(data, advertisement.address, key)}
    return decode_structures(advertisement, by_id(readers))


def _frame(frame: bytes, address: str, key: bytes | None) -> Decoded:
    fields = Fields(frame)
    control = fields.u16("frame control")
    fields.u16("product")
    counter = fields.u8("frame counter")
    device = fields.take(6, "address")[::-1] if control & _ADDRESS else bytes.fromhex(address.replace(":", ""))
    if is_another(address, device):
        raise Refused("not_mine", "the frame is of another device")
    if control & _CAPABILITY and fields.u8("capability") & _INPUT_OUTPUT:
        fields.u8("input and output")
    if not control & _OBJECT:
        return Decoded()
    payload = fields.take(fields.left, "objects")
    if control & _ENCRYPTED:
        decoded = _objects(_opened(payload, control >> 12, device, frame, key), counter)
        decoded.counter = int.from_bytes(payload[-7:-4], "little") << 8 | counter
        return decoded
    if key is not None:
        raise Refused("encrypted", "not encrypted, although a key is enrolled")
    return _objects(payload, counter)


def _opened(sealed: bytes, version: int, device: bytes, frame: bytes, key: bytes | None) -> bytes:
    if version < _AES_CCM_FROM:
        raise Refused("unsupported", f"encrypted as in version {version}, this is for {_AES_CCM_FROM} and later")
    need(sealed, 8, "encrypted")
    if key is None or not device:
        raise Refused("encrypted", "its key and its address are needed")
    objects, extended_counter, check = sealed[:-7], sealed[-7:-4], sealed[-4:]
    return opened(key, device[::-1] + frame[2:5] + extended_counter, objects + check, _ASSOCIATED)


# --- objects ------------------------------------------------------------------------------------------------------------


class Object(NamedTuple):
    """How long an object's value is (None: it differs), and what it means with the frame's counter."""

    length: int | None
    read: Callable[[bytes, int], list[Measurement]]


def _objects(payload: bytes, counter: int) -> Decoded:
    need(payload, _OBJECT_HEAD_BYTES, "object")
    decoded = Decoded()
    fields = Fields(payload)
    while fields.left >= _OBJECT_HEAD_BYTES:
        number = fields.u16("object")
        value = fields.take(fields.u8("length"), f"object {number:04X}")
        if known := _OBJECTS.get(number):
            if known.length not in (None, len(value)):
                raise Refused("length", f"object {number:04X}: {len(value)} bytes, needs {known.length}")
            decoded.measurements += known.read(value, counter)
        elif number not in _OF_THINGS:
            decoded.refusals.append(Refusal("unsupported", f"object {number:04X}"))
    return decoded


def _press(value: bytes, counter: int) -> list[Measurement]:
    which = int.from_bytes(value[:2], "little") + 1
    return [Measurement(kind="button", value=_PRESSES.get(value[2], "press"), event=counter, which=which)]


def _click(word: Button, first: int, codes: Mapping[int, Button] = MappingProxyType({})) -> Object:
    """A kind of press that is an object of its own, with or without a key, counted from `first`; `codes` are no keys."""

    def read(value: bytes, counter: int) -> list[Measurement]:
        if not value:
            return [Measurement(kind="button", value=word, event=counter)]
        if code := codes.get(value[0]):
            return [Measurement(kind="button", value=code, event=counter)]
        which = value[0] - first + 1
        return [Measurement(kind="button", value=word, event=counter, which=which or None)]

    return Object(None, read)


def _press_among_others(word: Button, code: int) -> Object:
    """Something that happened to a thing, of which one code is a press."""

    def read(value: bytes, counter: int) -> list[Measurement]:
        return [Measurement(kind="button", value=word, event=counter)] if value[0] == code else []

    return Object(1, read)


def _battery(value: bytes, _counter: int) -> list[Measurement]:
    return battery(value[0])


def _armpit(value: bytes, _counter: int) -> list[Measurement]:
    t1, t2 = _signed(value[0:2]), _signed(value[2:4])
    degrees = 3.71934e-11 * exp(0.0069314 * t1) - 1.02801e-8 * exp(0.0053871 * t2) + 36.413
    quality = ("questionable:approximation",)
    return [Measurement(kind="body_temperature", value=round(degrees, 2), quality=quality), *battery(value[4])]


def _body(value: bytes, _counter: int) -> list[Measurement]:
    return unless_zero("body_temperature", _signed(value) / 100)


def _signed(value: bytes) -> int:
    return int.from_bytes(value, "little", signed=True)


_OBJECTS = {
    0x000A: Object(2, _body),
    0x1001: Object(3, _press),
    0x100A: Object(1, _battery),
    0x2000: Object(5, _armpit),
    0x4803: Object(1, _battery),
    0x4810: _press_among_others("double_press", 2),
    0x4A0C: _click("press", first=0),
    0x4A0D: _click("double_press", first=0),
    0x4A0E: _click("long_press", first=0),
    0x4A13: _press_among_others("press", 1),
    0x4E0C: _click("press", first=1, codes={8: "long_press", 15: "double_press"}),
    0x4E0D: _click("double_press", first=1),
    0x4E0E: _click("long_press", first=1),
    0x5010: _press_among_others("double_press", 2),
    0x5403: Object(1, _battery),
    0x560C: _click("press", first=1),
    0x560D: _click("double_press", first=1),
    0x560E: _click("long_press", first=1),
    0x5A16: _press_among_others("double_press", 3),
}

# What the two sources know besides: none is a press.
# fmt: off
_OF_THINGS = frozenset({
    0x0003, 0x0006, 0x0007, 0x0008, 0x000B, 0x000F, 0x0010, 0x1004, 0x1005, 0x1006, 0x1007, 0x1008, 0x1009, 0x100D,
    0x100E, 0x1010, 0x1012, 0x1013, 0x1014, 0x1015, 0x1017, 0x1018, 0x1019, 0x101B, 0x3003, 0x4801, 0x4802, 0x4804,
    0x4805, 0x4806, 0x4808, 0x480C, 0x4811, 0x4818, 0x483C, 0x483D, 0x483E, 0x483F, 0x4840, 0x484E, 0x484F, 0x4850,
    0x4851, 0x4852, 0x487B, 0x4A01, 0x4A08, 0x4A0F, 0x4A12, 0x4A1A, 0x4A1C, 0x4A68, 0x4C01, 0x4C02, 0x4C03, 0x4C08,
    0x4C14, 0x4E01, 0x4E16, 0x4E17, 0x4E1C, 0x5003, 0x5011, 0x5413, 0x5414, 0x5422, 0x5601, 0x5810, 0x6012, 0x605D,
    0x6461, 0x6E16,
})
# fmt: on

DRIVER = AdvertisementDriver(
    name="mibeacon",
    title="Xiaomi MiBeacon: armpit thermometers and wireless switches",
    title_zh="小米 MiBeacon：腋下体温计和无线开关",
    measures=("body_temperature", "button", "battery"),
    decode=decode,
    services=(SERVICE,),
    presses=PressPolicy(silence_s=30, restart_below=100),
    sealed_by_key=True,
    sensor=SensorTraits(),
)
