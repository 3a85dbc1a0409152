"""One simulation, from one seed: the daemon, hub, broker, platform, modem and people in one process on a virtual clock."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from fake_devices.modem import FakeModem
from fake_devices.serial_hub import FakeHub
from gateway.store import reading_tail, space
from tests.simulation.box import GATEWAY, Box, Settings, Span
from tests.simulation.broker import SimulatedPlatform
from tests.simulation.choices import Choices, seeded_entropy
from tests.simulation.disk import Disk
from tests.simulation.faults import Faults
from tests.simulation.invariants import Invariants
from tests.simulation.line import OutlivingLine
from tests.simulation.loop import SimulationLoop
from tests.simulation.pace import RARELY_S, Pace, Week, WeekName
from tests.simulation.people import BANDS, ON_DUTY, WEARS_PENDANT, Dispatchers, OnDuty, Press, Wearers
from tests.simulation.radio import PENDANT, Radio
from tests.simulation.stored_readings import StoredReadings
from tests.simulation.story import Story
from tests.simulation.virtual_time import BEGINNING_S, VirtualClock, no_threads
from tests.simulation.witness import Witness

READINGS_DB = "readings.db"
HAVE_RADIO = 0.3  # of the houses
HOUR_S = 3_600.0
SETTLES_S = 4 * HOUR_S
SURELY_S = 8.0  # a press that was heard, and whose gateway lived on for so long on a sound disk, is stored
TOLD_S = 60.0  # at most, so long a band or its hub tells of one press
NEAR_S = 5.0  # an SMS that left so near to a kill: nobody can know whether the modem had said so


@dataclass
class Outcome:
    """What came of a seed. `faults`: what must not be."""

    seed: int
    days: float = 0.0
    processor_s: float = 0.0
    digest: str = ""
    steps: int = 0
    kills: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    checked: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


class World:
    """All of it. `play`: the story, and what must hold at its end."""

    def __init__(self, seed: int, folder: Path, loop: SimulationLoop, week: WeekName, *, kept: bool) -> None:
        self._loop, self._folder = loop, folder
        self.choices = choices = Choices(seed)
        self.story = Story(kept=kept)
        self._clock = VirtualClock()
        self._disk = Disk(choices.of("disk"))
        self._platform = SimulatedPlatform(GATEWAY, loop, choices.of("wire"))
        self._hub = FakeHub(folder / "hub")
        self._hub.line = self._hub_line = OutlivingLine(folder / "hub", self._hub._hear)
        self._modem = FakeModem(folder / "modem", wall_ms=self._true_ms)
        self._modem.line = OutlivingLine(folder / "modem", self._modem._hear)
        lines = {str(line.path): line for line in (self._hub_line, self._modem.line)}
        duty = choices.of("settings").choice(
            (
                {"receipt_s": 30, "person_s": 60, "again_s": 180, "repeat_s": 300, "next_phone_s": 60},
                {"receipt_s": 10, "person_s": 15, "again_s": 30, "repeat_s": 30, "next_phone_s": 20},
                {"receipt_s": 20, "person_s": 120, "again_s": 600, "repeat_s": 600, "next_phone_s": 30},
            )
        )
        need = choices.of("readings").choice(("puback", "receipt"))
        self._platform.receipts_for_readings = need == "receipt"
        roster = {address: ("serial-hub", wearer) for address, wearer in BANDS.items()}
        radio = choices.of("radio")
        self._radio = Radio(loop, radio) if week == "real" and radio.random() < HAVE_RADIO else None
        if self._radio:
            roster[PENDANT] = "bthome", WEARS_PENDANT
        self._wearer_of = {address: wearer for address, (_, wearer) in roster.items()}
        settings = Settings(roster, dict(duty), {"readings_need": need})
        if week == "real":
            daily = choices.of("what comes daily")
            settings.duty["self_test"] = daily.choice(("00:00", "09:30", "23:59"))
            settings.keep_delivered_days = daily.choice((0, 1, 3))
        air = self._radio.air if self._radio else None
        self.box = Box(
            folder, loop, self._clock, self._disk, self._platform, lines, air, settings, self.story, choices.of("box")
        )
        self._witness = Witness(loop.time, duty["receipt_s"], self.story)
        self._stored = StoredReadings(loop.time)
        self._disk.wrote = self._wrote
        self.invariants = Invariants(
            self._witness, self._stored, dict(duty), self._troubles, lambda: self.faults.disk_refusals, loop.time
        )
        asked_for = self.invariants.asked_for
        hard = Pace(
            choices.of("wearers").choice((60.0, 240.0, 900.0)), choices.of("faults").choice((300.0, 900.0, 3_600.0)), RARELY_S
        )
        self._week = Week(week, hard, choices.of("week"), loop.time)
        self._wearers = Wearers(self._hub, self._radio, self._is_heard, self._week, choices, loop, self.story)
        self._dispatchers = Dispatchers(self._platform, asked_for, choices, loop)
        self._on_duty = OnDuty(self._modem, asked_for, choices, loop, self.story)
        self.faults = Faults(
            self.box,
            self._clock,
            self._disk,
            self._platform,
            self._hub,
            self._modem,
            self._dispatchers,
            self._on_duty,
            air,
            self._week,
            choices,
            loop,
            self.story,
        )
        self._platform.came = self._comes
        self.faults.on_reboot = self._reboots
        self.faults.on_loss = self._loses
        self.invariants.no_room = lambda: self.faults.room_troubles
        space._disk_of = self._disk.statvfs
        for people in (self._dispatchers, self._on_duty):
            people.on_deed = self.faults.something_happened
        self._wearers.on_press = self.faults.something_happened

    def _wrote(self, file: str, connection: sqlite3.Connection) -> None:
        self._witness.wrote(file, connection)
        if file == READINGS_DB:
            self._stored.wrote(connection)

    def _loses(self, file: str) -> None:
        """This store is about to be lost."""
        self.invariants.losses.append((file, self._loop.time()))
        if file == READINGS_DB:
            self._stored.loses(self.box.data)
        else:
            self._witness.loses()

    def _comes(self, event: Mapping[str, object]) -> None:
        self.invariants.comes(event)
        self._dispatchers.sees(event)

    def _true_ms(self) -> int:
        return self._clock.wall_ms() - round(self._clock.ahead_s * 1000)

    def _is_heard(self, device: str) -> bool:
        hears = self._radio.air.is_heard if self._radio and device == PENDANT else self._hub_line.is_open
        return self.box.is_up and hears

    def _troubles(self) -> list[Span]:
        return [*self.box.down, *self.box.stopped, *self.faults.disk_refusals, *self.faults.disk_slow]

    def _reboots(self) -> None:
        if self.faults.clock_is_off:
            for seen in self._witness.alerts.values():
                seen.untimed |= seen.alert.open

    @property
    def _days(self) -> float:
        """That have passed."""
        return (self._loop.time() - BEGINNING_S) / (24 * HOUR_S)

    def outcome(self, seed: int) -> Outcome:
        """What came of it."""
        return Outcome(
            seed,
            self._days,
            time.process_time(),
            self.story.digest,
            self._loop.steps,
            self.story.counts["killed"],
            dict(self.story.counts),
            dict(self.invariants.checked),
            self.invariants.faults,
            self.story.lines,
        )

    # --- the story ---

    async def play(self, days: float, told: Callable[[float], object]) -> None:
        """So many virtual days, and until all is quiet."""
        lines = "".join(f"{name},{number}\n" for name, number in ON_DUTY.items())
        (self._folder / "duty.csv").write_text("name,phone\n" + lines)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._hub)
            await stack.enter_async_context(self._modem)
            if self._radio:
                await stack.enter_async_context(self._radio.pendant)
                await stack.enter_async_context(self._radio.stranger)
            self.box.start()
            await self._lives(days, told)
            self.faults.heal()
            await self._settles()
            await self.box.ends()
            self._looks()

    async def _lives(self, days: float, told: Callable[[float], object]) -> None:
        people = [self._wearers.live(), self._on_duty.live(), self.faults.happen()]
        if self._week.is_real:
            people.append(self._dispatchers.mornings(self.choices.of("mornings")))
        tasks = [asyncio.ensure_future(one) for one in people]
        until_s = self._loop.time() + days * 24 * HOUR_S
        while self._loop.time() < until_s:
            await asyncio.sleep(min(HOUR_S, until_s - self._loop.time()))
            self.invariants.sweep()
            told(self._days)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for task in tasks:
            if not task.cancelled():
                task.result()

    async def _settles(self) -> None:
        """Everybody closes what is open, until nothing waits any more."""
        until_s = self._loop.time() + SETTLES_S
        while self._loop.time() < until_s:
            self._dispatchers.close_all()
            before = len(self._platform.consumer.heartbeats)
            await asyncio.sleep(300)
            beats = self._platform.consumer.heartbeats
            is_open = any(seen.on_ladder for seen in self._witness.alerts.values())
            if len(beats) > before and not is_open and _waits(beats[-1]) == 0:
                return
        self.invariants.must(False, "settles", "it does not settle")

    def _looks(self) -> None:
        must = self.invariants
        must.at_the_end(self.box.data, self._platform)
        must.presses(self._known_presses(), self._platform)
        must.questions(self._modem.left, {number: name for name, number in ON_DUTY.items()}, self._unsure)
        for failed in (*self.box.failed, *self._loop.failed):
            must.must(False, "no bug", failed)

    def _known_presses(self) -> dict[str, tuple[int, int]]:
        devices: dict[str, tuple[int, int]] = {}
        for press in self._wearers.presses:
            sure, most = devices.get(press.device, (0, 0))
            devices[press.device] = sure + self._is_sure(press), most + 1 + self._may_count_twice(press)
        lost = Counter(kind for one in self._stored.lost.readings if (kind := self._stored.kinds.get(one)))
        return {device: (sure - lost[self._wearer_of[device], "button"], most) for device, (sure, most) in devices.items()}

    def _is_sure(self, press: Press) -> bool:
        """Whether it was heard, and nothing happened that may have taken it along before it was on the disk."""
        spans = [*self._troubles(), *self.faults.port_troubles, *self.faults.room_troubles]
        from_s, to_s = press.at_s - 1, press.at_s + SURELY_S
        return press.heard and not any(span.since_s <= to_s and span.until_s >= from_s for span in spans)

    def _may_count_twice(self, press: Press) -> bool:
        """Whether it was still told when the store was lost that knew it."""
        return any(press.at_s <= at_s <= press.at_s + TOLD_S for _, at_s in self.invariants.losses)

    def _unsure(self, at_s: float) -> int:
        """Whether something happened near this SMS by which nobody could know that it left."""
        spans = [*self.box.down, *self.box.stopped, *self.faults.modem_troubles]
        return any(span.since_s - NEAR_S <= at_s <= span.until_s + NEAR_S for span in spans)


def simulate(
    seed: int,
    days: float,
    folder: Path,
    week: WeekName = "real",
    *,
    kept: bool = False,
    told: Callable[[float], object] = lambda _: None,
) -> Outcome:
    """One seed, in this folder, which is empty; `told` hears each virtual hour how many days are done.

    In a process of its own: what is exchanged of the gateway's modules stays so.
    """
    choices = Choices(seed)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    reading_tail.started_threads = no_threads  # type: ignore[attr-defined, assignment]  # those of killed lives would stay
    with seeded_entropy(choices.of("entropy")):
        loop = SimulationLoop(choices.of("order"))
        world = World(seed, folder, loop, week, kept=kept)
        try:
            loop.run_until_complete(world.play(days, told))
        except Exception as error:  # a simulation that breaks has found something, be it of its own
            world.invariants.faults.append(f"{type(error).__name__}: {error}")
        return world.outcome(seed)


def _waits(beat: dict[str, dict[str, int]]) -> int:
    return sum(number for what, number in beat["queued"].items() if what != "oldest_s")
