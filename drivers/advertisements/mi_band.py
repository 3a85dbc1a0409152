"""Mi Band and Amazfit: heart rate and steps of the day, while they are broadcast.

Mi Band 4, 5 and relatives; from Mi Band 7 on no steps are sent. The rate is there only with "share heart rate" switched on in
the maker's app, with some models only during a work-out. Heard: manufacturer data 0157 and service data FEE0, the latter often
only in the scan response. Sources: custom-components/ble_monitor (amazfit.py and its test, with two published frames),
theengs/decoder (commit d6fdd20, Miband_json.h). Confidence medium-high.

    57 01  VV .. .. HH ..............(14) AAAAAAAAAAAA      exactly 24 bytes
        V  02, else nothing is known of the rest
        H  heart rate, /min; 00 and from F0 on (FF): no measurement
        A  address, as printed: another one than the sender's is a frame of somebody else
    E0 FE  PPPPPPPP                                         exactly 4 bytes
        P  steps today, little endian: 0 is a reading. Theengs reads two of the four bytes, and wraps at 65536

20 bytes of FEE0 are a scale of the same maker, other lengths are keys of MOKO.

Sensor: no pressure, wrist, worn.
"""

from __future__ import annotations

from drivers.advertisements.broadcast_vitals import steps, unless_zero
from drivers.advertisements.sender import is_another
from drivers.advertisements.structures import Readers, by_id, decode_structures
from drivers.driver import Advertisement, AdvertisementDriver, Decoded, Refused, SensorTraits
from drivers.framing import MANUFACTURER_DATA, SERVICE_DATA_16

COMPANY = 0x0157
SERVICE = 0xFEE0

_RATE_BYTES, _STEPS_BYTES, _SCALE_BYTES = 24, 4, 20
_LAYOUT = 0x02
_NO_RATE_FROM = 0xF0


def decode(advertisement: Advertisement, _key: bytes | None = None) -> Decoded:
    """What one advertisement tells. Raises Refused."""
    readers: Readers = {
        (MANUFACTURER_DATA, COMPANY): lambda data: _rate(data, advertisement.address),
        (SERVICE_DATA_16, SERVICE): _steps,
    }
    return decode_structures(advertisement, by_id(readers))


def _rate(frame: bytes, address: str) -> Decoded:
    if len(frame) != _RATE_BYTES:
        raise Refused("length", f"heart rate: {len(frame)} bytes, needs {_RATE_BYTES}")
    if is_another(address, frame[18:]):
        raise Refused("not_mine", "the frame is of another device")
    rate = frame[3]
    if frame[0] != _LAYOUT or rate >= _NO_RATE_FROM:
        return Decoded()
    return Decoded(unless_zero("heart_rate", rate))


def _steps(frame: bytes) -> Decoded:
    if len(frame) == _SCALE_BYTES:
        raise Refused("unsupported", "a scale")
    if len(frame) != _STEPS_BYTES:
        raise Refused("not_mine", f"FEE0 of {len(frame)} bytes")
    return Decoded(steps(int.from_bytes(frame, "little")))


DRIVER = AdvertisementDriver(
    name="mi-band",
    title="Xiaomi Mi Band and Amazfit bands that share their heart rate",
    title_zh="小米手环和 Amazfit 手环（开启心率广播）",
    measures=("heart_rate", "steps"),
    decode=decode,
    services=(SERVICE,),
    companies=(COMPANY,),
    sensor=SensorTraits(site="wrist", worn=True),
)
