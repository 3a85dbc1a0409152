"""A band that says that it is not worn: nobody can call for help with it. Pure."""

from __future__ import annotations

from gateway.alert import AlertKind, Priority
from gateway.readings import Reading
from gateway.supervision.band_record import BandRecord, BandRules
from gateway.supervision.wearing_hours import MINUTE_MS
from gateway.supervision.worn_time import WornTime


class OffWristRow:
    """The row OFF."""

    kind: AlertKind = "off_wrist"
    id = "OFF"

    def see(self, rules: BandRules, band: BandRecord, reading: Reading, now_ms: int) -> bool:  # noqa: ARG002 (a BandRow)
        """Off, or worn again."""
        if reading.kind != "worn" or not band.off.hear(reading.value is False, reading.at_ms, now_ms):
            return False
        band.off_since = WornTime(0, min(reading.at_ms, now_ms)) if band.off.so else None
        return True

    def holds(self, rules: BandRules, band: BandRecord, now_ms: int) -> Priority | None:
        """Once it has been off for so long."""
        if not rules.off_wrist_min or band.off_since is None:
            return None
        return "warning" if band.off_since.elapsed(rules.hours, now_ms) >= rules.off_wrist_min * MINUTE_MS else None

    def next_ms(self, rules: BandRules, band: BandRecord, now_ms: int) -> int | None:
        """When it will have been off for so long."""
        if not rules.off_wrist_min or band.off_since is None:
            return None
        due_ms = band.off_since.reaches(rules.hours, rules.off_wrist_min * MINUTE_MS)
        return due_ms if due_ms is not None and due_ms > now_ms else None
