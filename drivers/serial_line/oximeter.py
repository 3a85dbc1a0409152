"""What the oximeters at serial lines have in common: a pulse and an oxygen saturation that are measured together."""

from __future__ import annotations

from drivers.driver import Refused
from drivers.measurement import Kind, Measurement


def readings(
    pulse: int | None,
    percent: int | None,
    *,
    device_time: str | None = None,
    history: bool = False,
    quality: tuple[str, ...] = (),
    second: int | None = None,
) -> list[Measurement]:
    """Those of both that there are, in /min and %. Raises Refused (`implausible`)."""
    if percent is not None and percent > 100:
        raise Refused("implausible", f"{percent} %")
    pair: tuple[tuple[Kind, int | None], ...] = (("heart_rate", pulse), ("oxygen_saturation", percent))
    told = []
    for kind, value in pair:
        if value is not None:
            told.append(
                Measurement(kind=kind, value=value, device_time=device_time, history=history, quality=quality, second=second)
            )
    return told
