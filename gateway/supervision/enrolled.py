"""Which bands are watched, and through which ports or which radio each can be heard. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from drivers.driver import Driver, SerialDriver
from drivers.sensor import sensor_of
from gateway.readings import Enrolment
from gateway.supervision.band_record import WatchedBand

RADIO = "radio"  # all adapters of this machine
ADAPTER = "adapter "


class HearingWays(Struct, frozen=True, kw_only=True):
    """What can hear bands. `ports`: the driver of each serial port or listener, by its name; `radio`: whether there is one."""

    ports: Mapping[str, str] = {}
    radio: bool = False


def port_source(name: str) -> str:
    """What a serial port is called among all that hears."""
    return f"port {name}"


def adapter_source(name: str) -> str:
    """The same of one adapter."""
    return f"{ADAPTER}{name}"


def watched_bands(bands: Mapping[str, Enrolment], drivers: Mapping[str, Driver], ways: HearingWays) -> list[WatchedBand]:
    """Of every band that is enrolled."""
    return [
        WatchedBand(
            address=band.address,
            wearer=band.wearer,
            worn=sensor_of(drivers[band.driver], band.model).worn and not band.port,
            ways=_ways_of(band, drivers[band.driver], ways),
        )
        for band in bands.values()
    ]


def _ways_of(band: Enrolment, driver: Driver, ways: HearingWays) -> frozenset[str]:
    if band.port:
        return frozenset({port_source(band.port)})
    if isinstance(driver, SerialDriver):
        return frozenset(port_source(name) for name, of in ways.ports.items() if of == band.driver)
    return frozenset({RADIO} if ways.radio else ())
