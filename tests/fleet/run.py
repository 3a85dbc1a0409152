"""A run of the fleet: everything is opened, lives under faults for a while, is healed, and is looked at."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from random import Random

from fake_devices.patience import HANGS_S
from fake_devices.platform import Platform
from tests.bluez.fake_bluez import FakeBluez
from tests.bluez.private_bus import SYSTEM_BUS, PrivateBus
from tests.daemon import GATEWAY, Daemon
from tests.fleet import on_disk, people
from tests.fleet.band import FleetBand
from tests.fleet.box import Box
from tests.fleet.faults import Faults
from tests.fleet.fleet import ways
from tests.fleet.press import Press, Span
from tests.fleet.upstream import Upstream
from tests.fleet.verdict import (
    BandFigures,
    Verdict,
    disk_and_platform_agree,
    each_press_is_one_alert,
    each_reading_is_its_wearers,
    presses_of,
)
from tests.fleet.way import Way
from tests.mosquitto import Mosquitto

LOOKS_S = 0.5
QUIET_S = 1.5  # longer than a commit waits


@dataclass(frozen=True)
class Plan:
    """How long, by which seed, with which part of the fleet. Each thing breaks about every so many seconds, `often` times as
    often; `pace`: how long it stays so, beside the usual."""

    seconds: float
    seed: int
    part: float = 1.0
    pressed_every_s: float = 60.0
    daemon_every_s: float = 60.0
    way_every_s: float = 45.0
    above_every_s: float = 90.0
    pace: float = 1.0
    often: float = 1.0


@dataclass
class Outcome:
    """What a run came to: of each band, of all presses and readings, and which faults there were."""

    plan: Plan
    bands: dict[str, BandFigures] = field(default_factory=dict)
    verdict: Verdict = field(default_factory=Verdict)
    faults_begun: Counter[str] = field(default_factory=Counter)
    starts: int = 0
    kills: int = 0
    readings: int = 0


async def run(plan: Plan, folder: Path, told: Callable[[str, float], None] = lambda _what, _left_s: None) -> Outcome:
    """In this folder, which is empty. `told` hears what is going on, and how many seconds are left."""
    (folder / "data").mkdir()
    with PrivateBus() as bus, Mosquitto(folder) as broker:
        async with AsyncExitStack() as stack:
            platform = await stack.enter_async_context(Platform(broker.platform_port, readings_too=True))
            bluez = await stack.enter_async_context(FakeBluez(bus.address))
            all_ways = ways(folder, bluez, plan.part)
            for way in all_ways:
                await stack.enter_async_context(way.opened())
            daemon = await stack.enter_async_context(Daemon(folder, configuration(folder, broker.port, all_ways)))
            daemon.environment[SYSTEM_BUS] = bus.address
            daemon.keeps_account = daemon.searches_log = False  # they are among the things that are looked at
            play = Play(plan, Box(daemon, all_ways), Upstream(broker, platform), all_ways, told)
            await play.lives()
            return play.is_judged()


def configuration(folder: Path, broker_port: int, all_ways: Sequence[Way]) -> str:
    """The daemon's file."""
    own = f'[gateway]\nid = "{GATEWAY}"\nlanguage = "en"\ndata_dir = "{folder / "data"}"\n'
    mqtt = f'[mqtt]\nhost = "127.0.0.1"\nport = {broker_port}\ntls = false\ninsecure = true\nreadings_need = "receipt"\n'
    tables = [way.tables(folder) for way in all_ways]
    bands = [band.enrolment(folder) for way in all_ways for band in way.bands]
    return "\n".join([own, mqtt, *tables, *bands])


class Play:
    """One run, once everything is opened."""

    def __init__(
        self, plan: Plan, box: Box, above: Upstream, all_ways: Sequence[Way], told: Callable[[str, float], None]
    ) -> None:
        self._plan, self._box, self._above, self._ways, self._told = plan, box, above, all_ways, told
        self._loop = asyncio.get_running_loop()
        self._faults = Faults(plan.seed, self._tells, plan.pace)
        self._ends_s = inf

    @property
    def _bands(self) -> list[FleetBand]:
        return [band for way in self._ways for band in way.bands]

    async def lives(self) -> None:
        """The whole of it, to the daemon's end."""
        await self._box.starts_daemon()
        self._ends_s = self._loop.time() + self._plan.seconds
        async with asyncio.TaskGroup() as tasks:
            living = [tasks.create_task(way.lives(self._chance(way.name)), name=way.name) for way in self._ways]
            living.append(tasks.create_task(self._above.closes_alerts(self._chance("dispatcher")), name="dispatcher"))
            asking = tasks.create_task(self._box.is_asked(), name="status")
            await self._is_troubled()
            people.press_once_more(self._bands)
            await self._settles(living)
            for task in (*living, asking):
                task.cancel()
        await self._box.ends_daemon()

    async def _is_troubled(self) -> None:
        plan = self._plan
        self._faults.add("daemon", plan.daemon_every_s / plan.often, self._box.faults)
        self._faults.add("broker", plan.above_every_s / plan.often, self._above.of_broker)
        self._faults.add("platform", plan.above_every_s / plan.often, self._above.of_platform)
        for way in self._ways:
            self._faults.add(way.name, plan.way_every_s / plan.often, way.faults)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._faults.run(self._ends_s), name="faults")
            tasks.create_task(people.press(self._bands, plan.seed, plan.pressed_every_s, self._ends_s), name="people")
            tasks.create_task(self._counts_down(), name="progress")

    async def _counts_down(self) -> None:
        while (left_s := self._ends_s - self._loop.time()) > 0:
            self._told("", left_s)
            await asyncio.sleep(min(LOOKS_S, left_s))

    async def _settles(self, living: Sequence[asyncio.Task[None]]) -> None:
        """What was heard is at the platform; then nobody says anything more, and nothing waits. What takes too long is told."""
        self._told("waiting for what is on its way", 0)
        await self._comes("what was heard", self._all_is_told)
        for task in living:
            task.cancel()
        for way in self._ways:
            await way.falls_silent()
        await self._comes("what waits", self._nothing_waits)

    async def _comes(self, what: str, waiting: Callable[[], Awaitable[None]]) -> None:
        try:
            async with asyncio.timeout(HANGS_S):
                await waiting()
        except TimeoutError:
            self._tells(f"{what} did not come in time")

    async def _all_is_told(self) -> None:
        while self._lacking():  # noqa: ASYNC110 (what another process has left to do has no event)
            await asyncio.sleep(LOOKS_S)

    async def _nothing_waits(self) -> None:
        seen = None
        while (status := await self._box.status()) and (status["queued"], status["counts"]) != seen:
            waits = status["queued"]["alerts"] or status["queued"]["readings"]
            seen = None if waits else (status["queued"], status["counts"])
            await asyncio.sleep(QUIET_S)

    def _lacking(self) -> bool:
        """Whether a press lacks that is heard, or will be."""
        shown = presses_of(self._above.platform.consumer)
        for band in self._bands:
            if any(press.told_until_s == inf and not press.answered for press in band.presses):
                return True
            if sum(sure for _, sure in self._judged(band)) > len(shown.get(band.address, {})):
                return True
        return False

    # --- what came of it ----------------------------------------------------------------------------------------------

    def is_judged(self) -> Outcome:
        """After the daemon's end."""
        consumer = self._above.platform.consumer
        outcome = Outcome(self._plan, faults_begun=self._faults.begun, starts=self._box.starts, kills=self._box.kills)
        outcome.readings = len(consumer)
        verdict, shown = outcome.verdict, presses_of(consumer)
        arrived = Counter(str(reading["device"]) for reading in consumer.readings())
        for band in self._bands:
            presses = self._judged(band)
            told = each_press_is_one_alert(verdict, band.address, presses, shown.get(band.address, {}))
            outcome.bands[band.address] = BandFigures(
                band.kind,
                band.said,
                arrived[band.address],
                self._box.counts(band.address)["refused"],
                len(presses),
                sum(sure for _, sure in presses),
                told,
            )
        disk_and_platform_agree(verdict, consumer, on_disk.read(self._box.daemon.data))
        each_reading_is_its_wearers(verdict, consumer, {band.address: band.wearer for band in self._bands})
        verdict.faults += [*self._faults.found, *self._box.faults_found, *self._box.complaints()]
        return outcome

    def _judged(self, band: FleetBand) -> list[tuple[Press, bool]]:
        """Its presses, and whether each was surely heard."""
        way, down = next(way for way in self._ways if band in way.bands), self._box.down
        told = [press.kept_by(down, way.troubles) for press in band.presses] if way.keeps else band.presses
        troubles, answers = (
            [*down, *way.troubles, *band.troubles],
            [*sorted(self._box.answers, key=lambda one: one.since_s), Span(inf)],
        )
        return [(press, press.is_surely_heard(troubles, answers)) for press in told]

    def _chance(self, of: str) -> Random:
        return Random(f"{self._plan.seed}/{of}")

    def _tells(self, what: str) -> None:
        self._told(what, max(0.0, self._ends_s - self._loop.time()))
