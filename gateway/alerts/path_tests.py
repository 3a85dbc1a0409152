"""Tests of the ways to people, with an alert that is marked as a test: on a command, and every day by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Protocol

from gateway.alerts import trials
from gateway.alerts.desk import Desk
from gateway.alerts.technical import over, technical
from gateway.awake import awake_timeout
from gateway.clock import Clock

LOOK_S = 20.0  # the wall clock may be set meanwhile
A_RESTART = timedelta(minutes=10)
NAME = "self test"  # of the memory of the day of the last one, and whether it was only begun
BEGUN = " begun"
MQTT = "mqtt"

ENOUGH = "sms sent"  # the modem's word; that the phone has it is more, and may come later
NO_RECEIPT, NO_PATH = "no receipt", "no such path"
Say = Callable[[str], None]


class TestPath(Protocol):
    """A second way to people (`sms`, `local`), as a test takes it."""

    async def test(self, *, daily: bool, say: Say) -> str:
        """Send a message that is marked as a test, and tell each step: "" when the way's own word has come, else why not.

        By SMS: daily to the phones with `test` (where there are none the modem's registration and signal count), else to the
        first phone on duty, of which the word of the service centre is waited for, too.
        """
        ...


class PathTests:
    """`run()` it in a task of its own, for the daily one. `at`: its local time, and `local` the time now: both asked anew.

    `paths`: the second ways there are, by name. The date of the last daily test is remembered, so that a restart repeats none;
    one that it broke off, of which nobody knows how it ends, is made again.
    """

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        *,
        at: Callable[[], time | None],
        local: Callable[[], datetime],
        paths: Callable[[], Mapping[str, TestPath]],
    ) -> None:
        self._desk, self._clock = desk, clock
        self._at, self._local, self._paths = at, local, paths
        self._last: date | None = None
        self._broken_off = False

    # --- one path -----------------------------------------------------------------------------------------------------

    async def test(self, path: str, wait_s: float, say: Say, *, daily: bool = False) -> str:
        """ "" when the word came that tells that it works, else why not."""
        if path != MQTT and path not in self._paths():
            return NO_PATH
        said = list[str]()

        def told(step: str) -> None:
            said.append(step)
            say(step)

        try:
            async with awake_timeout(wait_s):
                if path == MQTT:
                    return await self._by_mqtt(told, trials.SELF_TEST if daily else trials.TEST)
                return await self._paths()[path].test(daily=daily, say=told)
        except TimeoutError:
            return "" if ENOUGH in said and not daily else NO_RECEIPT

    async def _by_mqtt(self, say: Say, detail: str) -> str:
        """The way of every alert, to the platform's receipt."""
        number = self._desk.raise_test(technical(detail, self._clock.wall_ms(), priority="advisory"))
        await self._desk.stored()
        say("raised")
        sent = False
        while True:
            seen = self._desk.changes.number
            alert = self._desk.alert(number)
            if alert is not None and not sent and alert.workflow != "raised":
                sent = True
                say("sent")
            if alert is None or alert.received_ms is not None:
                say("received")
                return ""
            await self._desk.changes.wait_beyond(seen)

    # --- every day ----------------------------------------------------------------------------------------------------

    def load(self, memories: Mapping[str, bytes]) -> None:
        """When the last one was."""
        with suppress(ValueError, KeyError):
            last = memories[NAME].decode()
            self._last, self._broken_off = date.fromisoformat(last.removesuffix(BEGUN)), last.endswith(BEGUN)

    async def run(self) -> None:
        """Test all paths once a day at its time, for ever. One that a longer pause of the gateway missed is not made up for."""
        seen = self._local() - A_RESTART
        while True:
            await asyncio.sleep(LOOK_S)
            before, seen = seen, self._local()
            if self.is_due(before, seen):
                await self.daily()

    def is_due(self, before: datetime, now: datetime) -> bool:
        """Whether the time of the daily test came between these two looks at the clock, and today's was not yet.

        Or today's was broken off.
        """
        at = self._at()
        if at is None:
            return False
        if self._last == now.date():
            return self._broken_off
        due = datetime.combine(now.date(), at, now.tzinfo)
        return before < due <= now

    async def daily(self) -> None:
        """Once; what does not work is told as a fault, until it works again."""
        self._last, self._broken_off = self._local().date(), False
        day = self._last.isoformat()
        await self._remember(day + BEGUN)
        paths = [MQTT, *(name for name in self._paths() if name != "local")]
        async with asyncio.TaskGroup() as tasks:
            for path in paths:
                tasks.create_task(self._daily(path), name=f"self test {path}")
        await self._remember(day)

    async def _remember(self, how_far: str) -> None:
        self._desk.remember({NAME: how_far.encode()})
        await self._desk.stored()

    async def _daily(self, path: str) -> None:
        why = await self.test(path, trials.PATHS_S, lambda _: None, daily=True)
        now_ms = self._clock.wall_ms()
        if why:
            await self._desk.find(technical(trials.FAILED, now_ms, device=path, reason=why))
        else:
            await self._desk.clear(over(trials.FAILED, now_ms, device=path))
