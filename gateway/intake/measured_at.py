"""When something was measured, by the device's own word where that can be believed. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from drivers.measurement import Measurement

EARLIEST_MS = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp() * 1000)  # a clock that says less was never set
AHEAD_MS = 5 * 60_000  # a device's clock may run ahead so far
TOLERATED_S = 2  # a smaller offset is within what reading the clock takes
LIVE_MS = 5 * 60_000  # measured longer ago than this, it was stored in the device


def measured_at(measurement: Measurement, received_ms: int, ahead_s: float, zone: tzinfo) -> tuple[int, bool, bool]:
    """The wall clock time of measuring in ms UTC, whether it is history, and whether the device's time was corrected.

    A device time without a zone is local time of this `zone`; `ahead_s` is by how much the device's clock was seen to be
    ahead. A time that cannot be (before 2020, more than five minutes ahead, no date at all) gives way to that of reception.
    """
    if measurement.device_time is None:
        at_ms = received_ms - round(measurement.age_s * 1000)
        return at_ms, measurement.history, False
    told_ms = _wall_ms(measurement.device_time, zone)
    corrected = abs(ahead_s) > TOLERATED_S
    if told_ms is not None and corrected:
        told_ms -= round(ahead_s * 1000)
    if told_ms is None or not EARLIEST_MS <= told_ms <= received_ms + AHEAD_MS:
        return received_ms, measurement.history, True
    return told_ms, measurement.history or told_ms < received_ms - LIVE_MS, corrected


def _wall_ms(device_time: str, zone: tzinfo) -> int | None:
    try:
        stamp = datetime.fromisoformat(device_time)
        return round((stamp if stamp.tzinfo else stamp.replace(tzinfo=zone)).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        return None
