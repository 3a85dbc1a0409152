"""The bands that must be connected to: each visited when it is heard and due, all on their own, none in the way of another."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import structlog
from msgspec.structs import replace

from drivers.bluetooth_uuid import parse_uuid
from drivers.driver import Ask, ConnectionDriver, Services, Signal
from gateway.clock import Clock
from gateway.errors import SourceLost
from gateway.sources.bluez import Heard, Radio
from gateway.sources.dialogue import Dialogue
from gateway.sources.receiver import Receiver, SignalResult
from gateway.sources.schedule import Schedule

log = structlog.get_logger()
chance = random.SystemRandom().random

LONGEST_VISIT_S = 300  # of a band that does not stream: whatever its driver does, the slot comes back
LEVELS: dict[Signal, int] = {"received": 1, "help_on_the_way": 2}


class Connected(NamedTuple):
    """A band that must be connected to: how it speaks, and its model and its secret where the driver needs them."""

    driver: ConnectionDriver
    model: str | None = None
    key: bytes | None = None


class BleConnector:
    """`run()` it in a task of its own; `enrol` bands, and tell it of every `sighted` one.

    `local_time()` is the local wall clock in ISO 8601, for bands that want to be set. `connections`: at most so many at
    once per adapter.
    """

    def __init__(
        self,
        receiver: Receiver,
        radio: Radio,
        clock: Clock,
        local_time: Callable[[], str],
        *,
        connections: int = 5,
    ) -> None:
        self._receiver = receiver
        self._radio = radio
        self._clock = clock
        self._local_time = local_time
        self._schedule = Schedule(connections)
        self._bands: Mapping[str, Connected] = {}
        self._sightings: dict[str, Heard] = {}
        self._dialogues: dict[str, Dialogue] = {}
        self._learnt: defaultdict[str, dict[str, object]] = defaultdict(dict)  # by address, what its driver keeps in mind
        self._news = asyncio.Event()

    def enrol(self, bands: Mapping[str, Connected]) -> None:
        """These bands, by address, from now on; a link with a band that is none of them ends."""
        self._bands = bands
        for address in self._learnt.keys() - bands.keys():
            del self._learnt[address]
        self._schedule.enrol({address: band.driver for address, band in bands.items()})
        for address, dialogue in self._dialogues.items():
            if address not in bands:
                dialogue.hung_up()

    def sighted(self, heard: Heard) -> None:
        """A band was heard. Those that need no connection are none of our business."""
        if heard.address not in self._bands:
            return
        if dialogue := self._dialogues.get(heard.address):
            dialogue.advertises()
            return
        self._sightings[heard.address] = heard
        self._schedule.seen(heard.address, heard.adapter, self._clock.monotonic_s())
        self._news.set()

    async def signal(self, address: str, signal: Signal) -> SignalResult:
        """Makes a band vibrate that is connected now."""
        dialogue = self._dialogues.get(address)
        return await dialogue.vibrate(LEVELS[signal]) if dialogue else "not_in_reach"

    async def run(self) -> None:
        """Visits bands until it is cancelled."""
        async with asyncio.TaskGroup() as visits:
            while True:
                self._news.clear()
                for address in self._schedule.begin(self._clock.monotonic_s()):
                    visits.create_task(self._visit(address, self._bands[address]), name=f"visit {address}")
                await self._until_news()

    async def _until_news(self) -> None:
        """A band was heard, a link is over, or a band that was put off is due."""
        try:
            async with asyncio.timeout(self._schedule.wait_s(self._clock.monotonic_s())):
                await self._news.wait()
        except TimeoutError:
            return

    async def _visit(self, address: str, band: Connected) -> None:
        well = False
        dialogue = self._dialogues[address] = Dialogue(address, band.driver, self._receiver, self._clock, self._learnt[address])
        try:
            async with asyncio.timeout(None if band.driver.streams else LONGEST_VISIT_S):
                await self._converse(dialogue, self._sightings[address], band)
            well = dialogue.reports > 0 or not band.driver.streams
            log.info("visit over", device=address, reports=dialogue.reports)
        except (SourceLost, TimeoutError) as why:
            log.info("band not reached", device=address, why=str(why) or "visit too long", detail=repr(why.__cause__))
        finally:
            del self._dialogues[address]
            self._schedule.ended(address, self._clock.monotonic_s(), well=well, chance=chance())
            self._news.set()

    async def _converse(self, dialogue: Dialogue, heard: Heard, band: Connected) -> None:
        async with self._radio.connected(heard, dialogue.hung_up) as link:
            if not offers(link.services, band.driver):
                raise SourceLost("services missing")  # BlueZ may tell of them a moment after the connect: it is tried again
            await dialogue.run(link, [partial(self._now, ask, band, heard.address) for ask in band.driver.visit])
        if dialogue.refused:
            log.warning("band refuses: pair it again", device=heard.address)

    def _now(self, ask: Ask, band: Connected, address: str) -> Ask:
        return replace(ask, clock=self._local_time(), model=band.model, key=band.key, learnt=dict(self._learnt[address]))


def offers(services: Services, driver: ConnectionDriver) -> bool:
    """Whether a band has something that this driver is there for."""
    return any(services.offered.get(parse_uuid(service)) for service in driver.services)
