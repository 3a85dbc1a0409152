"""The wall between a driver and the gateway: a bug in a driver silences neither the daemon nor another band.

What a driver raises, and what it gives that no driver may give, is counted, told, and goes no further. One of another package
that does not come back is switched off until the next start: nobody can say that it would the next time.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog
from msgspec.structs import replace

import drivers
from drivers import deadline
from drivers.deadline import Blocked
from drivers.driver import Advertisement, AdvertisementDriver, Decoded, Item, Refusal, Refused
from drivers.soundness import MOST_OF_A_FRAME, is_sound, is_sound_item, is_whole, refusal_of

log = structlog.get_logger()
T = TypeVar("T")

DEADLINE_S = 2.0  # far more than any frame takes on a small board
NONSENSE = Refusal("unsupported", "the driver gave what no driver may give")
NOTHING = Decoded(refusals=[NONSENSE])


class DriverFailed(Exception):
    """It raised, blocked, is switched off, or gave what no driver may give; that is counted already."""


class DriverFaults:
    """How often drivers failed since the start, by the driver's name, or the port's where it is one at a serial line.

    `off`: the drivers that blocked, with where they did; they are asked nothing more.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.off: dict[str, str] = {}

    def found(self, name: str, driver: str, why: str, **where: str) -> None:
        """Counts a bug under a name, and says where it struck: the 1st, 2nd, 4th, 8th ... of that name."""
        self.counts[name] += 1
        if self.counts[name].bit_count() == 1:  # anybody can send what a driver fails on, thousands a second
            log.error("driver failed", driver=driver, why=why, **where)

    def ask(self, driver: str, call: Callable[[], T], *, name: str = "", **where: str) -> T:
        """What this call of a driver gives. Raises DriverFailed, and Refused as the driver does."""
        if driver in self.off:
            raise DriverFailed(f"it is switched off: {self.off[driver]}")
        try:
            return call() if drivers.is_ours(driver) else deadline.within(DEADLINE_S, call)
        except Refused as refused:
            if refusal_of(refused) is None:
                self.found(name or driver, driver, "a refusal without its reason", **where)
                raise DriverFailed("a refusal without its reason") from refused
            raise
        except Blocked as bug:
            self.off[driver] = whereabouts(bug)
            log.error("driver switched off", driver=driver, why=whereabouts(bug), seconds=DEADLINE_S, **where)
            raise DriverFailed(f"it did not come back: {whereabouts(bug)}") from bug
        except BaseException as bug:  # a guest may raise SystemExit and CancelledError, and means neither
            self.found(name or driver, driver, whereabouts(bug), **where)
            raise DriverFailed(whereabouts(bug)) from bug


def whereabouts(bug: BaseException) -> str:
    """Where a driver failed, without a word of the data that it failed on: `IndexError at serial_hub.py:88`."""
    frames = [frame for frame in traceback.extract_tb(bug.__traceback__) if frame.filename != deadline.__file__]
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(bug).__name__}{place}"


def decode(driver: AdvertisementDriver, advertisement: Advertisement, key: bytes | None, faults: DriverFaults) -> Decoded:
    """What a driver makes of an advertisement. Raises Refused, also for a frame that it failed on (`unsupported`)."""
    try:
        decoded = faults.ask(driver.name, partial(driver.decode, advertisement, key))
    except DriverFailed as failed:
        raise Refused("unsupported", "the driver failed on it") from failed
    decoded = validate_output(driver.name, decoded, faults)
    if decoded is NOTHING:
        raise Refused(NONSENSE.reason, NONSENSE.detail)
    return decoded


def validate_output(driver: str, decoded: Decoded, faults: DriverFaults) -> Decoded:
    """What a driver gave, without what no driver may give: a heart rate that is a word. That is refused (`unsupported`)."""
    if not is_whole(decoded):
        faults.found(driver, driver, "what it gives is no Decoded, or one with a part that is none")
        return NOTHING
    measurements = [measurement for measurement in decoded.measurements if is_sound(measurement)]
    nonsense = len(decoded.measurements) - len(measurements)
    if not nonsense:
        return decoded
    faults.found(driver, driver, f"{nonsense} measurements with a value that their kind cannot have")
    return replace(decoded, measurements=measurements, refusals=decoded.refusals + [NONSENSE] * nonsense)


def validate_items(driver: str, items: list[Item], faults: DriverFaults, port: str) -> list[Item]:
    """The same of what became whole on a serial line."""
    if type(items) is not list or len(items) > MOST_OF_A_FRAME:
        faults.found(port, driver, "what it gives is no list, or one without an end", port=port)
        return [NONSENSE]
    if all(map(is_sound_item, items)):
        return items
    faults.found(port, driver, "it gives what no driver may give", port=port)
    return [item if is_sound_item(item) else NONSENSE for item in items]
