"""The desk makes the transitions of alerts: out of findings, out of what people say, and when nobody answers in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from math import inf

from msgspec.structs import replace

from drivers.driver import Outcome
from gateway.alert import Alert, Clearing, EventName, Finding
from gateway.alerts import asking, ladder, lifecycle, reminders, repeated_calls, trials
from gateway.alerts.book import AlertBook
from gateway.alerts.drills import Drill, Drills, OpenedDrill
from gateway.alerts.due_steps import DueSteps
from gateway.alerts.house import House
from gateway.alerts.ladder import Duty
from gateway.alerts.lifecycle import Action
from gateway.alerts.notices import WearerNotice, owed
from gateway.alerts.people import People
from gateway.alerts.shelving import Shelving
from gateway.arrivals import Arrivals
from gateway.changes import Changes
from gateway.clock import Clock
from gateway.commands import Handler
from gateway.moment import Moment
from gateway.readings import Reading
from gateway.store.keeping import Transaction

LOOK_EVERY_S = 60.0  # at shelves: they end by the wall clock, which may be set meanwhile
MOST_AT_ONCE = 3  # steps of one alert: the ladder, a reminder, and calls that were not told
BEHIND_S = 0.01  # after a change: an alert leaves before all that are open are looked at, and changes at once share one look
SHORTEST_S = 0.001  # less is an error of rounding: a timer would run out before the step is due, again and again


class Desk:
    """One transition is made after another, each on disk before others learn of it. `duty`: asked anew each time."""

    def __init__(self, book: AlertBook, clock: Clock, duty: Callable[[], Duty] = Duty, house: House | None = None) -> None:
        self._book, self._clock, self._duty = book, clock, duty
        self._house = house or House()
        self._due = DueSteps()
        self._drills, self._shelving = Drills(), Shelving(book, clock)
        self._people = People(book, clock, self._house, self._shelving, closed=self._closed, found=self._take_now)
        self.when_closed: Callable[[Alert], None] = lambda _: None  # a person closed it; what still holds is told anew

    async def resume(self) -> None:
        """Take up what an earlier life of the gateway left open; ladders go on, by the clock of this boot."""
        await self._book.resume()
        memories = await self._book.store.memories()
        self._drills.load(memories)
        self._shelving.load(memories)
        before, now = self._book.open_alerts, self._book.now()
        after = [self._carried_over(alert, now) for alert in before]
        for alert in (one for one, was in zip(after, before, strict=True) if one is not was):
            self._book.keep(alert)
        await self._book.stored()

    def _carried_over(self, alert: Alert, now: Moment) -> Alert:
        alert = asking.carried_over(ladder.carried_over(alert, self._duty(), now), self._duty(), now)
        return trials.carried_over(reminders.carried_over(alert, now), now)

    def forget(self, wearer: str) -> None:
        """This wearer was erased."""
        self._drills.forget(wearer)
        self._shelving.forget(wearer)

    # --- what others look at ----------------------------------------------------------------------------------------

    @property
    def changes(self) -> Changes:
        """Something about alerts or deliveries has changed."""
        return self._book.changes

    @property
    def open_alerts(self) -> list[Alert]:
        """Those that still need somebody."""
        return self._book.open_alerts

    @property
    def standing(self) -> list[Alert]:
        """What rules have found and is not over yet: what is open, and what is kept back by a shelf."""
        return self.open_alerts + self._shelving.kept_back

    @property
    def snapshot_asked(self) -> Changes:
        """Somebody of this machine wants the platform to be told what is open."""
        return self._people.snapshot_asked

    def alert(self, number: int) -> Alert | None:
        """As it is known to others; None: it is over and told in full, or there never was one."""
        return self._book.known(number)

    @property
    def waiting(self) -> int:
        """How many deliveries are not over."""
        return len(self._book.outbox)

    @property
    def second_paths(self) -> list[Alert]:
        """The alerts about which people are to be asked by the second path now."""
        now = self._book.now()
        return [alert for alert in self.open_alerts if ladder.second_path_open(alert, self._duty(), now)]

    # --- findings -----------------------------------------------------------------------------------------------------

    async def find(self, finding: Finding) -> None:
        """Raise an alert, or tell the open one of it. On disk when it returns."""
        self.take(finding)
        await self.stored()

    async def clear(self, clearing: Clearing) -> None:
        """The cause of an open alert is gone. Nothing happens where there is none. On disk when it returns."""
        self.take(clearing)
        await self.stored()

    def take(
        self,
        verdict: Finding | Clearing,
        *,
        referenced: Sequence[Reading] = (),
        memories: Mapping[str, bytes] | None = None,
    ) -> None:
        """The same; on disk, with a press's own memory, and known to others once it is `stored`.

        `referenced`: those of its readings that are not on the disk yet.
        """
        used: Mapping[str, bytes] = {}
        if isinstance(verdict, Finding):
            verdict, used = self._as_drill(verdict)
        before = lifecycle.find(self._book.alerts, verdict)
        if before is None and self._shelving.takes(verdict, referenced):
            return
        if isinstance(verdict, Finding):
            kept = {**(memories or {}), **used}
            self._find(before, verdict, at_ms=verdict.at_ms, referenced=referenced, memories=kept)
        elif before is not None:
            self._book.keep(*lifecycle.step(before, verdict), at_ms=verdict.at_ms, referenced=referenced)

    def _find(
        self,
        before: Alert | None,
        finding: Finding,
        *,
        at_ms: int,
        referenced: Sequence[Reading] = (),
        memories: Mapping[str, bytes] | None = None,
    ) -> None:
        alert, name = lifecycle.step(before, finding) if before else self._raise(finding)
        alert = ladder.found(before, alert, finding, self._duty(), self._book.now())
        if before and before.condition == "cleared":
            alert = reminders.came_back(alert, self._book.now())
        if before and name == "updated" and finding.kind in lifecycle.LATCHED:
            alert = repeated_calls.counted(before, alert, self._book.now())
            name = None if alert.calls and alert.calls.untold else name
        self._book.keep(alert, name, at_ms=at_ms, referenced=referenced, memories=memories)

    def _raise(self, finding: Finding) -> tuple[Alert, EventName]:
        now_ms = self._clock.wall_ms()
        alert = lifecycle.open_alert(self._book.store.next_alert(), finding, now_ms)
        place = finding.position.place if finding.position else None
        near = self._house.near(finding.wearer, place, now_ms) if finding.wearer else ()
        return replace(alert, epoch=self._book.epoch, responders=near), "raised"

    def _take_now(self, finding: Finding) -> None:
        """What was kept back, and is told now."""
        self._find(lifecycle.find(self._book.alerts, finding), finding, at_ms=self._clock.wall_ms())

    def _as_drill(self, finding: Finding) -> tuple[Finding, Mapping[str, bytes]]:
        """The first press in its window is a test; not while nobody knows the time, nor while a real call is open.

        Then it is the first press all the same: whoever presses again in that window calls for help.
        """
        if finding.kind != "sos" or self._clock.state() == "unsynced":
            return finding, {}
        wearer = finding.wearer
        drills: list[Drill | OpenedDrill] = [*self._house.drills(), *self.opened_drills]
        pressed, now = self._house.local(finding.at_ms), self._house.local(self._clock.wall_ms())
        if not any(drill.wearer == wearer and drill.opened(pressed) for drill in drills):
            return finding, {}
        used = self._drills.press(wearer, drills, now)
        if used is None:
            return finding, {}
        return replace(finding, test=lifecycle.find(self._book.alerts, finding) is None), used

    @property
    def opened_drills(self) -> Sequence[OpenedDrill]:
        """Those that somebody has opened, and that wait for their press."""
        return self._drills.running(self._clock.monotonic_s())

    def open_drill(self, wearer: str, minutes: float) -> str:
        """This wearer's next press is a test, for so long; of 0 minutes: no longer. Returns why not, in a fixed word, or ""."""
        if not self._house.knows(wearer):
            return "unknown wearer"
        self._drills.close(wearer)
        if minutes:
            if self._clock.state() == "unsynced":
                return "clock is unsynced"
            begins = self._house.local(self._clock.wall_ms()).replace(tzinfo=None)
            ends, until_s = begins + timedelta(minutes=minutes), self._clock.monotonic_s() + 60 * minutes
            self._drills.open(OpenedDrill(wearer=wearer, begins=begins, ends=ends, until_s=until_s))
        self.changes.happened()
        return ""

    def raise_test(self, finding: Finding) -> int:
        """A test of the paths, which ends by itself: its number. It is told of once it is `stored`."""
        self._find(None, replace(finding, test=True), at_ms=finding.at_ms)
        return max(alert.number for alert in self._book.alerts)

    def remember(self, memories: Mapping[str, bytes], *, at_leisure: bool = False) -> None:
        """The memory of presses that call nobody; on disk once it is `stored`, or `at_leisure` soon."""
        self._book.store.hold(Transaction(memories=memories), at_leisure=at_leisure)

    def once_stored(self, then: Callable[[], None]) -> None:
        """Call this when all that was taken till now is on the disk."""
        self._book.once_stored(then)

    async def room(self) -> None:
        """Returns at once unless too much waits for a disk that is slow."""
        await self._book.store.room()

    async def stored(self) -> None:
        """Everything that was taken is on the disk when this returns, or held by the store, and on its way to people."""
        await self._book.stored()

    # --- time ---------------------------------------------------------------------------------------------------------

    async def watch(self) -> None:
        """Take each step of the ladders when it is due, for ever."""
        import asyncio  # slow to import: a replay does without

        while True:
            seen = self.changes.number
            await self.tick()
            await self.changes.wait_beyond_or(seen, self.next_step_s())
            await asyncio.sleep(BEHIND_S)

    def next_step_s(self) -> float | None:
        """In how many seconds `tick` has something to do; None: nothing is due."""
        self._look()
        next_s = self._due.first_s - self._book.now().monotonic_s
        if (shelf_s := self._shelving.next_s()) is not None:
            next_s = min(next_s, shelf_s, LOOK_EVERY_S)
        return None if next_s == inf else max(SHORTEST_S, next_s)

    def _look(self) -> None:
        self._due.look(self._book.alerts, self._duty(), self._phones(), self._book.now())

    async def tick(self) -> None:
        """Time has passed: tell of each alert that nobody has answered in time, and of calls that were not told yet."""
        for finding in self._shelving.end():
            self._take_now(finding)
        self._look()
        now_s = self._book.now().monotonic_s
        for alert in self._book.alerts:
            if self._due.due_s(alert) > now_s:
                continue
            for _ in range(MOST_AT_ONCE):
                now = self._book.get(alert.number)
                if now is None or not now.open or not self._take_step(now):
                    break
        await self._book.stored()

    def _phones(self) -> Sequence[str]:
        return self._house.on_duty(self._house.local(self._clock.wall_ms()))

    def _take_step(self, alert: Alert) -> bool:
        """Whether a step was due, and is taken."""
        now, now_ms = self._book.now(), self._clock.wall_ms()
        level = ladder.level_due(alert, self._duty(), now)
        if trials.next_s(alert, now) == 0:
            self._book.keep(*trials.ended(alert), at_ms=now_ms)
        elif level > alert.level:
            self._book.keep(ladder.escalated(alert, level), "escalated", at_ms=now_ms)
        elif reminders.due(alert, now):
            self._book.keep(reminders.given(alert, now), "updated", at_ms=now_ms, reminder=True)
        elif repeated_calls.next_s(alert, now) == 0:
            self._book.keep(repeated_calls.told(alert, now), "updated", at_ms=now_ms)
        elif (asked := asking.step(alert, self._duty(), self._phones(), now)) is not alert:
            self._book.keep(asked, urgent=True)
        else:
            return False
        return True

    # --- people -------------------------------------------------------------------------------------------------------

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """For the router."""
        return self._people.handlers

    def do(self, alert: Alert, *deeds: Action) -> Alert:
        """What a person does about an alert, other than by a command; told once it is `stored`. The alert after it."""
        return self._people.do(alert, *deeds)

    def _closed(self, alert: Alert) -> None:
        self.when_closed(alert)

    # --- the wearer ---------------------------------------------------------------------------------------------------

    @property
    def wearer_notices(self) -> Arrivals[WearerNotice]:
        """What wearers are to be told."""
        return self._book.wearer_notices

    def owes(self, notice: WearerNotice) -> bool:
        """Whether the wearer should still be told this."""
        alert = self._book.get(notice.alert)
        return alert is not None and owed(alert) == notice

    async def wearer_told(self, notice: WearerNotice, outcome: Outcome) -> None:
        """What came of a notice. Whether the band showed that help is on the way is worth an event of its own."""
        result = "shown" if outcome.result == "done" else outcome.result
        alert = self._book.get(notice.alert)
        if alert is not None and alert.band.get(notice.signal) != result:
            alert = replace(alert, band={**alert.band, notice.signal: result})
            name: EventName | None = "updated" if notice.signal == "help_on_the_way" else None
            self._book.keep(alert, name, at_ms=self._clock.wall_ms())
            await self._book.stored()
