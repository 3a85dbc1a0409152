"""What is planted: the events that rules must find, as levels over time of a band or as single values by hand. Pure."""

from __future__ import annotations

from typing import Literal, NamedTuple

from drivers.measurement import BloodPressure, Kind, Value
from gateway.alert import AlertKind

Device = Literal["band", "ring", "cuff", "thermometer"]
Loss = Literal["", "silent", "off_wrist", "battery"]


class Stretch(NamedTuple):
    """So long at this level, give or take `spread`."""

    lasting_s: float
    level: float
    spread: float = 1.5


class Planted(NamedTuple):
    """One kind of event. A band measures `stretches`; a person measures `values`, each so many seconds after the event begins.

    `loss`: the band itself is lost; nothing is measured then. `kinds`: alerts of which kind tell it. `lost`: the share of
    readings that do not come. `restart`: the gateway is killed in its midst. `after`: what stood before, where it is of that.
    """

    name: str
    device: Device
    kind: Kind
    kinds: tuple[AlertKind, ...]
    stretches: tuple[Stretch, ...] = ()
    values: tuple[tuple[tuple[float, float], Value], ...] = ()
    lost: float = 0.0
    restart: bool = False
    irregular: bool = False
    loss: Loss = ""
    after: Value | None = None


HEART: tuple[AlertKind, ...] = ("heart_rate",)
PRESSURE: tuple[AlertKind, ...] = ("blood_pressure",)
TEMPERATURE: tuple[AlertKind, ...] = ("body_temperature",)
OXYGEN: tuple[AlertKind, ...] = ("oxygen_saturation",)
AT_ONCE = (0.0, 0.0)


def heart(name: str, *stretches: Stretch, lost: float = 0.0, restart: bool = False, irregular: bool = False) -> Planted:
    """Of the heart, seen by a wrist band. What no person has is told as such."""
    kinds: tuple[AlertKind, ...] = ("irregular_pulse",) if irregular else (*HEART, "no_usable_value")
    return Planted(name, "band", "heart_rate", kinds, stretches, lost=lost, restart=restart, irregular=irregular)


def cuff(
    name: str, *values: tuple[tuple[float, float], BloodPressure], restart: bool = False, after: Value | None = None
) -> Planted:
    """Of the pressure, by a cuff at the upper arm."""
    kinds: tuple[AlertKind, ...] = (*PRESSURE, "no_usable_value")
    return Planted(name, "cuff", "blood_pressure", kinds, values=values, restart=restart, after=after)


def thermometer(name: str, *values: tuple[tuple[float, float], float], restart: bool = False) -> Planted:
    """Of the temperature, by mouth, ear or armpit."""
    return Planted(name, "thermometer", "body_temperature", (*TEMPERATURE, "no_usable_value"), values=values, restart=restart)


def lost(name: str, loss: Literal["silent", "off_wrist", "battery"], hours: float) -> Planted:
    """The band falls silent, is taken off, or runs out of power, for so long."""
    return Planted(name, "band", "heart_rate", (loss,), (Stretch(hours * 3600, 72),), loss=loss)


HIGH, VERY_HIGH, LOW = BloodPressure(200, 125), BloodPressure(240, 85), BloodPressure(82, 48)
PLANTED: tuple[Planted, ...] = (
    heart("HR 150, 10 min", Stretch(600, 153)),
    heart("HR 135, 10 min", Stretch(600, 135)),
    heart("HR 132 sd 3, 10 min", Stretch(600, 132, 3)),
    heart("HR 120, 25 min", Stretch(1500, 120)),
    heart("HR 35, 3 min", Stretch(180, 34)),
    heart("HR 35, 10 min", Stretch(600, 34)),
    heart("HR 28, 1 min", Stretch(60, 28, 1)),
    heart("HR 190, 2 min", Stretch(120, 190)),
    heart("HR 22 sd 3, 10 min", Stretch(600, 22, 3)),
    heart("HR 150, 10 min, half of it lost", Stretch(600, 153), lost=0.5),
    heart("HR 150, 10 min, a restart within", Stretch(600, 153), restart=True),
    heart("tachycardia, then bradycardia", Stretch(600, 150), Stretch(600, 34)),
    heart("atrial fibrillation, 15 min", Stretch(900, 88, 6), irregular=True),
    Planted("SpO2 85, 5 min, ring", "ring", "oxygen_saturation", OXYGEN, (Stretch(300, 85, 0.6),)),
    Planted("SpO2 85, 10 min, wrist", "band", "oxygen_saturation", OXYGEN, (Stretch(600, 85, 0.6),)),
    Planted("SpO2 85, 15 min, a restart within", "ring", "oxygen_saturation", OXYGEN, (Stretch(900, 85, 0.6),), restart=True),
    Planted("SpO2 48, 10 min", "ring", "oxygen_saturation", (*OXYGEN, "no_usable_value"), (Stretch(600, 48, 0.6),)),
    cuff("200/125 once", (AT_ONCE, HIGH)),
    cuff("200/125 twice, 2 min apart", (AT_ONCE, HIGH), ((120, 120), HIGH)),
    cuff("200/125 twice, 45 s apart", (AT_ONCE, HIGH), ((45, 45), HIGH)),
    cuff("200/125 twice, a restart within", (AT_ONCE, HIGH), ((150, 150), HIGH), restart=True),
    cuff("240/85 twice", (AT_ONCE, VERY_HIGH), ((120, 120), VERY_HIGH)),
    cuff("82/48 once", (AT_ONCE, LOW)),
    cuff("82/48 twice", (AT_ONCE, LOW), ((60, 240), LOW)),
    cuff(
        "shock after hypertension",
        (AT_ONCE, BloodPressure(78, 45)),
        ((60, 240), BloodPressure(76, 44)),
        after=BloodPressure(168, 92),
    ),
    cuff("275/140 twice", (AT_ONCE, BloodPressure(275, 140)), ((30, 240), BloodPressure(278, 142))),
    cuff("48/28 twice", (AT_ONCE, BloodPressure(48, 28)), ((30, 240), BloodPressure(47, 27))),
    thermometer("39.3 once", (AT_ONCE, 39.3)),
    thermometer("39.3 twice, 30 to 180 s apart", (AT_ONCE, 39.3), ((30, 180), 39.4)),
    thermometer("39.3 twice, 300 to 900 s apart", (AT_ONCE, 39.3), ((300, 900), 39.4)),
    thermometer("34.8 twice, 35 min apart, a restart within", (AT_ONCE, 34.8), ((2100, 2100), 34.7), restart=True),
    thermometer("hypothermia 34.0 once", (AT_ONCE, 34.0)),
    thermometer("hypothermia 31 twice", (AT_ONCE, 31.0), ((30, 300), 31.1)),
    thermometer("29.5 twice", (AT_ONCE, 29.5), ((30, 300), 29.6)),
    lost("signal lost, 3 h", "silent", 3),
    lost("band off the wrist, 2 h", "off_wrist", 2),
    lost("battery runs out", "battery", 3),
)
