"""A community on one machine: its people and their bands, a hub, a network, a broker, and a platform that somebody watches.

Everything but the gateway. It does the deeds of a story, and lets the people live in between.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from fake_devices.bands.cuff import BloodPressureCuff
from fake_devices.bands.pendant import Pendant
from fake_devices.bands.strap import HeartRateStrap
from fake_devices.bands.thermometer import Thermometer
from fake_devices.ble_link.adapter import opened_adapter
from fake_devices.ble_link.air import Air
from fake_devices.ble_link.backends import backends
from fake_devices.broker import Broker
from fake_devices.network import Network
from fake_devices.person import Person
from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from fake_devices.story import (
    AnyDeed,
    Commands,
    MeasuresPressure,
    NetworkComesBack,
    NetworkDrops,
    Presses,
    Says,
    Story,
    TakesItOff,
    TakesTemperature,
    WornBand,
)
from fake_devices.wrist import sensed

TICK_S = 1.0
RECORD_EVERY = 3  # ticks; a wristband of the hub sends a record so often
COMES_WITHIN_S = 60.0  # for an alert that a command is about
READS_S = 1.0  # a dispatcher needs so long at least

OnTheAir = HeartRateStrap | BloodPressureCuff | Thermometer | Pendant
B = TypeVar("B", HeartRateStrap, BloodPressureCuff, Thermometer, Pendant)


class Community:
    """Opened by `async with`. `folder` takes the hub's serial port, `hub`."""

    def __init__(self, story: Story, folder: Path) -> None:
        self.story = story
        self.people = {wearer.id: Person(wearer.id) for wearer in story.wearer}
        self.worn = {band.address: wearer.id for wearer in story.wearer for band in wearer.bands}
        self.pressed_at: dict[str, float] = {}  # wearer -> monotonic seconds of the last press
        self.hub_port = folder / "hub"
        self.hub = FakeHub(self.hub_port)
        self.air = Air()
        self.bands: dict[str, OnTheAir] = {}  # by address; wristbands are the hub's
        self.broker = Broker()
        self.network = Network(self.broker.port)
        self.platform = Platform(self.broker.port, version="3.1.1")
        self._opened = AsyncExitStack()
        self._began_s = time.monotonic()

    async def __aenter__(self) -> Self:
        self.adapter = await self._opened.enter_async_context(opened_adapter(self.air))
        self.backends = backends(self.adapter)
        for band in self._all_bands():
            if band.kind != "wristband":
                self.bands[band.address] = await self._opened.enter_async_context(self._switched_on(band))
        for part in (self.hub, self.broker, self.network, self.platform):
            await self._opened.enter_async_context(part)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._opened.__aexit__(kind, error, trace)

    # --- life between the deeds

    async def lives(self) -> None:
        """People live and their bands measure, for ever."""
        tick = 0
        while True:
            for place, band in enumerate(self._all_bands()):
                await self._measures(band, tick + place)
            tick += 1
            await asyncio.sleep(TICK_S)

    async def falls_silent(self) -> None:
        """Nothing more is measured or pressed; the network works again if it did not."""
        for band in self.bands.values():
            if isinstance(band, Pendant):
                band.battery_is_empty()
        if not self.network.works:
            await self.network.comes_back()

    def day_s(self) -> float:
        """The time of day in the story, seconds after midnight."""
        return self.story.begins_s + time.monotonic() - self._began_s

    async def _measures(self, band: WornBand, tick: int) -> None:
        told = sensed(self.people[self.worn[band.address]], self.day_s())
        match band.kind:
            case "strap":
                strap = self._band(self.worn[band.address], HeartRateStrap)
                await strap.measures(told.heart_rate_bpm, contact=told.worn)
            case "wristband" if tick % RECORD_EVERY == 0:
                self.hub.says(
                    band.address,
                    heart_rate=told.heart_rate_bpm,
                    oxygen_saturation=told.oxygen_saturation_percent,
                    skin_temperature=told.skin_temperature_c,
                    worn=told.worn,
                    age_s=0,
                )

    # --- deeds

    async def waits_for(self, deed: AnyDeed) -> None:
        """Returns when it can be done: the alert that a command is about has come and was read. Raises TimeoutError."""
        if isinstance(deed, Commands):
            alert = await self._alert_of(deed)
            came_s = next(arrival.at_s for arrival in self.platform.consumer.arrivals if arrival.id.startswith(f"{alert}#"))
            await asyncio.sleep(came_s + READS_S - time.monotonic())

    async def does(self, deed: AnyDeed) -> None:
        """What the story tells. Raises TimeoutError, as `waits_for`."""
        match deed:
            case NetworkDrops():
                await self.network.drops()
            case NetworkComesBack():
                await self.network.comes_back()
            case Presses():
                self._presses(deed.who)
            case MeasuresPressure():
                await self._measures_pressure(deed)
            case TakesTemperature():
                await self._band(deed.who, Thermometer).measures(deed.celsius)
            case TakesItOff():
                self.people[deed.who].takes_it_off(self.day_s(), deed.lasting_s)
            case Commands():
                self.platform.commands(deed.verb, await self._alert_of(deed))
            case Says():
                pass

    async def _alert_of(self, deed: Commands) -> str:
        raised = await self.platform.alert(wearer=deed.who, kind=deed.alert, limit_s=COMES_WITHIN_S)
        return str(raised["id"])

    def _presses(self, who: str) -> None:
        self.pressed_at[who] = time.monotonic()
        for band in self._bands_of(who):
            match self.bands.get(band.address):
                case Pendant() as pendant:
                    pendant.presses()
                case None:
                    self.hub.presses(band.address, worn=True)

    async def _measures_pressure(self, deed: MeasuresPressure) -> None:
        cuff = self._band(deed.who, BloodPressureCuff)
        if deed.ago_s:
            cuff.has_measured(deed.systolic, deed.diastolic, deed.pulse, ago_s=deed.ago_s)
            await cuff.shows_for_a_while()
        else:
            await cuff.measures(deed.systolic, deed.diastolic, deed.pulse)

    # --- parts

    def _all_bands(self) -> list[WornBand]:
        return [band for wearer in self.story.wearer for band in wearer.bands]

    def _bands_of(self, who: str) -> list[WornBand]:
        return [band for wearer in self.story.wearer if wearer.id == who for band in wearer.bands]

    def _band(self, who: str, kind: type[B]) -> B:
        """The wearer's band of this kind. Raises ValueError: the story is wrong."""
        for band in self._bands_of(who):
            found = self.bands.get(band.address)
            if isinstance(found, kind):
                return found
        raise ValueError(f"{who} has no {kind.__name__}")

    def _switched_on(self, band: WornBand) -> OnTheAir:
        match band.kind:
            case "strap":
                return HeartRateStrap(self.air, band.address)
            case "cuff":
                return BloodPressureCuff(self.air, band.address)
            case "thermometer":
                return Thermometer(self.air, band.address)
            case _:
                return Pendant(self.air, band.address, key=bytes.fromhex(band.key) or None)
