"""A band that speaks its maker's own protocol: commands come in and are obeyed one after the other, frames go out in pieces.

Its sensors feel a body. It measures when it is told to, by itself every few minutes when that was switched on, and keeps
what it measured by itself, with the time by its own clock.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bumble import gatt
from bumble.device import Connection, Device

from fake_devices.bands.band import Band, BandProfile, Property
from fake_devices.bands.slow_radio import Manners
from fake_devices.ble_link.air import Air
from fake_devices.ble_link.exchange import answered
from fake_devices.person import VitalSigns

PIECE = 20  # bytes of a write or a notification when nobody has agreed on more (ATT_MTU 23)
KEPT = 3 * 288  # records: three days, one in five minutes
MINUTE_S = 60.0
ORDINARY = VitalSigns(72, 124, 78, 36.5, 33.0, 97, 15, 0.0)  # somebody who sits and reads


@dataclass(frozen=True)
class StoredMeasurement:
    """What a band measured by itself; `at` by its own clock."""

    at: datetime
    body: VitalSigns


class MakersBand(Band):
    """`body`: what its sensors feel; None: it lies on the table. `takes_s`: how long it measures, by kind of measurement.

    `commands` has what was written to it. `obeys` does one command; it is a method of the kind of band.
    """

    def __init__(
        self,
        air: Air,
        address: str,
        profile: BandProfile,
        *,
        obeys: Callable[[bytes], Awaitable[None]],
        takes_s: Mapping[str, float],
        manners: Manners | None = None,
    ) -> None:
        super().__init__(air, address, profile, manners=manners)
        self.body: VitalSigns | None = ORDINARY
        self.takes_s = dict(takes_s)
        self.kept: deque[StoredMeasurement] = deque(maxlen=KEPT)
        self.every_min = 0  # how often it measures by itself
        self.commands: list[bytes] = []
        self.link: Connection | None = None
        self._obeys = obeys
        self._heard: asyncio.Queue[bytes] = asyncio.Queue()
        self._speaking = asyncio.Lock()
        self._measuring: asyncio.Task[None] | None = None
        self._by_itself = False
        self.device.on(Device.EVENT_CONNECTION, self._on_link)

    # --- verbs

    def keeps(self, body: VitalSigns, *, ago_s: float) -> None:
        """It has measured by itself, a while ago."""
        self.kept.append(StoredMeasurement(self.now() - timedelta(seconds=ago_s), body))

    # --- for the kinds of bands

    def hears(self, _connection: Connection, command: bytes) -> None:
        """Somebody has written a command; to be called by the characteristic that takes them."""
        self._heard.put_nowait(bytes(command))

    async def says(self, characteristic: gatt.Characteristic[bytes], frame: bytes) -> None:
        """Sends a frame in pieces, and no other in between; lost where nobody has subscribed, or is connected."""
        async with self._speaking:
            for at in range(0, len(frame), PIECE):
                if self.link is not None:
                    await self._send(self.link, characteristic, frame[at : at + PIECE])

    def measures(self, measuring: Coroutine[None, None, None]) -> None:
        """Begins to measure; what was being measured is over."""
        self.stops_measuring()
        self._measuring = self.works(measuring, during=self.link)

    def stops_measuring(self) -> bool:
        """Whether there was something to stop."""
        stopped = self.is_measuring
        if self._measuring is not None:
            self._measuring.cancel()
            self._measuring = None
        return stopped

    @property
    def is_measuring(self) -> bool:
        """Whether it is at it now."""
        return self._measuring is not None and not self._measuring.done()

    def measures_every(self, minutes: int) -> None:
        """From now on it measures by itself, so often; 0: never."""
        self.every_min = minutes
        if not self._by_itself:
            self._by_itself = True
            self.works(self._measures_by_itself())

    # --- parts

    def _on_link(self, connection: Connection) -> None:
        self.link = connection
        self._heard = asyncio.Queue()
        connection.on(connection.EVENT_DISCONNECTION, self._on_link_lost)
        self.works(self._obeys_all(self._heard), during=connection)

    def _on_link_lost(self, _reason: int) -> None:
        self.link = None

    async def _obeys_all(self, heard: asyncio.Queue[bytes]) -> None:
        while True:
            command = await heard.get()
            self.commands.append(command)
            await self._obeys(command)

    async def _send(self, link: Connection, characteristic: gatt.Characteristic[bytes], piece: bytes) -> None:
        if characteristic.properties & Property.INDICATE:
            await answered(self.device.indicate_subscriber(link, characteristic, piece))
        else:
            await self.device.notify_subscriber(link, characteristic, piece)

    async def _measures_by_itself(self) -> None:
        minute = 0
        while True:
            await asyncio.sleep(MINUTE_S)
            minute += 1
            if self.every_min and minute % self.every_min == 0 and self.body is not None:
                self.keeps(self.body, ago_s=0)
