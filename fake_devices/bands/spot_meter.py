"""A meter that is used now and then: it keeps what it measured, shows itself for seconds, sends what is stored, hangs up.

So do blood-pressure cuffs and thermometers: whoever wants the readings must come at once, and a reading that was not
confirmed is sent again at the next visit.
"""

from __future__ import annotations

import asyncio
from collections import deque

from bumble import core, gatt
from bumble.device import Connection

from fake_devices.bands.band import ENCRYPTED, READABLE, WRITE_ENCRYPTED, Band, BandProfile, Property, characteristic, service
from fake_devices.bands.slow_radio import Manners
from fake_devices.ble_link.air import Air

SHOWN_S = 30.0  # how long it shows itself after a measurement
LINGERS_S = 0.5  # after the last reading, for those who read the battery or set the clock


class SpotMeter(Band):
    """`stored`: what nobody has confirmed yet, the oldest first."""

    def __init__(
        self, air: Air, address: str, profile: tuple[int, int, str], extra: gatt.Characteristic[bytes], manners: Manners | None
    ) -> None:
        number, measurement, model = profile
        permissions = ENCRYPTED if manners and manners.bonded_only else READABLE
        self.stored: deque[bytes] = deque()
        self._measurement = characteristic(measurement, Property.INDICATE, b"", permissions)
        self._measurement.on(gatt.Characteristic.EVENT_SUBSCRIPTION, self._on_subscription)
        offers = BandProfile([number], [service(number, self._measurement, extra)], model)
        super().__init__(air, address, offers, visible=False, interval_s=0.1, manners=manners)
        if self.manners.bonded_only:
            self._subscription(number, measurement).permissions |= WRITE_ENCRYPTED
        self._measurements = 0

    def keeps(self, reading: bytes) -> None:
        """Stores a reading; nobody sees it before the meter shows itself."""
        self.stored.append(reading)

    async def shows_for_a_while(self) -> None:
        """Advertises for half a minute, as after a measurement."""
        self._measurements += 1
        await self.shows_itself()
        self.works(self._hides_later(self._measurements))

    async def _hides_later(self, measurement: int) -> None:
        await asyncio.sleep(SHOWN_S)
        if measurement == self._measurements:  # else it was used again meanwhile
            await self.hides()

    def _subscription(self, service: int, measurement: int) -> gatt.Descriptor:
        """Bumble makes it, open to all, with the service."""
        kind = gatt.GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR
        found = self.device.gatt_server.get_descriptor_attribute(core.UUID(service), core.UUID(measurement), kind)
        assert found
        return found

    def _on_subscription(self, connection: Connection, _notify: bool, indicate: bool) -> None:
        if indicate:
            self.works(self._tells_what_is_stored(connection), during=connection)

    async def _tells_what_is_stored(self, connection: Connection) -> None:
        while self.stored:
            await self.device.indicate_subscriber(connection, self._measurement, self.stored[0])  # returns when confirmed
            self.stored.popleft()
        await self.hides()
        await asyncio.sleep(LINGERS_S)
        await connection.disconnect()
