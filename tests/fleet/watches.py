"""Watches on mobile data: each calls the gateway by itself, and says an alarm again until it is answered."""
# mypy: disable-error-code="explicit-override"
# (typing has @override from Python 3.12 on)

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from random import Random

from fake_devices.watch import FakeWatch
from tests.fleet.band import FleetBand
from tests.fleet.press import Press
from tests.fleet.way import Draws, Fault, Way

DRIVER = "tcp-watch-3g"
LINK_EVERY, PULSE_EVERY = 10, 7  # seconds
CALLS_AGAIN_S = 2.0
SAYS_AGAIN = 5  # seconds; an alarm that was not answered


class WatchBand(FleetBand):
    """One watch. Its radio is its operator's: `hangs_up` and `has_a_network` are what can happen to it."""

    def __init__(self, number: int) -> None:
        super().__init__("watch on mobile data", DRIVER, f"88{number:08}", number)
        self.has_a_network = asyncio.Event()
        self.has_a_network.set()
        self._watch: FakeWatch | None = None
        self._alarm = ""  # the time of what is not answered yet
        self._said_ago = 0

    @property
    def can_press(self) -> bool:
        """A watch says one alarm at a time."""
        return not self._alarm

    async def goes_on(self, second: int, chance: Random) -> None:
        """It says how it is, and its alarm where nobody has answered."""
        watch = self._watch
        if watch is None:
            return
        if self._alarm and any(said.startswith("AL") for said in watch.heard):
            self._alarm, self.presses[-1].answered = "", True
        watch.heard.clear()
        self._said_ago += 1
        if self._alarm and self._said_ago >= SAYS_AGAIN:
            self._says_alarm()
        if second % LINK_EVERY == 0:
            self._says(watch, f"LK,{second},0,{60 + second % 30}")
        if second % PULSE_EVERY == 0:
            self._says(watch, f"heart,{chance.randint(60, 90)}")

    async def calls(self, port: int) -> None:
        """It calls the gateway, for ever."""
        while True:
            await self.has_a_network.wait()
            with suppress(OSError):
                async with FakeWatch(self.address, port) as self._watch:
                    self._says(self._watch, "LK,1,0,80")
                    self._says_alarm()
                    await self._watch.gone.wait()
            self._watch = None
            await asyncio.sleep(CALLS_AGAIN_S)

    def hangs_up(self) -> None:
        """Its connection is gone."""
        if self._watch is not None:
            self._watch.gone.set()

    def _presses_key(self) -> float:
        self._alarm = datetime.now(UTC).strftime("%d%m%y,%H%M%S")
        self._says_alarm()
        return inf

    def presses_key(self) -> Press:
        """Answered, or not yet."""
        press = super().presses_key()
        press.answered = False
        return press

    def _says_alarm(self) -> None:
        self._said_ago = 0
        if self._watch is not None and self._alarm:
            self._watch.presses(at=self._alarm)

    def _says(self, watch: FakeWatch, content: str) -> None:
        self.said += 1
        watch.says(content)


class WatchWay(Way):
    """The port where they call."""

    keeps = True  # in the watch itself

    def __init__(self, port: int, numbers: Sequence[int]) -> None:
        self._port = port
        self.watches = [WatchBand(number) for number in numbers]
        super().__init__("watches", self.watches)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """They call from now on."""
        async with asyncio.TaskGroup() as tasks:
            calling = [tasks.create_task(watch.calls(self._port), name=watch.address) for watch in self.watches]
            yield
            for one in calling:
                one.cancel()

    def tables(self, folder: Path) -> str:
        """Where they call."""
        return f'[[watches]]\nlisten = "127.0.0.1:{self._port}"\ndriver = "{DRIVER}"\n'

    async def falls_silent(self) -> None:
        """They say nothing by themselves."""

    def daemon_died(self) -> None:
        """They see that their connections are cut."""

    async def daemon_is_back(self) -> None:
        """They call again by themselves."""

    @property
    def faults(self) -> dict[str, Fault]:
        """What mobile networks do."""
        return {"a watch without its network": self._without_network, "watches whose connections are cut": self._cut}

    async def _without_network(self, draws: Draws) -> None:
        watch = draws.chance.choice(self.watches)
        watch.has_a_network.clear()
        watch.hangs_up()
        await draws.lasts(40)
        watch.has_a_network.set()

    async def _cut(self, draws: Draws) -> None:
        for watch in draws.chance.sample(self.watches, min(5, len(self.watches))):
            watch.hangs_up()
