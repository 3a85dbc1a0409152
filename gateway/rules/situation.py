"""What the wearer is doing while something is measured, as far as the bands tell it: rules go by it. Pure."""

from __future__ import annotations

from msgspec import Struct

from drivers.driver import SensorTraits


class Situation(Struct, frozen=True, kw_only=True):
    """Of one wearer at the time of one reading, and the sensor that it came from.

    `steps_5min`: the steps of the last five minutes; None: motion is not known (no count of steps in the last 15 minutes).
    `still_s`: for how long there has been no step; None: not known. `asleep`: still for 30 min at night, or the band says so.
    `sensor`: what the driver, or the roster's model, says of the device.
    """

    steps_5min: int | None = None
    still_s: float | None = None
    asleep: bool = False
    sensor: SensorTraits = SensorTraits()
