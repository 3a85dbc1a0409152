"""What goes wrong in a simulation: each fault begins, lasts a while, and ends; which, when and how long is the seed's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from random import Random

from fake_devices.modem import FakeModem
from fake_devices.serial_hub import FakeHub
from tests.simulation.box import Box, Span
from tests.simulation.broker import Mood, SimulatedPlatform
from tests.simulation.choices import Choices
from tests.simulation.disk import Disk, exchanges, loses
from tests.simulation.loop import SimulationLoop
from tests.simulation.pace import Pace, Week
from tests.simulation.people import Dispatchers, OnDuty
from tests.simulation.story import Story
from tests.simulation.virtual_time import VirtualClock

DAY_S = 86_400
STORES = "alerts.db", "readings.db"
STEPS = 120  # of the daemon, behind what is worth a kill: a press takes about a hundred
TEN_YEARS_S = 10 * 365 * DAY_S


class Faults:
    """`disk_refusals`, `disk_slow`, `modem_troubles`, `port_troubles`: when these did not do their work.

    `room_troubles`: when others had filled the disk. `clock_is_off`: somebody has set it wrong.
    """

    def __init__(
        self,
        box: Box,
        clock: VirtualClock,
        disk: Disk,
        platform: SimulatedPlatform,
        hub: FakeHub,
        modem: FakeModem,
        dispatchers: Dispatchers,
        on_duty: OnDuty,
        week: Week,
        choices: Choices,
        loop: SimulationLoop,
        story: Story,
    ) -> None:
        self.disk_refusals: list[Span] = []
        self.disk_slow: list[Span] = []
        self.modem_troubles: list[Span] = []
        self.port_troubles: list[Span] = []
        self.room_troubles: list[Span] = []
        self.clock_is_off = False
        self.on_reboot: Callable[[], None] = lambda: None
        self.on_loss: Callable[[str], None] = lambda _: None  # of a file, which is still there
        self._box, self._clock, self._disk, self._platform = box, clock, disk, platform
        self._hub, self._modem, self._dispatchers, self._on_duty = hub, modem, dispatchers, on_duty
        self._loop, self._story, self._week = loop, story, week
        self._chance: Random = choices.of("faults")
        self._rarely: Random = choices.of("rare faults")  # they move no other choice: a seed without one is the story it was
        self._kills = self._chance.choice((0.0, 0.05, 0.2))  # how often what is worth it is followed by one
        self._under_way: set[str] = set()

    # --- what is worth a kill ---

    def something_happened(self) -> None:
        """A press, a word of somebody: what follows from it is worth dying in."""
        if self._chance.random() < self._kills:
            if self._chance.random() < 0.2:
                self._box.dies_at_next_commit()
            else:
                self._box.dies_after(self._chance.randint(0, STEPS))

    # --- one after another, and at once ---

    async def happen(self) -> None:
        """For ever; of each kind one at a time."""
        kinds: Mapping[Callable[[], Awaitable[None]], float] = {
            self._link_down: 4,
            self._link_dead: 3,
            self._mood: 4,
            self._platform_word: 3,
            self._port_gone: 2,
            self._noise: 2,
            self._disk_refuses: 3,
            self._disk_slow: 2,
            self._clock_steps: 3,
            self._kill: 4,
            self._kill_at_commit: 1,
            self._sigterm: 2,
            self._sighup: 2,
            self._reboot: 1,
            self._power_cut: 2,
            self._stopped: 1,
            self._modem_gone: 2,
            self._modem_hangs: 2,
            self._modem_refuses: 2,
            self._mistakes: 2,
        }
        rare: Mapping[Callable[[], Awaitable[None]], float] = {self._little_room: 3, self._store_lost: 1}
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._begin(tasks, self._chance, lambda pace: pace.faults_s, kinds))
            tasks.create_task(self._begin(tasks, self._rarely, lambda pace: pace.rarely_s, rare))

    async def _begin(
        self,
        tasks: asyncio.TaskGroup,
        chance: Random,
        every_s: Callable[[Pace], float],
        kinds: Mapping[Callable[[], Awaitable[None]], float],
    ) -> None:
        while True:
            await self._week.pause(chance, every_s)
            (kind,) = chance.choices(list(kinds), list(kinds.values()))
            name = kind.__name__.strip("_")
            if name not in self._under_way:
                tasks.create_task(self._one(name, kind))

    async def _one(self, name: str, fault: Callable[[], Awaitable[None]]) -> None:
        self._under_way.add(name)
        self._story.tell(self._loop.time(), f"fault {name}")
        try:
            await fault()
        finally:
            self._under_way.discard(name)
        self._story.tell(self._loop.time(), "over", name)

    async def _lasts(self, *seconds: float) -> None:
        await asyncio.sleep(self._chance.choice(seconds) * (0.2 + self._chance.random()))

    def heal(self) -> None:
        """Everything is as it should be, from now on."""
        self._disk.refuses, self._disk.slow, self._disk.at_commit, self._disk.room_bytes = "", False, None, None
        self._box.goes_on()
        self._kills = 0.0
        self._platform.mood = Mood()
        self._platform.link_becomes("up")
        if not self._hub.line.plugged_in:
            self._hub.comes_back()
        self._modem_comes_back()
        self._modem.habits.refuses.clear()
        self._sync()
        for span in (*self.disk_refusals, *self.disk_slow, *self.modem_troubles, *self.port_troubles, *self.room_troubles):
            span.until_s = min(span.until_s, self._loop.time())

    async def _troubled(self, spans: list[Span], *seconds: float) -> None:
        span = Span(self._loop.time())
        spans.append(span)
        await self._lasts(*seconds)
        span.until_s = self._loop.time()

    # --- the link and the platform ---

    async def _link_down(self) -> None:
        self._platform.link_becomes("down")
        await self._lasts(5, 60, 600, 7_200)
        self._platform.link_becomes("up")

    async def _link_dead(self) -> None:
        self._platform.link_becomes("dead")
        await self._lasts(5, 60, 600)
        self._platform.link_becomes("up")

    async def _mood(self) -> None:
        chance = self._chance
        refuses, swallows, unheard, cuts, doubles = (chance.choice((0, 0, 0.1, 0.4)) for _ in range(5))
        late_s, word = chance.choice((0.0, 0.2, 3.0, 20.0)), self._platform.mood.word
        self._platform.mood = Mood(refuses, swallows, unheard, cuts, doubles, late_s, word)
        await self._lasts(60, 600, 3_600)
        self._platform.mood = Mood(word=self._platform.mood.word)

    async def _platform_word(self) -> None:
        self._platform.mood.word = self._chance.choice(("", "", "hold", "rejected"))
        await self._lasts(60, 600, 3_600)
        self._platform.mood.word = "ok"

    async def _mistakes(self) -> None:
        self._dispatchers.mistakes()
        self._on_duty.stranger()

    # --- the line of the hub ---

    async def _port_gone(self) -> None:
        if self._hub.line.plugged_in:
            self._hub.vanishes()
            await self._troubled(self.port_troubles, 1, 30, 600)
            self._hub.comes_back()

    async def _noise(self) -> None:
        for _ in range(self._chance.randint(1, 20)):
            self._hub.noise(self._chance.randbytes(self._chance.randint(1, 300)))
            await asyncio.sleep(self._chance.random())

    # --- the disk ---

    async def _disk_refuses(self) -> None:
        self._disk.refuses = self._chance.choice(("full", "dead"))
        await self._troubled(self.disk_refusals, 3, 30, 300)
        self._disk.refuses = ""

    async def _disk_slow(self) -> None:
        self._disk.slow = True
        await self._troubled(self.disk_slow, 10, 120)
        self._disk.slow = False

    async def _little_room(self) -> None:
        """Others fill the disk, mostly while the link is down: what waits is thinned out, and evicted."""
        self._disk.room_bytes = self._rarely.choice((4, 16, 64)) * 1024
        is_down = self._rarely.random() < 0.7
        if is_down:
            self._platform.link_becomes("down")
        await self._troubled(self.room_troubles, 600, 3_600, 7_200)
        self._disk.room_bytes = None
        if is_down:
            self._platform.link_becomes("up")

    async def _store_lost(self) -> None:
        """Between two lives: a file of the store is gone, or empty, or each has the other's name."""
        self._box.dies("and a store is lost")
        how = self._rarely.choice(("gone", "emptied", "exchanged"))
        names = STORES if how == "exchanged" else self._rarely.choice((STORES, STORES[:1], STORES[1:]))
        there = [name for name in names if (self._box.data / name).exists()]
        self._story.tell(self._loop.time(), "lost", f"{how} {' '.join(there)}")
        if how == "exchanged":
            exchanges(self._box.data, *STORES)
            return
        for name in there:
            self.on_loss(name)
            loses(self._box.data / name, emptied=how == "emptied")

    # --- the clock ---

    async def _clock_steps(self) -> None:
        chance = self._chance
        by_s = chance.choice((-TEN_YEARS_S, TEN_YEARS_S, -DAY_S, DAY_S, -3_600, 3_600, -5, 5, -self._clock.wall_ms() / 1000))
        self._clock.step_wall(by_s)
        self._clock.becomes(chance.choice(("synced", "holdover", "unsynced")))
        self.clock_is_off = True
        await self._lasts(60, 600, 7_200)
        self._sync()

    def _sync(self) -> None:
        self._clock.step_wall(-self._clock.ahead_s)
        self._clock.becomes("synced")
        self.clock_is_off = False

    # --- the process ---

    async def _kill(self) -> None:
        self._box.dies_after(self._chance.randint(0, 20 * STEPS))

    async def _kill_at_commit(self) -> None:
        self._box.dies_at_next_commit()

    async def _sigterm(self) -> None:
        self._box.asks_to_end()

    async def _sighup(self) -> None:
        own, chance = self._box.settings, self._chance
        own.mqtt = {"host": chance.choice(("a.example", "b.example")), "readings_need": own.mqtt["readings_need"]}
        own.room = chance.choice(("3-201", "3-202"))
        if chance.random() < 0.2:
            own.max_mb = chance.choice((64, 65))
        self._box.reads_again()

    async def _reboot(self) -> None:
        self.on_reboot()
        self._box.reboots()

    async def _power_cut(self) -> None:
        self.on_reboot()
        self._box.reboots(power=False)

    async def _stopped(self) -> None:
        self._box.stands_still()
        await self._lasts(2, 30, 200)
        self._box.goes_on()

    # --- the modem ---

    async def _modem_gone(self) -> None:
        if self._modem.line.plugged_in:
            self._modem.vanishes()
            await self._troubled(self.modem_troubles, 1, 30, 600)
            self._modem_comes_back()

    def _modem_comes_back(self) -> None:
        if not self._modem.line.plugged_in:
            self._modem.comes_back()

    async def _modem_hangs(self) -> None:
        self._modem.hangs()
        await self._troubled(self.modem_troubles, 600)

    async def _modem_refuses(self) -> None:
        self._modem.habits.refuses.extend(self._chance.choices(("+CMS ERROR: 42", "+CMS ERROR: 500", ""), k=3))
        await self._troubled(self.modem_troubles, 300)
