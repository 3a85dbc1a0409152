"""What an advertisement says of its device's battery."""

from __future__ import annotations

from drivers.measurement import Measurement


def battery(percent: int) -> list[Measurement]:
    """One measurement, or none where the byte is no percentage: the frame stands, a press may be beside it."""
    return [Measurement(kind="battery", value=percent)] if percent <= 100 else []
