"""A band that is worn and not heard any more. Pure.

Heard is any frame of it. A band that is off the wrist or on its charger may be silent, but not for ever: after
`charging: true` and twelve wearing hours without a word it is.
"""

from __future__ import annotations

from gateway.alert import AlertKind, Priority
from gateway.readings import Reading
from gateway.supervision.band_record import BandRecord, BandRules
from gateway.supervision.wearing_hours import MINUTE_MS

CHARGED_MIN = 12 * 60  # no band charges longer


class SilenceRow:
    """The row SILENT."""

    kind: AlertKind = "silent"
    id = "SILENT"

    def see(self, rules: BandRules, band: BandRecord, reading: Reading, now_ms: int) -> bool:  # noqa: ARG002 (a BandRow)
        """Which limits count changes with what the band says of itself."""
        return reading.kind == "charging" and band.charging.hear(reading.value is True, reading.at_ms, now_ms)

    def holds(self, rules: BandRules, band: BandRecord, now_ms: int) -> Priority | None:
        """By how long it has not been heard."""
        limits = _limits(rules, band)
        if not limits or band.unheard is None:
            return None
        elapsed_ms = band.unheard.elapsed(rules.hours, now_ms)
        reached: list[Priority] = [priority for priority, limit_ms in limits if elapsed_ms >= limit_ms]
        return reached[0] if reached else None

    def next_ms(self, rules: BandRules, band: BandRecord, now_ms: int) -> int | None:
        """When the next limit is reached."""
        if band.unheard is None:
            return None
        due = [band.unheard.reaches(rules.hours, limit_ms) for _, limit_ms in _limits(rules, band)]
        return min((at_ms for at_ms in due if at_ms is not None and at_ms > now_ms), default=None)


def _limits(rules: BandRules, band: BandRecord) -> list[tuple[Priority, int]]:
    """The most urgent first."""
    rows: list[tuple[Priority, int]] = [("critical", rules.silent_critical_min), ("warning", rules.silent_warning_min)]
    limits = [(priority, minutes * MINUTE_MS) for priority, minutes in rows if minutes]
    if band.charging.so:
        return [("warning", CHARGED_MIN * MINUTE_MS)] if limits else []
    return [] if band.off.so else limits
