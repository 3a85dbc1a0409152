"""Numbers as bands of makers send them, as measurements: what stands for "no value", what cannot be, what is an estimate.

0 and 255 of a pulse, a pressure, an oxygen saturation (also 127), a breath rate are "no value", and half a pressure is none.
What cannot be (oxygen above 100 %, battery above 100 %, diastolic at or above systolic, a date that does not exist) refuses the
frame, `implausible`; what is merely unlikely is passed on, and judged behind the driver.

Blood pressure from light is an estimate out of the pulse wave: `questionable:optical`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from drivers.driver import Refused
from drivers.measurement import BloodPressure, Measurement

OPTICAL = "questionable:optical"
NONE = (0, 255)


def heart_rate(bpm: int) -> list[Measurement]:
    """One, or none."""
    return [] if bpm in NONE else [Measurement(kind="heart_rate", value=bpm)]


def respiratory_rate(per_minute: int) -> list[Measurement]:
    """One, or none."""
    return [] if per_minute in NONE else [Measurement(kind="respiratory_rate", value=per_minute)]


def oxygen(percent: int) -> list[Measurement]:
    """One, or none. Raises Refused."""
    if percent in (0, 127, 255):
        return []
    if percent > 100:
        raise Refused("implausible", f"oxygen saturation: {percent} %")
    return [Measurement(kind="oxygen_saturation", value=percent)]


def optical_pressure(systolic: int, diastolic: int) -> list[Measurement]:
    """One, or none; mmHg. Raises Refused."""
    if systolic in NONE or diastolic in NONE:
        return []
    if diastolic >= systolic:
        raise Refused("implausible", f"blood pressure: {systolic}/{diastolic}")
    return [Measurement(kind="blood_pressure", value=BloodPressure(systolic, diastolic), quality=(OPTICAL,))]


def battery(percent: int) -> list[Measurement]:
    """One: 0 is a value. Raises Refused."""
    if percent > 100:
        raise Refused("implausible", f"battery: {percent} %")
    return [Measurement(kind="battery", value=percent)]


def steps(today: int) -> list[Measurement]:
    """One: 0 is a value."""
    return [Measurement(kind="steps", value=today)]


def wall_time(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """A time of the band's own clock. Raises Refused where there is no such time."""
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 (a band's clock has no zone)
    except ValueError:
        shown = f"{year}-{month}-{day} {hour}:{minute}:{second}"
        raise Refused("implausible", f"there is no time {shown}") from None


def stamped(measurements: Iterable[Measurement], at: datetime, *, history: bool = True) -> list[Measurement]:
    """The same, measured at a time of the band's own clock."""
    return [replace(one, device_time=at.isoformat(), history=history) for one in measurements]
