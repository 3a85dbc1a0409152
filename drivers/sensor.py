"""What the rules must know of a device's sensor: what its driver declares, unless the roster's `model` says otherwise. Pure.

The words of `model`, in any order, among others and in capitals or not: `cuff` or `cuffless`, `wrist`, `finger` or `arm`,
`worn` or `unworn`. Each changes what it names, the rest stays as the driver says. `HEM-6161T` and `HEM-6232T` are cuffs for the
wrist.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from drivers.driver import Driver, SensorTraits

WORDS: dict[str, dict[str, object]] = {
    "cuff": {"cuff": True},
    "cuffless": {"cuff": False},
    "wrist": {"site": "wrist"},
    "finger": {"site": "finger"},
    "arm": {"site": "arm"},
    "worn": {"worn": True},
    "unworn": {"worn": False},
    "6161t": {"site": "wrist"},
    "6232t": {"site": "wrist"},
}


def sensor_of(driver: Driver, model: str | None) -> SensorTraits:
    """Of a device of this driver and model."""
    if not model:
        return driver.sensor
    changes: dict[str, object] = {}
    for word in re.findall(r"[a-z0-9]+", model.lower()):
        changes |= WORDS.get(word, {})
    return replace(driver.sensor, **changes) if changes else driver.sensor


def in_words(sensor: SensorTraits) -> str:
    """As each driver's sheet says it: `Sensor: cuffless, wrist, worn.`"""
    pressure = {True: "cuff", False: "cuffless", None: "no pressure"}[sensor.cuff]
    return f"Sensor: {pressure}, {sensor.site or 'at no known place'}, {'worn' if sensor.worn else 'not worn'}."
