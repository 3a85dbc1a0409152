"""What the configuration has to know of the drivers: their names, how each speaks, which last, which are hubs."""

from __future__ import annotations

from collections.abc import Mapping

from drivers import all_drivers
from drivers.driver import AdvertisementDriver, ConnectionDriver, Driver, SerialDriver, WatchDriver
from gateway.settings.values import Transport


def transports() -> Mapping[str, Transport]:
    """Every driver there is, with its way of speaking."""
    return {driver.name: _transport(driver) for driver in all_drivers()}


def streaming() -> frozenset[str]:
    """The drivers of bands that speak for as long as they are connected."""
    return frozenset(driver.name for driver in all_drivers() if isinstance(driver, ConnectionDriver) and driver.streams)


def lasting() -> frozenset[str]:
    """The drivers of bands that go on listening for as long as the link stands, where a connection is kept for them."""
    return streaming() | {driver.name for driver in all_drivers() if isinstance(driver, ConnectionDriver) and driver.stays}


def identities() -> Mapping[str, tuple[int, ...]]:
    """The drivers that hear a press only by an identity enrolled as key, and how many bytes that may have."""
    return {
        driver.name: driver.identity_bytes
        for driver in all_drivers()
        if isinstance(driver, AdvertisementDriver) and driver.identity_bytes
    }


def hubs() -> frozenset[str]:
    """The serial drivers of hubs: they speak for bands that have addresses of their own."""
    return frozenset(driver.name for driver in all_drivers() if isinstance(driver, SerialDriver) and driver.hub)


def _transport(driver: Driver) -> Transport:
    if isinstance(driver, AdvertisementDriver):
        return "advertisement"
    if isinstance(driver, WatchDriver):
        return "watch"
    return "connection" if isinstance(driver, ConnectionDriver) else "serial"
