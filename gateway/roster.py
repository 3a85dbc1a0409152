"""The live roster: which band belongs to whom, read by which driver. It changes while everything that holds it runs on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from drivers.driver import Driver, SensorTraits
from drivers.sensor import sensor_of
from gateway.changes import Changes
from gateway.readings import Enrolment


class Roster:
    """Every band that is enrolled, and the drivers there are. Handed down whole; `changes` tells of each `replace`.

    Whoever holds it asks it anew each time and keeps no copy.
    """

    def __init__(self, drivers: Mapping[str, Driver], bands: Mapping[str, Enrolment]) -> None:
        self.drivers = drivers
        self.changes = Changes()
        self._guests: frozenset[str] = frozenset()
        self._take(bands)

    def replace(self, bands: Mapping[str, Enrolment]) -> None:
        """These bands from now on, by address, and no others."""
        self._take(bands)
        self.changes.happened()

    def _take(self, bands: Mapping[str, Enrolment]) -> None:
        self.bands = dict(bands)
        self._docked = {band.port: band for band in bands.values() if band.port}
        self._wearers = {band.wearer for band in bands.values()}
        self._rooms = {band.wearer: band.room for band in bands.values() if band.room}

    def band(self, address: str) -> Enrolment | None:
        """The band with this address; None: nobody enrolled it."""
        return self.bands.get(address)

    def docked_at(self, port: str) -> Enrolment | None:
        """The device at the serial port of this name; None: there is none, or it is a hub's."""
        return self._docked.get(port)

    def room(self, wearer: str) -> str:
        """Where this wearer lives, by any of their bands; "" where that is not known."""
        return self._rooms.get(wearer, "")

    def knows(self, wearer: str) -> bool:
        """Whether any band is this wearer's."""
        return wearer in self._wearers or wearer in self._guests

    def know_too(self, wearers: Iterable[str]) -> None:
        """Also these are known, who wear what is enrolled for another."""
        self._guests = frozenset(wearers)

    def driver_of(self, band: Enrolment) -> Driver:
        """How this band speaks."""
        return self.drivers[band.driver]

    def sensor(self, device: str, driver: str) -> SensorTraits:
        """What the sensor of this device is like: as its driver says, unless its model says otherwise."""
        known, band = self.drivers.get(driver), self.bands.get(device)
        return SensorTraits() if known is None else sensor_of(known, band.model if band is not None else None)
