"""What the cuffs at serial lines have in common: the pressures that there can be."""

from __future__ import annotations

from msgspec import UNSET

from drivers.driver import Refused
from drivers.measurement import BloodPressure

LOWEST_MMHG, HIGHEST_MMHG = 20, 300  # wider than the range of any cuff


def pressure(systolic: int, diastolic: int, pulse: int) -> BloodPressure:
    """In mmHg and /min; a pulse of 0 is none. Raises Refused (`implausible`)."""
    if not LOWEST_MMHG <= diastolic < systolic <= HIGHEST_MMHG:
        raise Refused("implausible", f"not {LOWEST_MMHG} <= diastolic < systolic <= {HIGHEST_MMHG} mmHg")
    return BloodPressure(systolic, diastolic, pulse=pulse or UNSET)
