"""Location and Navigation Profile: trackers, and phones that act as one.

Rare in bands. Heard: service 1819; appearance 1440 to 1444. Sources: GATT Specification Supplement, Location and Speed,
Position Quality; which words of quality come of the position status is this project's choice.

    2A67 Location and Speed, notify      FFFF [SSSS] [DDDDDD] [LLLLLLLL OOOOOOOO] [EEEEEE] [HHHH] [RR] [yyyy mm dd hh mi ss]
        F  bit 0 S; 1 D; 2 L and O; 3 E; 4 H; 5 R; 6 time; 7-8 position: 0 none, 1 good, 2 estimated, 3 last known; 9 3D;
           10-12 sources of elevation and heading; 13-15 reserved
        S  speed, 0.01 m/s; D distance, 0.1 m; E elevation, s24, 0.01 m; H heading, 0.01 degrees; R rolling time, s:
           stepped over
        L  latitude, O longitude: s32, 1e-7 degrees. Beyond 90 or 180: refused; 0 and 0, or position 0: no fix, no reading
        time  UTC, here and nowhere else
    2A69 Position Quality, read          FFFF [bb] [ss] [tttt] [HHHHHHHH] [VVVVVVVV] [hh] [vv]
        F  bit 0 b, beacons used; 1 s, seen; 2 t, first fix; 3 H, horizontal error, 0.01 m; 4 V, vertical; 5, 6 dilution (public
           sources disagree on its unit: stepped over); 7-8 as above

The horizontal error goes with the positions that follow it. With a small MTU the fields may come in two frames: each stands
alone. Bytes after the last field are ignored.

Sensor: no pressure, at no known place, worn.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import UNSET

from drivers.bluetooth_uuid import full_uuid
from drivers.date_time import DATE_TIME_BYTES, decode_date_time
from drivers.driver import Decoded, Refused, SensorTraits
from drivers.framing import Fields
from drivers.measurement import Measurement, Position
from drivers.standard import battery
from drivers.standard.profile import Profile

SERVICE = full_uuid(0x1819)
LOCATION_AND_SPEED = full_uuid(0x2A67)
POSITION_QUALITY = full_uuid(0x2A69)

_SPEED, _DISTANCE, _LOCATION, _ELEVATION, _HEADING, _ROLLING_TIME, _UTC = (1 << bit for bit in range(7))
_AFTER_IT = ((_ELEVATION, 3, "elevation"), (_HEADING, 2, "heading"), (_ROLLING_TIME, 1, "rolling time"))
_QUALITIES = {1: (), 2: ("questionable:estimated",), 3: ("questionable:last_known",)}

_HORIZONTAL_ERROR = 1 << 3
_BEFORE_IT = ((1 << 0, 1, "beacons used"), (1 << 1, 1, "beacons seen"), (1 << 2, 2, "first fix"))
_BEHIND_IT = ((1 << 4, 4, "vertical error"), (1 << 5, 1, "HDOP"), (1 << 6, 1, "VDOP"))


def decode(characteristic: str, data: bytes, settings: Mapping[str, bytes] | None = None) -> Decoded:
    """One value of one characteristic; `settings` may hold the accuracy that 2A69 told. Raises Refused."""
    if characteristic == LOCATION_AND_SPEED:
        quality = (settings or {}).get(POSITION_QUALITY)
        return Decoded(_positions(Fields(data), _accuracy_m(Fields(quality)) if quality else None))
    if characteristic == POSITION_QUALITY:
        return Decoded(status={"accuracy_m": _accuracy_m(Fields(data))})
    return battery.decode(characteristic, data)


def _positions(fields: Fields, accuracy_m: float | None) -> list[Measurement]:
    """One, or none."""
    flags = fields.u16("flags")
    _step_over(fields, flags, ((_SPEED, 2, "speed"), (_DISTANCE, 3, "distance")))
    latitude, longitude = (_s32(fields, "latitude"), _s32(fields, "longitude")) if flags & _LOCATION else (0, 0)
    _step_over(fields, flags, _AFTER_IT)
    time = decode_date_time(fields.take(DATE_TIME_BYTES, "time")) if flags & _UTC else None
    if abs(latitude) > 90 * 10**7 or abs(longitude) > 180 * 10**7:
        raise Refused("implausible", f"latitude {latitude}e-7, longitude {longitude}e-7 degrees")
    status = flags >> 7 & 3
    if not status or (latitude, longitude) == (0, 0):
        return []
    return [
        Measurement(
            kind="position",
            value=Position(latitude / 10**7, longitude / 10**7, UNSET if accuracy_m is None else accuracy_m),
            device_time=f"{time.isoformat()}Z" if time else None,
            quality=_QUALITIES[status],
        )
    ]


def _accuracy_m(fields: Fields) -> float | None:
    flags = fields.u16("flags")
    _step_over(fields, flags, _BEFORE_IT)
    error = int.from_bytes(fields.take(4, "horizontal error"), "little") if flags & _HORIZONTAL_ERROR else None
    _step_over(fields, flags, _BEHIND_IT)
    return None if error is None else error / 100


def _step_over(fields: Fields, flags: int, parts: tuple[tuple[int, int, str], ...]) -> None:
    for flag, size, what in parts:
        if flags & flag:
            fields.take(size, what)


def _s32(fields: Fields, what: str) -> int:
    return int.from_bytes(fields.take(4, what), "little", signed=True)


PROFILE = Profile(
    name="ble-location",
    title="Location and Navigation Profile: trackers",
    title_zh="定位服务（Location and Navigation Profile）：定位器",
    measures=("position", "battery"),
    service=SERVICE,
    values=(LOCATION_AND_SPEED,),
    settings=(POSITION_QUALITY,),
    decode=decode,
    streams=True,
    sensor=SensorTraits(worn=True),
)
