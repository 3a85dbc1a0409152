"""Any beacon that advertises another Eddystone UID while its key is pressed: that UID, enrolled as key, means SOS.

Most SOS wristbands of Chinese beacon makers have such a trigger slot. Heard: service data FEAA (AD type 16). Sources: the
Eddystone specification, as in reelyactive/advlib-ble-services (commit 1351ff0: eddystone.js and its tests). Confidence high.
Numbers are big endian.

    AA FE  00 PP  namespace (10)  instance (6)  2 reserved bytes, which may be missing        UID; P: power, s8, dBm
    AA FE  20 00  BBBB TTTT NNNNNNNN UUUUUUUU                                               TLM
        B  battery, u16, mV (0: unknown); T  temperature of the chip, s8.8, degrees Celsius (8000: unknown)
        N  frames sent; U  time since power-on, u32, 0.1 s
    AA FE  20 01 ...  encrypted TLM;  10 URL, 30 EID (turns, cannot be enrolled): alive;  21, 22: of KKM (driver `kbeacon`)

Key: 16 bytes (namespace, instance). Any other UID, or no key: alive, no more. The next press is told by 30 s of silence.

Sensor: no pressure, at no known place, worn.
"""

from __future__ import annotations

import struct

from drivers.advertisements.structures import by_id, decode_structures
from drivers.driver import Advertisement, AdvertisementDriver, Decoded, Refused, SensorTraits
from drivers.framing import SERVICE_DATA_16, need
from drivers.measurement import Measurement

SERVICE = 0xFEAA
KEY_BYTES = 16

_UID, _URL, _TLM, _EID = 0x00, 0x10, 0x20, 0x30
_OF_KKM = (0x21, 0x22)
_UID_BYTES = 2 + KEY_BYTES
_TLM_PLAIN, _TLM_ENCRYPTED = 0x00, 0x01
_TLM_LAYOUT = struct.Struct(">HhII")
_NO_BATTERY, _NO_TEMPERATURE = 0, -0x8000


def decode(advertisement: Advertisement, key: bytes | None = None) -> Decoded:
    """What one advertisement tells. `key`: the UID that means SOS, 16 bytes. Raises Refused."""
    return decode_structures(advertisement, by_id({(SERVICE_DATA_16, SERVICE): lambda data: _frame(data, key)}))


def _frame(frame: bytes, key: bytes | None) -> Decoded:
    need(frame, 1, "frame type")
    if frame[0] in _OF_KKM:
        raise Refused("not_mine", f"frame type {frame[0]:02X} is of KKM")
    if frame[0] == _UID:
        return _uid(frame, key)
    if frame[0] == _TLM:
        return _telemetry(frame)
    if frame[0] in (_URL, _EID):
        return Decoded()
    raise Refused("unsupported", f"frame type {frame[0]:02X}")


def _uid(frame: bytes, key: bytes | None) -> Decoded:
    need(frame, _UID_BYTES, "UID")
    if frame[2:_UID_BYTES] != key:
        return Decoded()
    return Decoded([Measurement(kind="button", value="sos")])


def _telemetry(frame: bytes) -> Decoded:
    need(frame, 2, "version of TLM")
    if frame[1] == _TLM_ENCRYPTED:
        raise Refused("encrypted", "encrypted TLM")
    if frame[1] != _TLM_PLAIN:
        raise Refused("unsupported", f"TLM of version {frame[1]:02X}")
    need(frame, 2 + _TLM_LAYOUT.size, "TLM")
    battery_mv, temperature, frames, uptime = _TLM_LAYOUT.unpack_from(frame, 2)
    return Decoded(
        status={
            "battery_mv": None if battery_mv == _NO_BATTERY else battery_mv,
            "temperature": None if temperature == _NO_TEMPERATURE else temperature / 256,
            "frames": frames,
            "uptime_s": uptime / 10,
        }
    )


DRIVER = AdvertisementDriver(
    name="eddystone",
    title="Any beacon with a trigger slot: an Eddystone UID that means SOS",
    title_zh="带触发时隙的任意信标：以一个 Eddystone UID 表示求助",
    measures=("button",),
    decode=decode,
    services=(SERVICE,),
    identity_bytes=(KEY_BYTES,),
    keys_call_for_help=True,
    sensor=SensorTraits(worn=True),
)
