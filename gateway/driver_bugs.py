"""The wall between a driver and the gateway: a bug in a driver silences neither the daemon nor another band."""

from __future__ import annotations

import traceback
from pathlib import Path

import structlog

from drivers.driver import Advertisement, AdvertisementDriver, Decoded, Refused

log = structlog.get_logger()


def whereabouts(bug: Exception) -> str:
    """Where a driver failed, without a word of the data that it failed on: `IndexError at serial_hub.py:88`."""
    frames = traceback.extract_tb(bug.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(bug).__name__}{place}"


def decode(driver: AdvertisementDriver, advertisement: Advertisement, key: bytes | None) -> Decoded:
    """What a driver makes of an advertisement. Raises Refused, also for a frame that it failed on (`unsupported`)."""
    try:
        return driver.decode(advertisement, key)
    except Refused:
        raise
    except Exception as bug:
        log.error("driver failed", driver=driver.name, why=whereabouts(bug))
        raise Refused("unsupported", "the driver failed on it") from bug
