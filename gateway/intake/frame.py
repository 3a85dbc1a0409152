"""A frame of an enrolled band: whose it is, how its driver speaks, and when it came. Pure."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from drivers.driver import AdvertisementDriver, Driver, PressPolicy, WatchDriver
from gateway.clock import ClockState
from gateway.readings import Enrolment


class ReceivedAt(NamedTuple):
    """When something was read: wall clock (ms, UTC), monotonic (s), and whether the wall clock can be trusted.

    `stood_s`: of `monotonic_s`, so much in all the gateway stood. What is read behind a stand may have come in its midst.
    """

    wall_ms: int
    monotonic_s: float
    clock: ClockState
    stood_s: float = 0.0


class DriverTraits(NamedTuple):
    """How a band speaks: its driver's name, how its presses are told apart, whether its keys are there to call for help."""

    driver: str
    presses: PressPolicy
    keys_call_for_help: bool


class Frame(Struct, frozen=True, gc=False):
    """Of one band at one time; what is in it is handed over beside it."""

    band: Enrolment
    traits: DriverTraits
    at: ReceivedAt


def traits_of(driver: Driver) -> DriverTraits:
    """What of a driver's declaration a frame is judged by."""
    presses = driver.presses if isinstance(driver, AdvertisementDriver | WatchDriver) else PressPolicy()
    return DriverTraits(driver.name, presses, driver.keys_call_for_help)
