"""How the application runs its jobs: each a task with a name, all started here, cancelled in order, renewed one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Mapping
from contextlib import suppress

from gateway.changes import Changes
from gateway.failures import told

Job = Callable[[], Coroutine[None, None, None]]
Key = tuple[str, Hashable]  # a name, and what the job was made of


class RenewableJobs:
    """Jobs that a reload may end, begin, or leave alone: each runs as long as its key is wanted.

    A changed setting is another job. `run()` it in a task of its own.
    """

    def __init__(self, wanted: Mapping[Key, Job]) -> None:
        self._wanted = wanted
        self._changes = Changes()
        self._running: dict[Key, asyncio.Task[None]] = {}

    def want(self, jobs: Mapping[Key, Job]) -> None:
        """These from now on. One that runs already goes on; others end, and have ended before new ones begin."""
        self._wanted = jobs
        self._changes.happened()

    async def run(self) -> None:
        """For ever."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                seen = self._changes.number
                await self._end(self._running.keys() - self._wanted.keys())
                for key, job in self._wanted.items():
                    if key not in self._running:
                        self._running[key] = tasks.create_task(told(job), name=key[0])
                await self._changes.wait_beyond(seen)

    async def _end(self, keys: set[Key]) -> None:
        leaving = [self._running.pop(key) for key in keys]
        cancel(leaving)
        if leaving:
            await asyncio.wait(leaving)


def start(tasks: asyncio.TaskGroup, jobs: Mapping[str, Job]) -> list[asyncio.Task[None]]:
    """Start each job under its name."""
    return [tasks.create_task(told(job), name=name) for name, job in jobs.items()]


def cancel(tasks: list[asyncio.Task[None]]) -> None:
    """Ask them all to end."""
    for task in tasks:
        task.cancel()


async def every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do this now and again, for ever."""
    while True:
        await work()
        await asyncio.sleep(seconds)


async def completes_within(seconds: float, work: Awaitable[None]) -> bool:
    """Wait for this, but not longer; whether it came to its end."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await work
            return True
    return False
