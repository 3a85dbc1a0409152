"""Battery level, and the clock that a device shows: what every standard device may tell besides its measurements.

Heard: service 180F (battery), 1805 or the measuring service (clock). Sources: GATT Specification Supplement, Battery Level,
Current Time, Date Time; SIG Assigned Numbers.

    2A19 Battery Level      LL                               read, notify
        L  %, 0..100; 101..255 are reserved (implausible)
    2A2B Current Time       yyyy mm dd hh mi ss ww ff rr     read, write     see date_time.py
    2A08 Date Time          yyyy mm dd hh mi ss              read, write     A&D, inside the measuring services

Many cuffs know only a few levels (A&D: 100, 66, 40, 33). The clock is the wall clock of the device; it goes into status.

Sensor: no pressure, at no known place, not worn.
"""

from __future__ import annotations

from collections.abc import Mapping

from drivers.bluetooth_uuid import full_uuid
from drivers.date_time import CURRENT_TIME_BYTES, DATE_TIME_BYTES, decode_date_time
from drivers.driver import Decoded, Refused, SensorTraits
from drivers.framing import Fields
from drivers.measurement import Measurement
from drivers.standard.profile import Profile

SERVICE = full_uuid(0x180F)
BATTERY_LEVEL = full_uuid(0x2A19)
CURRENT_TIME = full_uuid(0x2A2B)
DATE_TIME = full_uuid(0x2A08)


def decode(characteristic: str, data: bytes, _settings: Mapping[str, bytes] | None = None) -> Decoded:
    """One value of one characteristic. Raises Refused."""
    if characteristic == BATTERY_LEVEL:
        return _battery_level(data)
    if characteristic == CURRENT_TIME:
        return _clock(data, CURRENT_TIME_BYTES)
    if characteristic == DATE_TIME:
        return _clock(data, DATE_TIME_BYTES)
    raise Refused("not_mine", f"characteristic {characteristic} is none of this driver's")


def _battery_level(data: bytes) -> Decoded:
    if len(data) != 1:
        raise Refused("length", f"battery level: {len(data)} bytes, needs 1")
    if data[0] > 100:
        raise Refused("implausible", f"battery level: {data[0]} %")
    return Decoded([Measurement(kind="battery", value=data[0])])


def _clock(data: bytes, size: int) -> Decoded:
    at = decode_date_time(Fields(data).take(size, "clock"))
    return Decoded(status={"clock": at.isoformat() if at else None})


PROFILE = Profile(
    name="ble-battery",
    title="Battery Service: a device that tells nothing else by standard",
    title_zh="电池服务（Battery Service）：没有其他标准服务的设备",
    measures=("battery",),
    service=SERVICE,
    values=(BATTERY_LEVEL,),
    decode=decode,
    patience_s=0,
    sensor=SensorTraits(),
)
