"""The desk makes the transitions of alerts: out of findings, out of what people say, and when nobody answers in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from msgspec.structs import replace

from drivers.driver import Outcome
from gateway.alert import Alert, Clearing, EventName, Finding
from gateway.alerts import actions, ladder, lifecycle, repeated_calls
from gateway.alerts.book import AlertBook
from gateway.alerts.ladder import Duty
from gateway.alerts.notices import WearerNotice, owed
from gateway.changes import Changes
from gateway.clock import Clock
from gateway.commands import Command, Handler, Rejected, Reply, answered
from gateway.readings import Reading
from gateway.store.keeping import Transaction

SHORTEST_S = 0.001  # less is an error of rounding: a timer would run out before the step is due, again and again


class Desk:
    """One transition is made after another, each on disk before others learn of it. `duty`: asked anew each time."""

    def __init__(self, book: AlertBook, clock: Clock, duty: Callable[[], Duty] = Duty) -> None:
        self._book, self._clock, self._duty = book, clock, duty
        self.when_closed: Callable[[Alert], None] = lambda _: None  # a person closed it; what still holds is told anew

    async def resume(self) -> None:
        """Take up what an earlier life of the gateway left open; ladders go on, by the clock of this boot."""
        await self._book.resume()
        before, now = self._book.open_alerts, self._book.now()
        after = [ladder.carried_over(alert, self._duty(), now) for alert in before]
        for alert in (one for one, was in zip(after, before, strict=True) if one is not was):
            self._book.keep(alert)
        await self._book.stored()

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
    def waiting(self) -> int:
        """How many deliveries are not over."""
        return sum(map(len, self._book.outboxes.values()))

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
        before = lifecycle.find(self._book.alerts, verdict)
        if isinstance(verdict, Finding):
            alert, name = lifecycle.step(before, verdict) if before else self._raise(verdict)
            alert = ladder.found(before, alert, verdict, self._duty(), self._book.now())
            if before and name == "updated" and verdict.kind in lifecycle.LATCHED:
                alert = repeated_calls.counted(before, alert, self._book.now())
                name = None if alert.calls and alert.calls.untold else name
            self._book.keep(alert, name, at_ms=verdict.at_ms, referenced=referenced, memories=memories)
        elif before is not None:
            self._book.keep(*lifecycle.step(before, verdict), at_ms=verdict.at_ms, referenced=referenced)

    def _raise(self, finding: Finding) -> tuple[Alert, EventName]:
        alert = lifecycle.open_alert(self._book.store.next_alert(), finding, self._clock.wall_ms())
        return replace(alert, epoch=self._book.epoch), "raised"

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
        while True:
            seen = self.changes.number
            await self.tick()
            with suppress(TimeoutError):
                async with asyncio.timeout(self.next_step_s()):
                    await self.changes.wait_beyond(seen)

    def next_step_s(self) -> float | None:
        """In how many seconds `tick` has something to do; None: nothing is due."""
        now = self._book.now()
        steps = [ladder.next_s(alert, self._duty(), now) for alert in self.open_alerts]
        steps += [repeated_calls.next_s(alert, now) for alert in self.open_alerts]
        return min((max(SHORTEST_S, step_s) for step_s in steps if step_s is not None), default=None)

    async def tick(self) -> None:
        """Time has passed: tell of each alert that nobody has answered in time, and of calls that were not told yet."""
        for alert in [one for one in self._book.alerts if one.open]:
            self._escalate(alert)
        await self._book.stored()

    def _escalate(self, alert: Alert) -> None:
        now = self._book.now()
        level = ladder.level_due(alert, self._duty(), now)
        if level > alert.level:
            self._book.keep(ladder.escalated(alert, level), "escalated", at_ms=self._clock.wall_ms())
        elif repeated_calls.next_s(alert, now) == 0:
            self._book.keep(repeated_calls.told(alert, now), "updated", at_ms=self._clock.wall_ms())

    # --- people -------------------------------------------------------------------------------------------------------

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """For the router."""
        return dict.fromkeys(actions.ARGS, self._act)

    async def _act(self, command: Command) -> Reply:
        """What a person does about an alert, with the reply to it. Raises Rejected."""
        name, action = actions.read(command)
        after, event = lifecycle.step(await self._named(name), action)
        after = ladder.answered(after, action.verb, self._book.now())
        result = {"alert": self._book.id_of(after), "workflow": after.workflow}
        reply = Reply(id=command.id, verb=command.verb, status="done", result=result)
        self._book.keep(after, event, at_ms=self._clock.wall_ms(), replies=[answered(command, reply)])
        if not after.open:
            self.when_closed(after)
        await self._book.stored()
        return reply

    async def _named(self, id_: str) -> Alert:
        name = self._book.read(id_)
        alert = (self._book.get(name.alert) or await self._book.store.alert(name.alert)) if name else None
        if name is None or alert is None or name.seq is not None or alert.epoch != name.epoch:
            raise Rejected("unknown alert")
        return alert

    # --- the wearer ---------------------------------------------------------------------------------------------------

    @property
    def wearer_notices(self) -> asyncio.Queue[WearerNotice]:
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
