"""The wall between a driver and the gateway: a bug in a driver silences neither the daemon nor another band."""

from __future__ import annotations

import traceback
from collections import Counter
from pathlib import Path

import structlog
from msgspec.structs import replace

from drivers.driver import Advertisement, AdvertisementDriver, Decoded, Refusal, Refused
from drivers.measurement import is_sound

log = structlog.get_logger()


class DriverFaults:
    """How often drivers failed since the start, by the driver's name, or the port's where it is one at a serial line."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def found(self, name: str, driver: str, why: str, **where: str) -> None:
        """Counts a bug under a name, and says where it struck."""
        self.counts[name] += 1
        log.error("driver failed", driver=driver, why=why, **where)


def whereabouts(bug: Exception) -> str:
    """Where a driver failed, without a word of the data that it failed on: `IndexError at serial_hub.py:88`."""
    frames = traceback.extract_tb(bug.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(bug).__name__}{place}"


def decode(driver: AdvertisementDriver, advertisement: Advertisement, key: bytes | None, faults: DriverFaults) -> Decoded:
    """What a driver makes of an advertisement. Raises Refused, also for a frame that it failed on (`unsupported`)."""
    try:
        return _that_is_decoded(driver.decode(advertisement, key))
    except Refused:
        raise
    except Exception as bug:
        faults.found(driver.name, driver.name, whereabouts(bug))
        raise Refused("unsupported", "the driver failed on it") from bug


def _that_is_decoded(found: object) -> Decoded:
    if not isinstance(found, Decoded):
        raise TypeError(f"a driver gives Decoded, not {type(found).__name__}")
    return found


def validate_output(driver: str, decoded: Decoded, faults: DriverFaults) -> Decoded:
    """What a driver gave, without what no driver may give: a heart rate that is a word. That is refused (`unsupported`)."""
    measurements = [measurement for measurement in decoded.measurements if is_sound(measurement)]
    nonsense = len(decoded.measurements) - len(measurements)
    if not nonsense:
        return decoded
    faults.found(driver, driver, f"{nonsense} measurements with a value that their kind cannot have")
    refusals = [Refusal("unsupported", "the driver gave a value that its kind cannot have")] * nonsense
    return replace(decoded, measurements=measurements, refusals=decoded.refusals + refusals)
