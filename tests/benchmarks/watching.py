"""What the independent eye at the broker has seen (`watcher.py`)."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.daemon import CHECKOUT
from tests.processes import DIES_WITH_US

TOPICS = ("lifering/v1/+/up/alerts", "lifering/v1/+/up/readings", "bench/alerts")
READY_S = 20.0


class Came(NamedTuple):
    """A message with readings: when (monotonic), how many, and when the oldest of them was received ("-": not told)."""

    at_s: float
    readings: int
    oldest: str


@dataclass
class Watching:
    """All that came so far. `alerts`: when each event of each device came first."""

    readings: list[Came] = field(default_factory=list)
    alerts: dict[tuple[str, str], float] = field(default_factory=dict)
    count: int = 0
    ready: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def alert(self, device: str, limit_s: float = 30) -> float:
        """When the alert of this device was raised at the broker (monotonic). Raises TimeoutError."""
        await self.until(lambda: (device, "raised") in self.alerts, limit_s)
        return self.alerts[device, "raised"]

    async def until(self, seen: Callable[[], bool], limit_s: float) -> None:
        """Returns once it is so; looked at whenever something came. Raises TimeoutError."""
        async with asyncio.timeout(limit_s):
            while not seen():
                self._changed.clear()
                await self._changed.wait()

    async def came(self, count: int, quiet_s: float = 10) -> None:
        """Returns when so many readings have come in all, or when none came for so long: a line may have damaged one."""
        while self.count < count and await self._more(quiet_s):
            pass

    async def _more(self, limit_s: float) -> bool:
        """Whether readings came within so long."""
        before = self.count
        with suppress(TimeoutError):
            await self.until(lambda: self.count > before, limit_s)
        return self.count > before

    def take(self, line: str) -> None:
        """A line of the process."""
        match line.split():
            case ["alert", at, device, event]:
                self.alerts.setdefault((device, event), float(at))
            case ["readings", at, count, oldest]:
                self.readings.append(Came(float(at), int(count), oldest))
                self.count += int(count)
            case ["ready"]:
                self.ready += 1
        self._changed.set()


@asynccontextmanager
async def watching(port: int, topics: Sequence[str] = TOPICS) -> AsyncIterator[Watching]:
    """It is subscribed inside."""
    process = await asyncio.create_subprocess_exec(
        *(*DIES_WITH_US, sys.executable, "-m", "tests.benchmarks.watcher", str(port), *topics),
        cwd=CHECKOUT,
        stdout=asyncio.subprocess.PIPE,
    )
    seen = Watching()
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(_read(process, seen))
        try:
            await seen.until(lambda: seen.ready > 0, READY_S)
            yield seen
        finally:
            process.kill()
            await process.wait()
            reading.cancel()


async def _read(process: asyncio.subprocess.Process, seen: Watching) -> None:
    assert process.stdout
    async for line in process.stdout:
        seen.take(line.decode())
