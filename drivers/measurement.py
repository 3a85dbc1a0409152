"""What a wristband can tell: the closed list of kinds with their units, and the values they carry.

Kinds and units (UCUM) are those of the message contract; a driver gives no others.
"""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import UNSET, Struct, UnsetType

Kind = Literal[
    "heart_rate",
    "blood_pressure",
    "body_temperature",
    "skin_temperature",
    "oxygen_saturation",
    "respiratory_rate",
    "position",
    "battery",
    "steps",
    "worn",
    "charging",
    "battery_low",
    "fall",
    "button",
]

UNITS: dict[str, str | None] = {
    "heart_rate": "/min",
    "blood_pressure": "mm[Hg]",
    "body_temperature": "Cel",
    "skin_temperature": "Cel",
    "oxygen_saturation": "%",
    "respiratory_rate": "/min",
    "position": "deg",
    "battery": "%",
    "steps": "{steps}",
    "worn": None,
    "charging": None,
    "battery_low": None,
    "fall": None,
    "button": None,
}

Button = Literal[
    "sos",
    "find_phone",
    "press",
    "double_press",
    "triple_press",
    "long_press",
    "long_double_press",
    "long_triple_press",
    "hold",
]
BUTTONS: tuple[Button, ...] = get_args(Button)


class BloodPressure(Struct, frozen=True):
    """A pressure measured by a cuff, in mmHg; mean pressure and pulse (/min) where the cuff tells them."""

    systolic: float
    diastolic: float
    mean: float | UnsetType = UNSET
    pulse: float | UnsetType = UNSET


class Position(Struct, frozen=True):
    """A place on the globe, WGS 84 degrees; `accuracy_m` is the radius the device gives."""

    latitude: float
    longitude: float
    accuracy_m: float | UnsetType = UNSET


Value = BloodPressure | Position | bool | int | float | str


class Measurement(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One thing a device has measured or noticed, before anybody knows whose it is.

    `device_time` is the device's own wall clock in ISO 8601, without a zone (with `Z` it is UTC). `age_s` is how long
    before the frame it was measured. `history`: measured earlier and stored in the device. `quality` holds words such
    as `invalid:no_contact` and `questionable:irregular_pulse`.

    What tells repeats apart: `event` is the device's own number of a press, where it has one; `record` is the number of
    the whole record it came in. `address` is the band, where one line speaks for many; `which` the button, from 1;
    `user_id` the user memory of a shared device; `second` the second of a download. `late`: a press that was not heard
    itself, only its number or age afterwards. `rr_ms`: of a heart rate, the times between beats that came with it.
    """

    kind: Kind
    value: Value
    device_time: str | None = None
    age_s: float = 0
    history: bool = False
    quality: tuple[str, ...] = ()
    event: int | str | None = None
    record: int | None = None
    address: str = ""
    which: int | None = None
    user_id: int | None = None
    second: int | None = None
    late: bool = False
    rr_ms: tuple[int, ...] = ()

    @property
    def unit(self) -> str | None:
        """The UCUM unit of this kind; None where it has none."""
        return UNITS[self.kind]
