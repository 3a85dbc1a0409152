"""ELA Innovation's Blue TOUCH (a key) and Coin tags.

Heard: manufacturer data of company 0757 (AD type FF). Source: reelyactive/advlib-ble-manufacturers (commit 74b0e77:
elainnovation.js and its test). Confidence medium-high: published frames, one decoder. Numbers are little endian.

    57 07  TT  value
        B2  touch, u16: bit 0 pressed, bits 1-15 count of presses; 0: none since the battery was put in
        F1  battery, u8, %; above 100 it is dropped
        F2  battery, u16, mV
        06 identity (6), 12 temperature of the tag (2), 21 humidity (4), 32 magnet, 42 movement, 62 input, 92 infrared (2 each),
        56 acceleration (6): stepped over

Sensor: no pressure, at no known place, worn.
"""

from __future__ import annotations

from drivers.advertisements.battery import battery
from drivers.advertisements.structures import decoder
from drivers.driver import AdvertisementDriver, Decoded, PressPolicy, Refused, SensorTraits
from drivers.framing import MANUFACTURER_DATA, need
from drivers.measurement import Measurement

COMPANY = 0x0757

_TOUCH, _BATTERY, _MILLIVOLTS = 0xB2, 0xF1, 0xF2
_LENGTHS = {
    _TOUCH: 2,
    _BATTERY: 1,
    _MILLIVOLTS: 2,
    0x06: 6,
    0x12: 2,
    0x21: 4,
    0x32: 2,
    0x42: 2,
    0x56: 6,
    0x62: 2,
    0x92: 2,
}
_PRESSED = 0x01


def _frame(frame: bytes) -> Decoded:
    need(frame, 1, "frame type")
    kind, value = frame[0], frame[1:]
    if kind not in _LENGTHS:
        raise Refused("unsupported", f"frame type {kind:02X}")
    if len(value) != _LENGTHS[kind]:
        raise Refused("length", f"value of {kind:02X}: {len(value)} bytes, needs {_LENGTHS[kind]}")
    number = int.from_bytes(value, "little")
    if kind == _TOUCH:
        return _touch(bool(number & _PRESSED), number >> 1)
    if kind == _BATTERY:
        return Decoded(battery(number))
    return Decoded(status={"battery_mv": number} if kind == _MILLIVOLTS else {})


def _touch(pressed: bool, count: int) -> Decoded:
    if pressed:
        return Decoded([Measurement(kind="button", value="press", event=count)])
    return Decoded(released=[Measurement(kind="button", value="press", event=count or None)])


DRIVER = AdvertisementDriver(
    name="ela-touch",
    title="ELA Innovation Blue TOUCH and Coin tags",
    title_zh="ELA Innovation Blue TOUCH 和 Coin 标签",
    measures=("button", "battery"),
    decode=decoder({(MANUFACTURER_DATA, COMPANY): _frame}),
    companies=(COMPANY,),
    presses=PressPolicy(silence_s=0),
    keys_call_for_help=True,
    sensor=SensorTraits(worn=True),
)
