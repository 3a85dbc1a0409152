"""One connection with one band: its driver's conversation over the link, and what it came to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from math import inf
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from drivers.driver import ClockAhead, ConnectionDriver, Context, Learnt, Pair, PairAgain, Report, ReportWant, Services
from drivers.measurement import Kind
from gateway.driver_bugs import DriverFaults
from gateway.sources.ble.band_link import BandLink
from gateway.sources.ble.schedule import VISIT_EVERY_S
from gateway.sources.conversation import ConversationRunner
from gateway.sources.receiver import Receiver
from gateway.sources.visit_plan import VisitPlan

T = TypeVar("T")

OF_THE_DEVICE: frozenset[Kind] = frozenset({"battery", "battery_low", "charging"})


class Connected(NamedTuple):
    """A band that must be connected to: how it speaks, and its model and its secrets where the driver or pairing needs them.

    `slot`: a connection is kept for it, and stands whenever it is in reach.
    """

    driver: ConnectionDriver
    model: str | None = None
    key: bytes | None = None
    passkey: int | None = None
    slot: bool = False

    @property
    def lasts(self) -> bool:
        """Whether its link ends only when it is lost."""
        return self.driver.streams or self.slot


class BandVisit:
    """One connection with one band. `learnt` is added to. `begin_anew()` is asked, once, where it refuses for want of a bond.

    `reports` counts those of its measurements, `values` those that say more than how its battery is. `why_refused`: it wants a
    bond, or another key; "": it does not. `begins_anew`: it was let go for that. `key_refused`: its own key, and no bond.
    `cut_short`: its link ended before it could say anything. `connecting`: until its services are known. `limit`: while it goes
    on; `adapter`, `life`, `by_relay`: through what it does.
    """

    adapter: str
    life: int
    by_relay: bool
    limit: asyncio.Timeout | None = None

    def __init__(
        self,
        address: str,
        band: Connected,
        learnt: dict[str, object],
        receiver: Receiver,
        local_time: Callable[[], str | None],
        faults: DriverFaults,
        begin_anew: Callable[[], bool],
    ) -> None:
        self.band = band
        self.reports = self.values = 0
        self.why_refused = ""
        self.begins_anew = self.key_refused = self.cut_short = False
        self.connecting = True
        self.link = BandLink(band.driver, partial(self.refuses, "it wants a bond"))
        self.conversation = ConversationRunner(
            address,
            self.link,
            take=self._take,
            room=receiver.room,
            stored=receiver.stored,
            local_time=local_time,
            ask=self._ask_driver,
            failed=self._driver_failed,
        )
        self._address = address
        self._learnt = learnt
        self._receiver = receiver
        self._faults = faults
        self._begin_anew = begin_anew

    @property
    def served(self) -> bool:
        """Whether the band lets itself be heard, though it may have had nothing to say."""
        return self.reports > 0 or self.link.subscribed

    def lost(self) -> None:
        """The adapter or bluetoothd is gone, and nobody will tell."""
        self.link.hang_up()
        if self.connecting and self.limit and not self.limit.expired():
            self.limit.reschedule(0)

    def leave(self, within_s: float) -> None:
        """Its task is being cancelled: so long may bleak still clean up, which awaits bluetoothd."""
        if self.limit and not self.limit.expired():
            self.limit.reschedule(asyncio.get_running_loop().time() + within_s)

    def refuses(self, why: str) -> None:
        """The band refuses what only a bond, or its key, opens: where that may help, it is let go to be paired again."""
        if self.why_refused:
            return
        self.why_refused = why
        self.begins_anew = self._begin_anew()
        if self.begins_anew:
            self.link.hang_up()

    async def run(self, services: Services, *, pair: bool) -> None:
        """What a visit of this driver is made of; `pair`: its key is stored in the band before. Raises SourceLost; HungUp where
        the link is over."""
        driver, slot = self.band.driver, self.band.slot
        orders = (Pair(), *driver.visit) if pair else driver.visit
        context = Context(model=self.band.model, key=self.band.key, learnt=MappingProxyType(self._learnt), stays=slot)
        plan = VisitPlan(orders, again_s=VISIT_EVERY_S if slot and driver.stays else inf)
        await self.conversation.run(partial(driver.converse, services, context, orders[0]), plan)

    def _take(self, report: ReportWant) -> None:
        match report:
            case Report(decoded):
                self.reports += bool(decoded.measurements)
                self.values += any(one.kind not in OF_THE_DEVICE for one in decoded.measurements)
                self._receiver.on_report(self._address, self.band.driver.name, decoded)
            case ClockAhead(seconds):
                self._receiver.on_clock_ahead(self._address, seconds)
            case Learnt(facts):
                self._learnt.update(facts)
            case PairAgain(why):
                self.key_refused = True
                self.refuses(why)

    def _ask_driver(self, call: Callable[[], T]) -> T:
        return self._faults.ask(self.band.driver.name, call, device=self._address)

    def _driver_failed(self, why: str) -> None:
        driver = self.band.driver.name
        self._faults.found(driver, driver, why, device=self._address)
