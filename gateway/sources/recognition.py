"""Which driver a device speaks by, as far as its advertisement tells."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from drivers.bluetooth_uuid import full_uuid, parse_uuid
from drivers.driver import Advertisement, AdvertisementDriver, ConnectionDriver, Decoded, Driver, Refused
from gateway.driver_bugs import DriverFaults, decode


class Signs(NamedTuple):
    """What a device is recognised by: services it offers, services it sends data of (full UUIDs), companies."""

    services: Collection[str]
    service_data: Collection[str]
    companies: Collection[int]


def recognise(drivers: Iterable[Driver], advertisement: Advertisement, signs: Signs) -> Driver | None:
    """The first driver whose declaration fits, and that does not disown it."""
    return next((one for one in drivers if fits(one, signs) and read(one, advertisement) is not None), None)


def fits(driver: Driver, signs: Signs) -> bool:
    """Whether a driver declares something of this."""
    if isinstance(driver, AdvertisementDriver):
        of_service = any(full_uuid(one) in signs.service_data for one in driver.services)
        return of_service or any(one in signs.companies for one in driver.companies)
    if isinstance(driver, ConnectionDriver):
        return any(parse_uuid(one) in signs.services for one in driver.services)
    return False


def read(driver: Driver, advertisement: Advertisement, key: bytes | None = None) -> Decoded | None:
    """What a driver reads out of it: nothing where it must be connected to, or has no key; None where it is not its own."""
    if not isinstance(driver, AdvertisementDriver):
        return Decoded()
    try:
        return decode(driver, advertisement, key, DriverFaults())  # a scan counts nothing
    except Refused as why:
        return None if why.refusal.reason == "not_mine" else Decoded()
