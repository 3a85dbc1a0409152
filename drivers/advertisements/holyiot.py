"""HolyIOT's tracker and button.

Heard: service data 5242 (AD type 16), beside an iBeacon. Source: custom-components/ble_monitor (commit 5690220: holyiot.py,
test_holyiot.py). Confidence medium-high: published frames, one decoder.

    42 52  41 BB  AAAAAAAAAAAA  06 06  TT  VVVV        13 bytes after the UUID
        B  battery, %; above 100 it is dropped
        A  address, as printed
        T  6 key: first byte of V 00 at rest, else pressed (01 is known; an elder's press is never dropped for its code)
           1 temperature of the tag, 2 pressure of the air, 3 humidity, 4 vibration, 5 side, others: only the battery

Sensor: no pressure, at no known place, worn.
"""

from __future__ import annotations

from drivers.advertisements.battery import battery
from drivers.advertisements.sender import is_another
from drivers.advertisements.structures import by_id, decode_structures
from drivers.driver import Advertisement, AdvertisementDriver, Decoded, Refused, SensorTraits
from drivers.framing import SERVICE_DATA_16
from drivers.measurement import Measurement

SERVICE = 0x5242

_OURS = 0x41
_BYTES = 13
_KEY = 6


def decode(advertisement: Advertisement, _key: bytes | None = None) -> Decoded:
    """What one advertisement tells. Raises Refused."""
    return decode_structures(
        advertisement, by_id({(SERVICE_DATA_16, SERVICE): lambda data: _frame(data, advertisement.address)})
    )


def _frame(frame: bytes, address: str) -> Decoded:
    if frame and frame[0] != _OURS:
        raise Refused("not_mine", f"first byte {frame[0]:02X}")
    if len(frame) != _BYTES:
        raise Refused("length", f"{len(frame)} bytes, needs {_BYTES}")
    if is_another(address, frame[2:8]):
        raise Refused("not_mine", "the frame is of another device")
    decoded = Decoded(battery(frame[1]))
    if frame[10] == _KEY:
        pressed = frame[11] != 0
        (decoded.measurements if pressed else decoded.released).append(Measurement(kind="button", value="press"))
    return decoded


DRIVER = AdvertisementDriver(
    name="holyiot",
    title="HolyIOT tracker and button",
    title_zh="HolyIOT 定位器和按钮",
    measures=("button", "battery"),
    decode=decode,
    services=(SERVICE,),
    keys_call_for_help=True,
    sensor=SensorTraits(worn=True),
)
