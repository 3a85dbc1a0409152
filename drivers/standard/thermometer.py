"""Health Thermometer Profile: ear and armpit thermometers, and patches.

A&D UT-201BLE and its kin; development boards. Heard: service 1809; appearance 0300, 0301. Sources: GATT Specification
Supplement, Temperature Measurement, Intermediate Temperature, Temperature Type; IEEE 11073-20601 for FLOAT (see
medical_numbers.py); finger and toe as skin: this project's choice.

    2A1C Temperature Measurement, indicate               FF VVVVVVVV [yyyy mm dd hh mi ss] [SS]
    2A1E Intermediate Temperature, notify                the same
        F  bit 0 Fahrenheit, else Celsius; bit 1 time; 2 site; 3-7 reserved: ignored
        V  temperature, FLOAT, rounded to 0.01 degrees Celsius; +INF and -INF ("Hi", "Lo" on the display): none
        time  Date Time of the thermometer's own clock; unknown or impossible: the time of reception counts
        S  1 armpit, 2 body, 3 ear, 4 finger, 5 gut, 6 mouth, 7 rectum, 8 toe, 9 ear drum
    2A1D Temperature Type, read, once                    SS       the site, where the values have none

Finger and toe are `skin_temperature`, all else `body_temperature`. 2A1E is a probe that warms up: never a reading, and not
subscribed. Some firmware notifies 2A1C instead of indicating it (ARMmbed/mbed-os#10640): what is offered is subscribed.

Sensor: no pressure, at no known place, not worn.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from drivers.bluetooth_uuid import full_uuid
from drivers.date_time import DATE_TIME_BYTES, decode_date_time
from drivers.driver import Decoded, SensorTraits
from drivers.framing import Fields
from drivers.measurement import Measurement
from drivers.medical_numbers import float_type, rounded
from drivers.standard import battery
from drivers.standard.profile import Profile

SERVICE = full_uuid(0x1809)
TEMPERATURE_MEASUREMENT = full_uuid(0x2A1C)
INTERMEDIATE_TEMPERATURE = full_uuid(0x2A1E)
TEMPERATURE_TYPE = full_uuid(0x2A1D)

_FAHRENHEIT, _TIME, _SITE = 0x01, 0x02, 0x04
_SITES = ("reserved", "armpit", "body", "ear", "finger", "gut", "mouth", "rectum", "toe", "tympanum")
_SKIN = ("finger", "toe")


def decode(characteristic: str, data: bytes, settings: Mapping[str, bytes] | None = None) -> Decoded:
    """One value of one characteristic; `settings` may hold the site that 2A1D told. Raises Refused."""
    if characteristic == TEMPERATURE_MEASUREMENT:
        return _measurement(_frame(data), (settings or {}).get(TEMPERATURE_TYPE, b""))
    if characteristic == INTERMEDIATE_TEMPERATURE:
        return Decoded(status={"intermediate_temperature": _frame(data).celsius})
    if characteristic == TEMPERATURE_TYPE:
        return Decoded(status={"site": _site(Fields(data).u8("temperature type"))})
    return battery.decode(characteristic, data)


class _Frame(NamedTuple):
    """The fields of both characteristics, with everything that was flagged."""

    celsius: int | float | None
    time: datetime | None
    site: int | None


def _frame(data: bytes) -> _Frame:
    fields = Fields(data)
    flags = fields.u8("flags")
    return _Frame(
        celsius=_celsius(fields.take(4, "temperature"), bool(flags & _FAHRENHEIT)),
        time=decode_date_time(fields.take(DATE_TIME_BYTES, "time")) if flags & _TIME else None,
        site=fields.u8("site") if flags & _SITE else None,
    )


def _celsius(data: bytes, in_fahrenheit: bool) -> int | float | None:
    value = float_type(data)
    if value is None:
        return None
    return rounded((value - 32) * 5 / 9 if in_fahrenheit else value, 2)


def _measurement(frame: _Frame, fixed_site: bytes) -> Decoded:
    told: dict[str, object] = {} if frame.site is None else {"site": _site(frame.site)}
    if frame.celsius is None:
        return Decoded(status=told)
    site = _site(frame.site if frame.site is not None else int.from_bytes(fixed_site[:1]))
    measurement = Measurement(
        kind="skin_temperature" if site in _SKIN else "body_temperature",
        value=frame.celsius,
        device_time=frame.time.isoformat() if frame.time else None,
    )
    return Decoded([measurement], status=told)


def _site(code: int) -> str:
    return _SITES[code] if code < len(_SITES) else "reserved"


PROFILE = Profile(
    name="ble-thermometer",
    title="Health Thermometer Profile: ear and armpit thermometers, patches",
    title_zh="体温服务（Health Thermometer Profile）：耳温计、腋下体温计、体温贴",
    measures=("body_temperature", "skin_temperature", "battery"),
    service=SERVICE,
    values=(TEMPERATURE_MEASUREMENT,),
    settings=(TEMPERATURE_TYPE,),
    decode=decode,
    on_sight=True,
    sensor=SensorTraits(),
)
