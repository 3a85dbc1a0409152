"""A community on one machine: people and their bands, a hub, a modem, a network, a broker, a platform that somebody watches.

Everything but the gateway. It does the deeds of a story, and lets the people live in between.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from fake_devices import deeds, life
from fake_devices.bands.broadcaster import Broadcaster
from fake_devices.ble_link.adapter import opened_adapter
from fake_devices.ble_link.air import Air
from fake_devices.ble_link.backends import backends
from fake_devices.broker import EmbeddedBroker
from fake_devices.modem import FakeModem
from fake_devices.network import Network
from fake_devices.person import Person
from fake_devices.phones import Phones
from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from fake_devices.story import (
    AnswersSms,
    AnyDeed,
    GivesCommand,
    NetworkComesBack,
    NetworkDrops,
    Presses,
    Says,
    Story,
    WornBand,
)
from fake_devices.worn import OnTheAir, switched_on
from fake_devices.wrist import sensed

TICK_S = 1.0
RECORD_EVERY = 3  # ticks; a wristband of the hub sends a record so often
COMES_WITHIN_S = 60.0  # for an alert that a command is about
READS_S = 1.0  # people need so long at least


class Community:
    """Opened by `async with`. `folder` takes the serial ports `hub` and `modem`."""

    def __init__(self, story: Story, folder: Path) -> None:
        self.story = story
        self.people = {wearer.id: Person(wearer.id) for wearer in story.wearer}
        self.worn = {band.address: wearer.id for wearer in story.wearer for band in wearer.bands}
        self.pressed_at: dict[str, float] = {}  # wearer -> monotonic seconds of the last press
        self.hub_port = folder / "hub"
        self.hub = FakeHub(self.hub_port)
        self.modem_port = folder / "modem"
        self.modem = FakeModem(self.modem_port)
        self.phones = Phones(story.phone, self.modem)
        self.air = Air()
        self.bands: dict[str, OnTheAir] = {}  # by address; wristbands are the hub's
        self.broker = EmbeddedBroker()
        self.network = Network(self.broker.port)
        self.platform = Platform(self.broker.port, version="3.1.1")
        self._opened = AsyncExitStack()
        self._began_s = time.monotonic()

    async def __aenter__(self) -> Self:
        self.adapter = await self._opened.enter_async_context(opened_adapter(self.air))
        self.backends = backends(self.adapter)
        for band in self._all_bands():
            if band.kind != "wristband":
                self.bands[band.address] = await self._opened.enter_async_context(switched_on(band, self.air))
        for wearer in self.story.wearer:
            if wearer.out:
                deeds.goes_out(self._on_the_air(wearer.id))
        for part in (self.hub, self.modem, self.broker, self.network, self.platform):
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
            if isinstance(band, Broadcaster):
                band.battery_is_empty()
            else:
                await band.hides()
                await band.drops_the_link()
        if not self.network.works:
            await self.network.comes_back()

    def day_s(self) -> float:
        """The time of day in the story, seconds after midnight."""
        return self.story.begins_s + time.monotonic() - self._began_s

    async def _measures(self, band: WornBand, tick: int) -> None:
        person = self.people[self.worn[band.address]]
        if band.kind != "wristband":
            await life.goes_on(self.bands[band.address], person, self.day_s())
        elif tick % RECORD_EVERY == 0:
            told = sensed(person, self.day_s())
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
        """Returns when it can be done: the alert or the SMS that it is about has come and was read. Raises TimeoutError."""
        if isinstance(deed, GivesCommand):
            alert = await self._alert_of(deed)
            came_s = next(arrival.at_s for arrival in self.platform.consumer.arrivals if arrival.id.startswith(f"{alert}#"))
            await asyncio.sleep(came_s + READS_S - time.monotonic())
        elif isinstance(deed, AnswersSms):
            question = await self.phones.waits_for_a_question(deed.phone, self._room_of(deed.who), COMES_WITHIN_S)
            await asyncio.sleep(question.at_s + READS_S - time.monotonic())

    async def does(self, deed: AnyDeed) -> None:
        """What the story tells. Raises TimeoutError, as `waits_for`."""
        match deed:
            case NetworkDrops():
                await self.network.drops()
            case NetworkComesBack():
                await self.network.comes_back()
            case GivesCommand():
                self.platform.commands(deed.verb, await self._alert_of(deed))
            case AnswersSms():
                self.phones.answers_about(deed.phone, deed.text, self._room_of(deed.who))
            case Says():
                pass
            case _:
                if isinstance(deed, Presses):
                    self._presses(deed.who)
                await deeds.does(deed, self.people[deed.who], self._on_the_air(deed.who), self.day_s())

    async def _alert_of(self, deed: GivesCommand) -> str:
        raised = await self.platform.alert(wearer=deed.who, kind=deed.alert, limit_s=COMES_WITHIN_S)
        return str(raised["id"])

    def _presses(self, who: str) -> None:
        """Notes when, and presses the wristbands of the hub."""
        self.pressed_at[who] = time.monotonic()
        for band in self._bands_of(who):
            if band.kind == "wristband":
                self.hub.presses(band.address, worn=True)

    # --- parts

    def _room_of(self, who: str) -> str:
        return next(wearer.room for wearer in self.story.wearer if wearer.id == who)

    def _all_bands(self) -> list[WornBand]:
        return [band for wearer in self.story.wearer for band in wearer.bands]

    def _bands_of(self, who: str) -> list[WornBand]:
        return [band for wearer in self.story.wearer if wearer.id == who for band in wearer.bands]

    def _on_the_air(self, who: str) -> list[OnTheAir]:
        return [self.bands[band.address] for band in self._bands_of(who) if band.address in self.bands]
