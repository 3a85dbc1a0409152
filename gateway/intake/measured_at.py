"""When something was measured, by the device's own word where that can be believed. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from msgspec import Struct

from drivers.measurement import Measurement
from gateway.intake.frame import ReceivedAt

EARLIEST_MS = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp() * 1000)  # a clock that says less was never set
AHEAD_MS = 5 * 60_000  # a device's clock may run ahead so far
TOLERATED_S = 2  # a smaller offset is within what reading the clock takes
LIVE_MS = 5 * 60_000  # measured longer ago than this, it was stored in the device


class MeasuredAt(Struct, frozen=True, gc=False):
    """Wall clock (ms, UTC); whether it is history; whether the device's time was corrected or had to give way.

    `ours`: it comes from our clock, and is as wrong as that one; else it is the device's own word.
    """

    at_ms: int
    history: bool
    corrected: bool
    ours: bool = True


def measured_at(measurement: Measurement, at: ReceivedAt, ahead_s: float, zone: tzinfo) -> MeasuredAt:
    """A device time without a zone is local time of this `zone`; `ahead_s` is by how much the device's clock was seen to be
    ahead of ours. A time that cannot be (before 2020, more than five minutes ahead, no date at all) gives way to that of
    reception. While our clock is not set nothing can be held against it; of a device that was not compared with it only what is
    stored there is taken at its word.
    """
    received_ms, history = at.wall_ms, measurement.history
    if measurement.device_time is None:
        return MeasuredAt(received_ms - round(measurement.age_s * 1000), history, corrected=False)
    unset, compared = at.clock == "unsynced", abs(ahead_s) > TOLERATED_S
    told_ms = _wall_ms(measurement.device_time, zone)
    if told_ms is not None and compared:
        told_ms -= round(ahead_s * 1000)
    of_reception = MeasuredAt(received_ms, history, corrected=True)
    if told_ms is None or (told_ms < EARLIEST_MS and not (unset and compared)):
        return of_reception
    if unset and not compared and abs(told_ms - received_ms) > LIVE_MS:
        return MeasuredAt(told_ms, history, corrected=False, ours=False) if history else of_reception
    if told_ms > received_ms + AHEAD_MS:
        return of_reception
    return MeasuredAt(told_ms, history or told_ms < received_ms - LIVE_MS, corrected=compared)


def _wall_ms(device_time: str, zone: tzinfo) -> int | None:
    try:
        stamp = datetime.fromisoformat(device_time)
        return round((stamp if stamp.tzinfo else stamp.replace(tzinfo=zone)).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        return None
