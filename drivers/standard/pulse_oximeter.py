"""Pulse Oximeter Profile: medical finger clips, and the few rings and bands that speak it.

Most clips, rings and bands use protocols of their makers instead. Heard: service 1822; appearance 0C40 to 0C42. Sources: GATT
Specification Supplement, PLX Spot-Check Measurement, PLX Continuous Measurement, PLX Features; IEEE 11073-20601 for SFLOAT (see
medical_numbers.py); which words of quality come of the status bits is this project's choice.

    2A5E PLX Spot-Check, indicate        FF SSSS PPPP [yyyy mm dd hh mi ss] [MMMM] [DDDDDD] [AAAA]
        F  bit 0 time; 1 M; 2 D; 3 A; 4 the clock is not set, the time is worth nothing
    2A5F PLX Continuous, notify          FF SSSS PPPP [ssss pppp]fast [ssss pppp]slow [MMMM] [DDDDDD] [AAAA]
        F  bit 0 fast pair; 1 slow pair; 2 M; 3 D; 4 A
        S  oxygen saturation, %; P pulse, /min, 0: none. SFLOAT, each on its own; the first pair is the reading
        M  measurement status: 6 early estimate, 9 from storage, 10 demonstration, 11 test, 12 calibration, 13 unavailable (no
           reading), 14 questionable, 15 invalid
        D  device and sensor status: 1, 14, 15 malfunction; 3, 7 no signal; 2, 4, 6, 8, 10 poor signal; 5 low perfusion; 11 not
           on the person; 12 unknown sensor; 13 displaced
        A  pulse amplitude index, %, SFLOAT (no kind in the contract: stepped over)
    2A60 PLX Features, read              FFFF [MMMM] [DDDDDD]
        F  bit 0 M (which measurement status bits there are), 1 D, 2 storage, 3 time, 4 fast, 5 slow, 6 amplitude, 7 several
           bonds

Flags that are reserved, status bits that are not named, and bytes after the last field: ignored. That the sensor is off is
told (`worn` false), that it is on is never concluded. A device has 2A5E or 2A5F, or both: both are subscribed. One with storage
gives its records as 2A5E, through the Record Access Control Point (record_access.py).

Sensor: no pressure, finger, not worn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from drivers.bluetooth_uuid import full_uuid
from drivers.date_time import DATE_TIME_BYTES, decode_date_time
from drivers.driver import Decoded, SensorTraits
from drivers.framing import Fields
from drivers.measurement import Kind, Measurement
from drivers.medical_numbers import number, sfloat_type
from drivers.standard import battery, record_access
from drivers.standard.profile import Profile

SERVICE = full_uuid(0x1822)
SPOT_CHECK = full_uuid(0x2A5E)
CONTINUOUS = full_uuid(0x2A5F)
FEATURES = full_uuid(0x2A60)

_FROM_STORAGE, _UNAVAILABLE, _NOT_ON_THE_PERSON = 1 << 9, 1 << 13, 1 << 11
_MEASUREMENT_STATUS = {
    6: "questionable:early_estimate",
    10: "invalid:demonstration",
    11: "invalid:test",
    12: "invalid:calibration",
    14: "questionable:device",
    15: "invalid:device",
}
_DEVICE_STATUS = {
    1: "invalid:malfunction",
    2: "questionable:signal",
    3: "invalid:signal",
    4: "questionable:signal",
    5: "questionable:low_perfusion",
    6: "questionable:signal",
    7: "invalid:signal",
    8: "questionable:signal",
    10: "questionable:signal",
    11: "invalid:no_contact",
    12: "questionable:sensor",
    13: "questionable:displaced",
    14: "invalid:malfunction",
    15: "invalid:malfunction",
}
_FEATURE_WORDS = (
    "measurement_status",
    "device_status",
    "storage",
    "time",
    "fast",
    "slow",
    "amplitude",
    "multiple_bonds",
)


def decode(characteristic: str, data: bytes, _settings: Mapping[str, bytes] | None = None) -> Decoded:
    """One value of one characteristic. Raises Refused."""
    if characteristic == SPOT_CHECK:
        return Decoded(_measurements(_spot_check(Fields(data))))
    if characteristic == CONTINUOUS:
        return Decoded(_measurements(_continuous(Fields(data))))
    if characteristic == FEATURES:
        return _features(Fields(data))
    if characteristic == record_access.CONTROL_POINT:
        return record_access.decode(data)
    return battery.decode(characteristic, data)


class _Frame(NamedTuple):
    """What both characteristics have in common."""

    saturation: Fraction | None
    pulse: Fraction | None
    time: datetime | None
    measurement_status: int
    device_status: int


def _spot_check(fields: Fields) -> _Frame:
    flags = fields.u8("flags")
    saturation, pulse = _pair(fields)
    time = decode_date_time(fields.take(DATE_TIME_BYTES, "time")) if flags & 0x01 else None
    statuses = _statuses(fields, flags >> 1)
    return _Frame(saturation, pulse, None if flags & 0x10 else time, *statuses)


def _continuous(fields: Fields) -> _Frame:
    flags = fields.u8("flags")
    saturation, pulse = _pair(fields)
    if flags & 0x01:
        fields.take(4, "fast pair")
    if flags & 0x02:
        fields.take(4, "slow pair")
    return _Frame(saturation, pulse, None, *_statuses(fields, flags >> 2))


def _pair(fields: Fields) -> tuple[Fraction | None, Fraction | None]:
    return sfloat_type(fields.take(2, "oxygen saturation")), sfloat_type(fields.take(2, "pulse"))


def _statuses(fields: Fields, flags: int) -> tuple[int, int]:
    """The two status words; their flags and that of the amplitude, which is the last field, are the lowest bits."""
    measurement_status = fields.u16("measurement status") if flags & 0x01 else 0
    device_status = int.from_bytes(fields.take(3, "device status"), "little") if flags & 0x02 else 0
    if flags & 0x04:
        fields.take(2, "pulse amplitude index")
    return measurement_status, device_status


def _measurements(frame: _Frame) -> list[Measurement]:
    found = [] if frame.measurement_status & _UNAVAILABLE else [*_readings(frame)]
    if frame.device_status & _NOT_ON_THE_PERSON:
        found.append(Measurement(kind="worn", value=False))
    return found


def _readings(frame: _Frame) -> Iterator[Measurement]:
    words = [word for bit, word in _MEASUREMENT_STATUS.items() if frame.measurement_status >> bit & 1]
    words += [word for bit, word in _DEVICE_STATUS.items() if frame.device_status >> bit & 1]
    values: list[tuple[Kind, Fraction | None]] = [
        ("oxygen_saturation", frame.saturation),
        ("heart_rate", frame.pulse or None),
    ]
    for kind, value in values:
        if value is not None:
            yield Measurement(
                kind=kind,
                value=number(value),
                device_time=frame.time.isoformat() if frame.time else None,
                history=bool(frame.measurement_status & _FROM_STORAGE),
                quality=tuple(dict.fromkeys(words)),
            )


def _features(fields: Fields) -> Decoded:
    bits = fields.u16("features")
    if bits & 0x01:
        fields.take(2, "measurement status support")
    if bits & 0x02:
        fields.take(3, "device status support")
    return Decoded(status={"features": [word for bit, word in enumerate(_FEATURE_WORDS) if bits >> bit & 1]})


PROFILE = Profile(
    name="ble-pulse-oximeter",
    title="Pulse Oximeter Profile: finger clips, spot checks, continuous and stored",
    title_zh="血氧服务（Pulse Oximeter Profile）：指夹式血氧仪，单次、连续和存储的测量",
    measures=("oxygen_saturation", "heart_rate", "worn", "battery"),
    service=SERVICE,
    values=(SPOT_CHECK, CONTINUOUS),
    settings=(FEATURES,),
    decode=decode,
    stores=True,
    streams=True,
    on_sight=True,
    sensor=SensorTraits(site="finger"),
)
