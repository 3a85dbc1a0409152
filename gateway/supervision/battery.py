"""A band whose battery runs out. Pure.

Two limits, the second at half of the first, each told once when it is crossed, and over 5 points above it. A band that only
says that its battery is low has crossed the first. On its charger nothing is low.
"""

from __future__ import annotations

from gateway.alert import AlertKind, Priority
from gateway.readings import Reading
from gateway.supervision.band_record import BandRecord, BandRules, Charge

BACK = 5.0  # points above a limit
FLAG_MS = 600_000  # a band that called its battery low so shortly before means it, whatever percent it tells beside


class BatteryRow:
    """The row BATT."""

    kind: AlertKind = "battery"
    id = "BATT"

    def see(self, rules: BandRules, band: BandRecord, reading: Reading, now_ms: int) -> bool:  # noqa: ARG002 (a BandRow)
        """Whether a limit is crossed, either way."""
        charge = band.charge
        before = (charge.low, charge.very_low)
        if reading.kind == "battery" and isinstance(reading.value, int | float):
            charge.percent = float(reading.value)
        elif reading.kind == "battery_low":
            charge.flag_ms = reading.at_ms if reading.value is True else None
            charge.low = charge.low and charge.percent is not None
        elif reading.kind == "charging" and band.charging.so:
            charge.flag_ms = None
        elif reading.kind != "charging":
            return False
        judge(rules, band, reading.at_ms)
        return (charge.low, charge.very_low) != before

    def holds(self, rules: BandRules, band: BandRecord, now_ms: int) -> Priority | None:  # noqa: ARG002 (a BandRow)
        """By its charge."""
        if not rules.battery_percent or not band.charge.low:
            return None
        return "warning" if band.charge.very_low else "advisory"

    def next_ms(self, rules: BandRules, band: BandRecord, now_ms: int) -> int | None:  # noqa: ARG002 (a BandRow)
        """It never changes by itself."""
        return None


def judge(rules: BandRules, band: BandRecord, now_ms: int) -> None:
    """Which limits are crossed, as things are now."""
    charge, limit = band.charge, float(rules.battery_percent)
    if band.charging.so:
        charge.low = charge.very_low = False
        return
    flagged = charge.flag_ms is not None
    if charge.percent is not None:
        if flagged and charge.percent >= limit + BACK and now_ms - (charge.flag_ms or 0) > FLAG_MS:
            charge.flag_ms, flagged = None, False  # a new battery
        charge.low = _below(charge.low, charge, limit)
        charge.very_low = _below(charge.very_low, charge, limit / 2)
    charge.low = charge.low or charge.very_low or flagged


def _below(was: bool, charge: Charge, limit: float) -> bool:
    """Whether it is low by this limit."""
    percent = charge.percent or 0.0
    return percent <= limit or (was and percent < limit + BACK)
