"""The upper half of the gateway for tests: real drivers, rules and databases, a clock that the test moves, and no network."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from drivers import DRIVERS
from drivers.driver import Advertisement, Decoded, Driver, Item, SerialDriver
from gateway.alert import AlertEvent, Delivery
from gateway.alerts.book import AlertBook
from gateway.alerts.deliveries import Deliveries
from gateway.alerts.desk import Desk
from gateway.alerts.house import House
from gateway.clock import ClockState
from gateway.driver_bugs import DriverFaults
from gateway.formats.native import NativeFormat
from gateway.intake.intake import Intake
from gateway.intake.sign_in import SignIns
from gateway.pipeline import Pipeline
from gateway.readings import Enrolment
from gateway.roster import Roster
from gateway.router import Router
from gateway.rules.engine import RuleEngine
from gateway.rules.other_parts import other_parts
from gateway.rules.wearer_situation import WearerSituations
from gateway.settings.shipped import shipped_table
from gateway.store.connection import Connect, connect_in_thread
from gateway.store.opening import open_stores
from gateway.store.stores import Stores

SHANGHAI = ZoneInfo("Asia/Shanghai")

GATEWAY = "xishan-01"
BAND, PENDANT, STRAP = "C0:FF:EE:00:00:01", "54:48:E6:8F:80:A5", "C0:FF:EE:00:00:03"
ENROLMENTS = {
    enrolment.address: enrolment
    for enrolment in (
        Enrolment(address=BAND, driver="serial-hub", wearer="W-001", room="3-201"),
        Enrolment(address=PENDANT, driver="bthome", model="worn", wearer="W-002", room="3-202"),
        Enrolment(address=STRAP, driver="ble-heart-rate", wearer="W-003", room="3-203"),
    )
}


class TestClock:
    """Stands still until the test moves it."""

    __test__ = False
    boot = "boot-one"

    def __init__(self) -> None:
        self.now_s = 1000.0

    def wall_ms(self) -> int:
        return 1_795_500_000_000 + int(self.now_s * 1000)

    def monotonic_s(self) -> float:
        return self.now_s

    def state(self) -> ClockState:
        return "synced"


@dataclass
class UpperHalf:
    """What a test needs of it."""

    intake: Intake
    pipeline: Pipeline
    roster: Roster
    rules: RuleEngine
    desk: Desk
    deliveries: Deliveries
    router: Router
    stores: Stores
    clock: TestClock

    async def streams(self, data: bytes) -> None:
        """The hub's line brings these bytes."""
        driver = hub()
        items: Sequence[Item] = driver.decoder().feed(data)
        await self.brings("hall-hub", driver, list(items))

    async def brings(self, port: str, driver: SerialDriver, items: list[Item]) -> None:
        """A line brings this; what came of it is on the disk when it returns, and so below."""
        self.intake.on_serial_items(port, driver, items)
        await self.desk.stored()

    async def hears(self, advertisement: Advertisement) -> None:
        """The radio hears this."""
        self.intake.on_advertisement(advertisement)
        await self.desk.stored()

    async def reports(self, address: str, driver: str, decoded: Decoded) -> None:
        """A connected band reports this."""
        self.intake.on_report(address, driver, decoded)
        await self.desk.stored()

    def told(self) -> list[Any]:
        """Every alert event that is due, as the platform reads it (ALERT of the contract), in the order of sending."""
        return [read(NativeFormat(GATEWAY).alert(event, delivery.late_s or 0).payload) for event, delivery in self.due()]

    def due(self) -> list[tuple[AlertEvent, Delivery]]:
        """The same, as it is stored: what is sent for the first time, and then what is sent again."""
        now_s, found = self.clock.now_s, []
        for again in (False, True):
            while one := self.deliveries.take(now_s, again=again):
                found.append(one)
        return found

    async def kept(self) -> list[Any]:
        """Every reading on the disk (READING of the contract)."""
        await self.stores.readings.flush()
        found = await self.stores.readings.batches(0, self.stores.readings.last_batch)
        return [reading for batch in found for reading in read(b"[" + batch.body + b"]")]


def read(body: bytes) -> Any:
    """JSON with its keys as attributes."""
    return json.loads(body, object_hook=lambda members: SimpleNamespace(**members))


def hub() -> SerialDriver:
    """The driver of the hub."""
    driver = next(driver for driver in DRIVERS if driver.name == "serial-hub")
    assert isinstance(driver, SerialDriver)
    return driver


@asynccontextmanager
async def upper_half(
    folder: Path,
    clock: TestClock,
    alerts_need: Literal["receipt", "puback"] = "receipt",
    key: bytes | None = None,
    pendant: str = "bthome",
    more_drivers: Sequence[Driver] = (),
    *,
    more: Sequence[Enrolment] = (),
    sign_ins: SignIns | None = None,
    house: House | None = None,
    connect: Connect = connect_in_thread,
) -> AsyncIterator[UpperHalf]:
    """The upper half over the databases in this folder. `key`, `pendant`: the pendant's key and driver.

    `more_drivers`: those of other packages. `more`: who is enrolled besides, or otherwise. `connect` opens the databases.
    """
    stores = await open_stores(folder, GATEWAY, clock, connect=connect)
    try:
        book = AlertBook(gateway=GATEWAY, epoch=stores.epoch, language=lambda: "en", store=stores.alerts, clock=clock)
        desk = Desk(book, clock, house=house or House(knows=lambda wearer: roster.knows(wearer)))
        enrolments = (
            ENROLMENTS
            | {PENDANT: msgspec.structs.replace(ENROLMENTS[PENDANT], key=key, driver=pendant)}
            | {enrolment.address: enrolment for enrolment in more}
        )
        drivers = {driver.name: driver for driver in (*DRIVERS, *more_drivers)}
        roster, limits = Roster(drivers, enrolments), shipped_table()
        situations = WearerSituations(lambda reading: roster.sensor(reading.device, reading.driver), SHANGHAI)
        rules = RuleEngine(limits, situations, other_parts(limits, SHANGHAI))
        pipeline = Pipeline(roster=roster, rules=rules, readings=stores.readings, desk=desk, clock=clock)
        intake = Intake(
            roster=roster,
            pipeline=pipeline,
            readings=stores.readings,
            desk=desk,
            clock=clock,
            zone=SHANGHAI,
            sign_ins=sign_ins or SignIns({}),
            faults=DriverFaults(),
        )
        await desk.resume()
        memories = await stores.alerts.memories()
        intake.warm_up(memories)
        await pipeline.warm_up(memories)
        deliveries = Deliveries(book, desk, clock, need=alerts_need)
        router = Router(desk.handlers, stores.alerts, clock)
        yield UpperHalf(intake, pipeline, roster, rules, desk, deliveries, router, stores, clock)
    finally:
        await stores.close()
