"""The wall clock of a device, as a measurement tells it."""

from __future__ import annotations

from datetime import datetime


def device_time(year: int, month: int, day: int, hour: int, minute: int, second: int = 0) -> str | None:
    """ISO 8601, without a zone; None where it cannot be (month 0, 30 February): the clock was never set."""
    try:
        return datetime(year, month, day, hour, minute, second).isoformat()  # noqa: DTZ001 (a device's clock has no zone)
    except ValueError:
        return None
