"""Minew's tags and beacons with keys.

Heard: service data FFE1 (AD type 16) and manufacturer data of company 0639 (AD type FF). Sources: reelyactive/
advlib-ble-services (commit 1351ff0) and advlib-ble-manufacturers (commit 74b0e77), minew.js and tests of both. Confidence: high
for the frames (published ones), low for wristbands: which frame the SOS key of B10 and its kin sends is documented nowhere
in reach. Such bands are set up with a trigger slot, for the drivers `ibeacon` or `eddystone`. Numbers are big endian.

    E1 FF  A1 VV  BB ...                          V: version, which fixes the length; B: battery, % (07 and 15 have none)
    39 06  51 MM CC BB SS LLLL ...                MSE: model, count of transmissions, battery %, level
        S  bit 5 first key, bit 6 second key: each a press of its own
    39 06  CA 00  address  BB ...                 Connect V3, information: 24 bytes from CA on, battery at 8
    39 06  CA 03  blocks...  4 bytes              03 (7 bytes with the 03), 21 battery (2), 22 tamper (2); another ends them

The count of MSE goes on while nothing is pressed, so the next press is told by the change of its bit, or 30 s of silence.

Sensor: no pressure, at no known place, worn.
"""

from __future__ import annotations

from drivers.advertisements.battery import battery
from drivers.advertisements.structures import decoder
from drivers.driver import AdvertisementDriver, Decoded, Refused, SensorTraits
from drivers.framing import MANUFACTURER_DATA, SERVICE_DATA_16, Fields, need
from drivers.measurement import Measurement

SERVICE, COMPANY = 0xFFE1, 0x0639

_OURS = 0xA1
_INFORMATION, _INFORMATION_BYTES = 0x08, 9
_LENGTHS = {
    0x01: 13,
    0x02: 10,
    0x03: 15,
    0x05: 11,
    0x07: 8,
    0x11: 11,
    0x12: 11,
    0x13: 11,
    0x15: 20,
    0x16: 15,
    0x17: 13,
    0x18: 14,
    0x19: 11,
    0x20: 10,
    0x21: 10,
}
_WITHOUT_BATTERY = (0x07, 0x15)

_MSE, _MSE_BYTES = 0x51, 7
_MSE_KEYS = {1: 0x20, 2: 0x40}
_V3_INFORMATION, _V3_COMBINATION = b"\xca\x00", b"\xca\x03"
_V3_INFORMATION_BYTES, _V3_BATTERY_AT, _V3_END_BYTES = 24, 8, 4
_BLOCKS = {0x03: 6, 0x21: 1, 0x22: 1}
_BATTERY_BLOCK = 0x21


def _service_data(frame: bytes) -> Decoded:
    if frame and frame[0] != _OURS:
        raise Refused("not_mine", f"first byte {frame[0]:02X}")
    need(frame, 2, "version")
    version, size = frame[1], len(frame)
    if version == _INFORMATION:
        need(frame, _INFORMATION_BYTES, "information")
    elif version not in _LENGTHS:
        raise Refused("unsupported", f"version {version:02X}")
    elif size != _LENGTHS[version]:
        raise Refused("length", f"version {version:02X}: {size} bytes, needs {_LENGTHS[version]}")
    return Decoded([] if version in _WITHOUT_BATTERY else battery(frame[2]))


def _manufacturer_data(frame: bytes) -> Decoded:
    if frame[:1] == bytes((_MSE,)):
        return _mse(frame)
    if frame[:2] == _V3_INFORMATION:
        if len(frame) != _V3_INFORMATION_BYTES:
            raise Refused("length", f"information: {len(frame)} bytes, needs {_V3_INFORMATION_BYTES}")
        return Decoded(battery(frame[_V3_BATTERY_AT]))
    if frame[:2] == _V3_COMBINATION:
        return _combination(frame)
    need(frame, 2, "frame type")
    raise Refused("unsupported", f"frame type {frame[:2].hex()}")


def _mse(frame: bytes) -> Decoded:
    need(frame, _MSE_BYTES, "MSE")
    decoded = Decoded(battery(frame[3]))
    for which, bit in _MSE_KEYS.items():
        key = Measurement(kind="button", value="press", which=which)
        (decoded.measurements if frame[4] & bit else decoded.released).append(key)
    return decoded


def _combination(frame: bytes) -> Decoded:
    need(frame, len(_V3_COMBINATION) + _V3_END_BYTES, "combination")
    decoded = Decoded()
    blocks = Fields(frame[len(_V3_COMBINATION) : -_V3_END_BYTES])
    while blocks.left:
        kind = blocks.u8("block")
        if kind not in _BLOCKS:
            break
        value = blocks.take(_BLOCKS[kind], f"block {kind:02X}")
        if kind == _BATTERY_BLOCK:
            decoded.measurements += battery(value[0])
    return decoded


DRIVER = AdvertisementDriver(
    name="minew",
    title="Minew tags and beacons with keys",
    title_zh="Minew 带按键的标签和信标",
    measures=("button", "battery"),
    decode=decoder({(SERVICE_DATA_16, SERVICE): _service_data, (MANUFACTURER_DATA, COMPANY): _manufacturer_data}),
    services=(SERVICE,),
    companies=(COMPANY,),
    keys_call_for_help=True,
    sensor=SensorTraits(worn=True),
)
