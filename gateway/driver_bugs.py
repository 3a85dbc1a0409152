"""The wall between a driver and the gateway: a bug in a driver silences neither the daemon nor another band."""

from __future__ import annotations

import traceback
from pathlib import Path

import structlog
from msgspec.structs import replace

from drivers.driver import Advertisement, AdvertisementDriver, Decoded, Refusal, Refused
from drivers.measurement import is_sound

log = structlog.get_logger()


class DriverFailed(Refused):
    """A driver failed on this frame, which is the driver's fault and not the frame's."""


def whereabouts(bug: Exception) -> str:
    """Where a driver failed, without a word of the data that it failed on: `IndexError at serial_hub.py:88`."""
    frames = traceback.extract_tb(bug.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(bug).__name__}{place}"


def decode(driver: AdvertisementDriver, advertisement: Advertisement, key: bytes | None) -> Decoded:
    """What a driver makes of an advertisement. Raises Refused; DriverFailed (`unsupported`): by its own fault."""
    try:
        return _that_is_decoded(driver.decode(advertisement, key))
    except Refused:
        raise
    except Exception as bug:
        log.error("driver failed", driver=driver.name, why=whereabouts(bug))
        raise DriverFailed("unsupported", "the driver failed on it") from bug


def _that_is_decoded(found: object) -> Decoded:
    if not isinstance(found, Decoded):
        raise TypeError(f"a driver gives Decoded, not {type(found).__name__}")
    return found


def validate_output(driver: str, decoded: Decoded) -> Decoded:
    """What a driver gave, without what no driver may give: a heart rate that is a word. That is refused (`unsupported`)."""
    measurements = [measurement for measurement in decoded.measurements if is_sound(measurement)]
    nonsense = len(decoded.measurements) - len(measurements)
    if not nonsense:
        return decoded
    log.error("driver failed", driver=driver, why=f"{nonsense} measurements with a value that their kind cannot have")
    refusals = [Refusal("unsupported", "the driver gave no validate_output value")] * nonsense
    return replace(decoded, measurements=measurements, refusals=decoded.refusals + refusals)
