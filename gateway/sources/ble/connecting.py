"""The bands that must be connected to: each visited when it is heard and due, all on their own, none in the way of another."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial

import structlog

from drivers.bluetooth_uuid import parse_uuid
from drivers.driver import ConnectionDriver, Order, Outcome, Services, Signal, Vibrate
from gateway.changes import Changes
from gateway.clock import Clock
from gateway.driver_bugs import DriverFaults
from gateway.errors import SourceLost
from gateway.readings import Enrolment
from gateway.roster import Roster
from gateway.sources.ble.adapter_recovery import Links
from gateway.sources.ble.adapters import Adapters
from gateway.sources.ble.band_link import HungUp
from gateway.sources.ble.band_visit import BandVisit, Connected
from gateway.sources.ble.bluez import CLEAN_UP_S, Heard, Radio
from gateway.sources.ble.bonds import Bonds
from gateway.sources.ble.pairing_agent import PairingAgent
from gateway.sources.ble.relays.heard import LinkToBand, RelayHeard
from gateway.sources.ble.schedule import Schedule
from gateway.sources.receiver import Receiver

log = structlog.get_logger()
chance = random.SystemRandom().random

LONGEST_VISIT_S = 300  # of a band that does not stream: whatever its driver does, the slot comes back
PUT_OFF_S = 3600  # of a band that took bluetoothd down, and so all others with it
CUT_SHORT_S = 10  # a link that ends before does not say that the band had nothing to say
AFTERMATH_S = 5  # a connect that failed so shortly before bluetoothd was gone has a part in it
LEVELS: dict[Signal, int] = {"received": 1, "help_on_the_way": 2}


class BleConnector:
    """`run()` it in a task of its own, and tell it of every `sighted` band.

    It follows the roster: the link with a band that is none of ours any more, or speaks otherwise now, ends, and what was
    learnt of it goes. `local_time()` is the local wall clock in ISO 8601, for bands that want to be set; None: nobody knows
    it. `connections`: at most so many at once per adapter. `agent` answers for those that are connected to, where they pair.
    """

    def __init__(
        self,
        roster: Roster,
        adapters: Adapters,
        receiver: Receiver,
        radio: Radio,
        clock: Clock,
        local_time: Callable[[], str | None],
        faults: DriverFaults,
        *,
        agent: PairingAgent,
        connections: int = 5,
    ) -> None:
        self._roster = roster
        self._adapters = adapters
        self._receiver = receiver
        self._radio = radio
        self._clock = clock
        self._local_time = local_time
        self._faults = faults
        self._agent = agent
        self._bonds = Bonds()
        self._keys_refused: set[str] = set()  # whose driver is to store its key in the band, while that is in its pairing mode
        self._schedule = Schedule(connections)
        self._bands: dict[str, Connected] = {}
        self._sightings: dict[str, Heard | RelayHeard] = {}
        self._visits: dict[str, BandVisit] = {}
        self._learnt: defaultdict[tuple[str, str], dict[str, object]] = defaultdict(dict)  # by address and driver
        self._failed_s: dict[str, float] = {}  # when a connect failed, of those that did lately
        self._news = Changes()

    @property
    def put_off(self) -> list[str]:
        """The bands that are left alone for long, since bluetoothd died while it connected to them."""
        return self._schedule.put_off_bands(self._clock.monotonic_s())

    @property
    def unpaired(self) -> list[str]:
        """The bands that a person has to pair."""
        return self._bonds.lost

    def undecided(self, address: str) -> bool:
        """Whether this band is to be visited, and was not yet: nobody can say whether it is paired."""
        return self._schedule.knows(address) and self._bonds.undecided(address)

    def links(self, adapter: str) -> Links:
        """What is connected or being connected to through this adapter now."""
        stand = self._adapters.stands
        visits = [one for one in self._visits.values() if one.adapter == adapter and stand(adapter, one.life)]
        return Links(len(visits), any(visit.connecting for visit in visits))

    def sighted(self, heard: Heard | RelayHeard) -> None:
        """A band was heard. Those that need no connection are none of our business."""
        if visit := self._visits.get(heard.address):
            visit.link.advertises()
        elif self._schedule.knows(heard.address):
            self._sightings[heard.address] = heard
            self._schedule.seen(heard.address, heard.adapter, self._clock.monotonic_s())
            self._news.happened()

    def linked(self, heard: Heard) -> None:
        """BlueZ holds a link with a band: a gateway that was killed left it behind, where none of our visits has it."""
        if heard.address not in self._visits:
            self.sighted(heard)

    def has_slots(self, relay: str, slots: int) -> None:
        """So many connections at once through this relay."""
        self._schedule.has_slots(relay, slots)

    async def signal(self, address: str, signal: Signal) -> Outcome:
        """Makes a band vibrate that is connected now."""
        visit = self._visits.get(address)
        if visit is None:
            return Outcome("unreachable", "it is not connected")
        return await visit.conversation.order(Vibrate(LEVELS[signal]))

    async def do(self, address: str, order: Order) -> Outcome:
        """Has a band do something that is connected now; one that is not is visited as soon as it is heard."""
        visit = self._visits.get(address)
        if visit is not None:
            return await visit.conversation.order(order)
        self._schedule.wanted(address)
        self._news.happened()
        return Outcome("unreachable", "it is not connected")

    async def run(self) -> None:
        """Visits bands until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow_roster(), name="follow the roster")
            tasks.create_task(self._follow_adapters(), name="follow the adapters")
            try:
                await self._begin_visits(tasks)
            finally:
                for visit in self._visits.values():
                    visit.leave(CLEAN_UP_S)

    async def _begin_visits(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            seen = self._news.number
            for address in self._schedule.begin(self._clock.monotonic_s()):
                band, heard = self._connected(address), self._sightings.get(address)
                if band and heard:
                    tasks.create_task(self._visit(self._begun(address, band, heard), heard), name=f"visit {address}")
                else:  # the roster has changed this very moment
                    self._schedule.ended(address, self._clock.monotonic_s(), well=True, chance=0)
            for address in self._schedule.in_the_way(self._clock.monotonic_s()):
                self._visits[address].link.hang_up()
            await self._until_news(seen)

    async def _until_news(self, seen: int) -> None:
        """A band was heard, a link is over, the roster changed, or a band that was put off is due."""
        await self._news.wait_beyond_or(seen, self._schedule.wait_s(self._clock.monotonic_s()))

    # --- the roster ---

    async def _follow_roster(self) -> None:
        while True:
            seen = self._roster.changes.number
            self._take_roster(self._connected_bands())
            await self._roster.changes.wait_beyond(seen)

    def _take_roster(self, bands: Mapping[str, Connected]) -> None:
        own_slots = {address for address, band in bands.items() if band.slot}
        self._schedule.enrol({address: band.driver for address, band in bands.items()}, own_slots)
        for address, visit in self._visits.items():
            if bands.get(address) != visit.band:
                visit.link.hang_up()
        for address, before in self._bands.items():
            if bands.get(address) != before:  # what it refused may have been another band, or another key
                self._bonds.forget(address)
                self._keys_refused.discard(address)
        self._bands = dict(bands)
        ours = {(address, band.driver.name) for address, band in bands.items()}
        for gone in self._learnt.keys() - ours:
            del self._learnt[gone]
        for address in self._sightings.keys() - bands.keys():
            del self._sightings[address]
        for address in self._failed_s.keys() - bands.keys():
            del self._failed_s[address]
        self._news.happened()

    def _connected_bands(self) -> dict[str, Connected]:
        found = {address: self._as_connected(band) for address, band in self._roster.bands.items()}
        return {address: band for address, band in found.items() if band}

    def _connected(self, address: str) -> Connected | None:
        band = self._roster.band(address)
        return self._as_connected(band) if band else None

    def _as_connected(self, band: Enrolment) -> Connected | None:
        driver = self._roster.driver_of(band)
        if not isinstance(driver, ConnectionDriver):
            return None
        return Connected(driver, band.model, band.key, band.passkey, band.slot)

    # --- the adapters ---

    async def _follow_adapters(self) -> None:
        """bluetoothd that was killed tells nobody that the links are gone."""
        crashes = self._adapters.crashes
        while True:
            seen = self._adapters.changes.number
            if self._adapters.crashes > crashes:
                self._put_off(self._suspects())
            crashes = self._adapters.crashes
            for visit in self._visits.values():
                if not visit.by_relay and not self._adapters.stands(visit.adapter, visit.life):
                    visit.lost()
            await self._adapters.changes.wait_beyond(seen)

    def _suspects(self) -> set[str]:
        """Whom bluetoothd was connecting to when it died, or a moment before."""
        since_s = self._clock.monotonic_s() - AFTERMATH_S
        connecting = {address for address, visit in self._visits.items() if visit.connecting and not visit.by_relay}
        return connecting | {address for address, failed_s in self._failed_s.items() if failed_s >= since_s}

    def _put_off(self, bands: set[str]) -> None:
        for address in filter(self._schedule.knows, bands):
            log.warning("bluetoothd died connecting to a band", device=address, put_off_s=PUT_OFF_S)
            self._schedule.put_off(address, self._clock.monotonic_s(), PUT_OFF_S)

    # --- a visit ---

    def _begun(self, address: str, band: Connected, heard: Heard | RelayHeard) -> BandVisit:
        """Known from now on, so that a change of the roster ends it."""
        learnt = self._learnt[address, band.driver.name]
        begin_anew = partial(self._bonds.begin_anew, address)
        visit = BandVisit(address, band, learnt, self._receiver, self._local_time, self._faults, begin_anew)
        visit.adapter, visit.life, visit.by_relay = heard.adapter, self._adapters.life, isinstance(heard, RelayHeard)
        self._visits[address] = visit
        return visit

    async def _visit(self, visit: BandVisit, heard: Heard | RelayHeard) -> None:
        address, streams, well, idle = heard.address, visit.band.driver.streams, False, False
        try:
            try:
                async with asyncio.timeout(None if visit.band.lasts else LONGEST_VISIT_S) as visit.limit:
                    await self._converse(visit, heard)
                well = visit.values > 0 or ((visit.reports > 0 or not streams) and not visit.why_refused)
                idle = not (visit.values or visit.why_refused or visit.cut_short)
                log.info("visit over", device=address, reports=visit.reports)
            except (SourceLost, TimeoutError) as why:
                if visit.connecting and not visit.by_relay:
                    self._failed_s[address] = self._clock.monotonic_s()
                log.info("band not reached", device=address, why=str(why) or "visit too long", detail=repr(why.__cause__))
            visit.limit = None  # what is left to do has its own
            await self._judge(visit, heard)
        finally:
            visit.conversation.over()
            del self._visits[address]
            self._schedule.ended(address, self._clock.monotonic_s(), well=well or visit.begins_anew, idle=idle, chance=chance())
            if visit.begins_anew:
                self._schedule.wanted(address)
            self._news.happened()

    async def _converse(self, visit: BandVisit, heard: Heard | RelayHeard) -> None:
        async with self._connection(visit, heard) as link:
            if not offers(link.services, visit.band.driver):
                raise SourceLost("services missing")  # BlueZ may tell of them a moment after the connect: it is tried again
            visit.connecting = False
            log.info("band connected", device=heard.address, adapter=heard.adapter)
            visit.link.opened(link)
            began_s = self._clock.monotonic_s()
            try:
                await visit.run(link.services, pair=heard.address in self._keys_refused)
            except HungUp:
                visit.cut_short = self._clock.monotonic_s() - began_s < CUT_SHORT_S

    @asynccontextmanager
    async def _connection(self, visit: BandVisit, heard: Heard | RelayHeard) -> AsyncIterator[LinkToBand]:
        if isinstance(heard, RelayHeard):
            async with heard.connected(visit.link.hang_up) as relayed:
                yield relayed
        else:
            expected = self._agent.expecting(heard.path, visit.band.passkey)
            async with expected, self._radio.connected(heard, visit.link.hang_up) as link:
                yield link

    async def _judge(self, visit: BandVisit, heard: Heard | RelayHeard) -> None:
        """What the visit says of the bond. Only an adapter of our own has any."""
        if isinstance(heard, Heard) and self._agent.lost_its_key(heard.path):
            visit.refuses("it has lost its half of the bond")
        address, refused = heard.address, bool(visit.why_refused)
        if self._bands.get(address) != visit.band:  # it is enrolled otherwise by now, or no more
            self._bonds.forget(address)
            return
        if visit.key_refused:
            self._keys_refused.add(address)
        if visit.begins_anew:
            log.info("bond is begun anew", device=address, why=visit.why_refused)
            if isinstance(heard, Heard) and heard.bonded:
                with suppress(SourceLost):  # the next visit shows it
                    await self._radio.forget_bond(heard)
        elif visit.values or (visit.served and not refused):
            self._bonds.read_well(address, refused=refused)
            if not visit.key_refused:
                self._keys_refused.discard(address)
        elif refused and self._bonds.refused(address, served=visit.served):
            log.warning("band refuses: pair it again", device=address, why=visit.why_refused)


def offers(services: Services, driver: ConnectionDriver) -> bool:
    """Whether a band has something that this driver is there for."""
    return any(services.offered.get(parse_uuid(service)) for service in driver.services)
