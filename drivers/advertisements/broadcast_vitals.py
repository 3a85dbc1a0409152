"""Vital signs as wristbands broadcast them: 0 stands for "no measurement", and pressure comes from light."""

from __future__ import annotations

from drivers.bands.vital_signs import OPTICAL
from drivers.measurement import BloodPressure, Kind, Measurement


def unless_zero(kind: Kind, value: float) -> list[Measurement]:
    """One measurement, or none."""
    return [Measurement(kind=kind, value=value)] if value else []


def optical_pressure(systolic: int, diastolic: int) -> list[Measurement]:
    """One measurement in mmHg, or none: half a pressure is none."""
    if not systolic or not diastolic:
        return []
    return [Measurement(kind="blood_pressure", value=BloodPressure(systolic, diastolic), quality=(OPTICAL,))]


def steps(today: int) -> list[Measurement]:
    """One measurement: 0 is a number of steps."""
    return [Measurement(kind="steps", value=today)]
