"""Blood Pressure Profile: upper-arm and wrist cuffs that hand over what they measured.

A&D UA-651BLE, UA-1200BLE; Omron models that speak this besides their own protocol; many unbranded cuffs. Heard: service
1810; appearance 0380 to 0382; names `A&D_UA-651BLE_`, `BLESmart_`. Sources: GATT Specification Supplement, Blood Pressure
Measurement, Intermediate Cuff Pressure, Blood Pressure Feature; IEEE 11073-20601 for SFLOAT (see medical_numbers.py).

    2A35 Blood Pressure Measurement, indicate            FF SSSS DDDD MMMM [yyyy mm dd hh mi ss] [PPPP] [UU] [TTTT]
    2A36 Intermediate Cuff Pressure, notify              the same; S is the pressure in the cuff, D and M are NaN
        F  bit 0 pressures in kPa, else mmHg; bit 1 time; 2 pulse; 3 user; 4 status; 5-7 reserved: ignored
        S  systolic, D diastolic, M mean pressure: SFLOAT. No S or no D: no reading. No M: left out
        time  Date Time of the cuff's own clock; unknown or impossible: the time of reception counts
        P  pulse, /min: SFLOAT. None: left out. It belongs to the blood pressure, it is no heart rate of its own
        U  user, 255 unknown: which of the people who share the cuff
        T  bit 0 body moved, 1 cuff loose, 2 irregular pulse, 3-4 pulse range (0 within, 1 above, 2 below), 5 wrong position
    2A49 Blood Pressure Feature, read                    FFFF
        F  bit 0 movement, 1 cuff fit, 2 irregular pulse, 3 pulse range, 4 position can be told, 5 several bonds

kPa x 7.500615613 = mmHg, rounded to 0.1. The cuff inflates to 180 mmHg and more: 2A36 is never a reading, and is not
subscribed. The cuff advertises for seconds after a measurement, sends the oldest first, and hangs up: that is the good end.
Readings repeat at the next visit when the last indication was not confirmed: the same user, time and values.

Sensor: cuff, at no known place, not worn.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from msgspec import UNSET

from drivers.bluetooth_uuid import full_uuid
from drivers.date_time import DATE_TIME_BYTES, decode_date_time
from drivers.driver import Decoded, SensorTraits
from drivers.framing import Fields
from drivers.measurement import BloodPressure, Measurement
from drivers.medical_numbers import number, rounded, sfloat_type
from drivers.standard import battery
from drivers.standard.profile import Profile

SERVICE = full_uuid(0x1810)
BLOOD_PRESSURE_MEASUREMENT = full_uuid(0x2A35)
INTERMEDIATE_CUFF_PRESSURE = full_uuid(0x2A36)
BLOOD_PRESSURE_FEATURE = full_uuid(0x2A49)

MMHG_PER_KPA = Fraction("7.500615613")

_KPA, _TIME, _PULSE, _USER, _STATUS = 0x01, 0x02, 0x04, 0x08, 0x10
_UNKNOWN_USER = 255
_QUALITIES = {
    0x01: "questionable:body_movement",
    0x02: "questionable:cuff_loose",
    0x04: "questionable:irregular_pulse",
    0x20: "questionable:position",
}
_PULSE_RANGES = ("within", "above", "below", "reserved")
_FEATURES = ("body_movement", "cuff_fit", "irregular_pulse", "pulse_range", "position", "multiple_bonds")


def decode(characteristic: str, data: bytes, _settings: Mapping[str, bytes] | None = None) -> Decoded:
    """One value of one characteristic. Raises Refused."""
    if characteristic == BLOOD_PRESSURE_MEASUREMENT:
        return _measurement(_frame(data))
    if characteristic == INTERMEDIATE_CUFF_PRESSURE:
        return Decoded(status={"cuff_pressure": _mmhg(_frame(data), 0)})
    if characteristic == BLOOD_PRESSURE_FEATURE:
        return _feature(data)
    return battery.decode(characteristic, data)


class _Frame(NamedTuple):
    """The fields of both characteristics, with everything that was flagged."""

    in_kpa: bool
    pressures: bytes
    time: datetime | None
    pulse: Fraction | None
    user: int | None
    status: int | None


def _frame(data: bytes) -> _Frame:
    fields = Fields(data)
    flags = fields.u8("flags")
    return _Frame(
        in_kpa=bool(flags & _KPA),
        pressures=fields.take(6, "pressures"),
        time=decode_date_time(fields.take(DATE_TIME_BYTES, "time")) if flags & _TIME else None,
        pulse=sfloat_type(fields.take(2, "pulse")) if flags & _PULSE else None,
        user=fields.u8("user") if flags & _USER else None,
        status=fields.u16("status") if flags & _STATUS else None,
    )


def _measurement(frame: _Frame) -> Decoded:
    status = frame.status or 0
    told: dict[str, object] = {} if frame.status is None else {"pulse_range": _PULSE_RANGES[status >> 3 & 3]}
    value = _value(frame)
    if value is None:
        return Decoded(status=told)
    measurement = Measurement(
        kind="blood_pressure",
        value=value,
        device_time=frame.time.isoformat() if frame.time else None,
        quality=tuple(word for bit, word in _QUALITIES.items() if status & bit),
        user_id=None if frame.user == _UNKNOWN_USER else frame.user,
    )
    return Decoded([measurement], status=told)


def _value(frame: _Frame) -> BloodPressure | None:
    systolic, diastolic, mean = (_mmhg(frame, at) for at in (0, 2, 4))
    if systolic is None or diastolic is None:
        return None
    pulse = UNSET if frame.pulse is None else number(frame.pulse)
    return BloodPressure(systolic, diastolic, mean=UNSET if mean is None else mean, pulse=pulse)


def _mmhg(frame: _Frame, at: int) -> int | float | None:
    pressure = sfloat_type(frame.pressures[at : at + 2])
    if pressure is None:
        return None
    return rounded(pressure * MMHG_PER_KPA, 1) if frame.in_kpa else number(pressure)


def _feature(data: bytes) -> Decoded:
    bits = Fields(data).u16("feature")
    return Decoded(status={"features": [word for bit, word in enumerate(_FEATURES) if bits >> bit & 1]})


PROFILE = Profile(
    name="ble-blood-pressure",
    title="Blood Pressure Profile: upper-arm and wrist cuffs",
    title_zh="血压服务（Blood Pressure Profile）：上臂式和腕式血压计",
    measures=("blood_pressure", "battery"),
    service=SERVICE,
    values=(BLOOD_PRESSURE_MEASUREMENT,),
    decode=decode,
    on_sight=True,
    sensor=SensorTraits(cuff=True),
)
