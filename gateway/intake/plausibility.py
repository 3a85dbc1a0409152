"""Judges whether a person can have a measured value: absent is the drivers' matter, impossible is invalid, odd is questionable.

Impossible is only what nobody lives with: stiff arteries give a pulse pressure of 150, and a crisis one of 280/190. An invalid
reading is kept and forwarded, and raises no alert of its kind; where it lasts, people are told that there is no usable value
(`rules/no_usable_value.py`). A questionable one counts; the rules wait for a second of
its kind anyway. The limits are a proposal, like those of `config/rules.toml`; a driver's own verdict (no contact, weak
signal) comes on top. Pure.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from msgspec import Struct

from drivers.measurement import BloodPressure, Kind, Measurement, Position, Value

OUT_OF_RANGE = ("invalid:out_of_range",)
JUMP = ("questionable:jump",)
TOO_FAST = ("invalid:speed",)  # remembered all the same: when the next place is near this one, it was the one before that erred
FINE: tuple[str, ...] = ()

WORDS = frozenset(  # all that `judge` says; who judges a reading anew leaves these out first
    {
        "invalid:out_of_range",
        "invalid:diastolic_above_systolic",
        "invalid:pulse_pressure",
        "invalid:no_fix",
        "invalid:speed",
        "questionable:accuracy",
        "questionable:jump",
        "questionable:low",
        "questionable:off_wrist",
        "questionable:pulse_pressure",
    }
)


class Bounds(NamedTuple):
    """What a single number may be: outside `low`..`high` it is invalid.

    Below `doubtful` it is questionable, for the reason given in `doubt`; so is a change of more than `jump` within `jump_s`.
    """

    low: float
    high: float
    doubtful: float = -math.inf
    doubt: tuple[str, ...] = ()
    jump: float = math.inf
    jump_s: float = 0


NUMBERS: dict[Kind, Bounds] = {
    "heart_rate": Bounds(25, 240, jump=40, jump_s=10),  # /min
    "body_temperature": Bounds(30, 43, doubtful=34, doubt=("questionable:low",)),  # Cel
    "skin_temperature": Bounds(15, 45, doubtful=28, doubt=("questionable:off_wrist",)),  # Cel
    "oxygen_saturation": Bounds(50, 100),  # %
    "respiratory_rate": Bounds(4, 60),  # /min
    "battery": Bounds(0, 100),  # %
}
SYSTOLIC = Bounds(50, 300, jump=40, jump_s=600)  # mm[Hg]; no cuff reaches further than 300
DIASTOLIC = Bounds(25, 300)  # mm[Hg]; it is below the systolic
USUAL_SYSTOLIC = Bounds(50, 270)
USUAL_DIASTOLIC = Bounds(40, 180)
USUAL_PULSE_PRESSURE = Bounds(20, 100)  # mm[Hg], systolic less diastolic
FASTEST_M_PER_S = 70  # a car on a motorway does half of it
ACCURATE_M = 200
EARTH_RADIUS_M = 6_371_000


class Seen(Struct, frozen=True, gc=False):
    """A value that was plausible, and when it was measured."""

    value: Value
    at_ms: int


class Plausibility:
    """Judges with the last plausible value of each device and kind in mind."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str, Kind], Seen] = {}

    def judge(self, device: str, measurement: Measurement, at_ms: int, wearer: str = "") -> tuple[str, ...]:
        """Quality words for a measurement of this device; none when it is plausible. What two wearers measure at one device
        are no jumps.
        """
        key = (device, wearer, measurement.kind)
        words = judge(measurement, at_ms, self._last.get(key))
        if not words or words is TOO_FAST or not words[0].startswith("invalid:"):
            self._last[key] = Seen(measurement.value, at_ms)
        return words


def judge(measurement: Measurement, at_ms: int, last: Seen | None) -> tuple[str, ...]:
    """Quality words for a measurement; `last` is the last plausible value of the same kind from the same device.

    At most one `invalid:` word, and then it stands alone.
    """
    bounds = NUMBERS.get(measurement.kind)
    value = measurement.value
    if bounds is not None:
        return _number(value, bounds, at_ms, last)
    if isinstance(value, BloodPressure):
        return _pressure(value, at_ms, last)
    if isinstance(value, Position):
        return _place(value, at_ms, last)
    return FINE


def _number(value: Value, bounds: Bounds, at_ms: int, last: Seen | None) -> tuple[str, ...]:
    assert isinstance(value, int | float)
    if not bounds.low <= value <= bounds.high:  # not a number is neither
        return OUT_OF_RANGE
    if value < bounds.doubtful:
        return bounds.doubt
    if last is not None and abs(value - _as_number(last.value)) > bounds.jump and _within(bounds.jump_s, at_ms, last):
        return JUMP
    return FINE


def _as_number(value: Value) -> float:
    assert isinstance(value, int | float)
    return value


def _within(seconds: float, at_ms: int, last: Seen) -> bool:
    return abs(at_ms - last.at_ms) <= seconds * 1000


def _pressure(value: BloodPressure, at_ms: int, last: Seen | None) -> tuple[str, ...]:
    invalid = _impossible_pressure(value)
    if invalid:
        return (invalid,)
    words = _unusual_pressure(value)
    if last is None or not _within(SYSTOLIC.jump_s, at_ms, last):
        return words
    assert isinstance(last.value, BloodPressure)
    return words + JUMP if abs(value.systolic - last.value.systolic) > SYSTOLIC.jump else words


def _impossible_pressure(value: BloodPressure) -> str:
    """Why nobody has this pressure; empty when somebody may."""
    if not SYSTOLIC.low <= value.systolic <= SYSTOLIC.high or not DIASTOLIC.low <= value.diastolic <= DIASTOLIC.high:
        return "invalid:out_of_range"
    if value.diastolic >= value.systolic:
        return "invalid:diastolic_above_systolic"
    return ""


def _unusual_pressure(value: BloodPressure) -> tuple[str, ...]:
    """Why one measures again before one believes it."""
    between = value.systolic - value.diastolic
    words = FINE if USUAL_PULSE_PRESSURE.low <= between <= USUAL_PULSE_PRESSURE.high else ("questionable:pulse_pressure",)
    usual = value.systolic <= USUAL_SYSTOLIC.high and USUAL_DIASTOLIC.low <= value.diastolic <= USUAL_DIASTOLIC.high
    return words if usual else (*words, "questionable:unusual")


def _place(value: Position, at_ms: int, last: Seen | None) -> tuple[str, ...]:
    if not (-90 <= value.latitude <= 90 and -180 <= value.longitude <= 180):
        return OUT_OF_RANGE
    if value.latitude == 0 and value.longitude == 0:  # what receivers send without a fix
        return ("invalid:no_fix",)
    if last is not None and isinstance(last.value, Position) and _too_fast(value, last.value, at_ms - last.at_ms):
        return TOO_FAST
    if isinstance(value.accuracy_m, int | float) and not value.accuracy_m <= ACCURATE_M:
        return ("questionable:accuracy",)
    return FINE


def _too_fast(here: Position, there: Position, apart_ms: int) -> bool:
    """Whether nobody gets from there to here in this time; the accuracy of both places is given to the traveller."""
    slack_m = sum(place.accuracy_m for place in (here, there) if isinstance(place.accuracy_m, int | float))
    return _distance_m(here, there) - slack_m > FASTEST_M_PER_S * max(1.0, abs(apart_ms) / 1000)


def _distance_m(a: Position, b: Position) -> float:
    """The great circle between two places (haversine)."""
    lat_a, lat_b = math.radians(a.latitude), math.radians(b.latitude)
    half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(b.longitude - a.longitude) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))
