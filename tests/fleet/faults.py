"""Random faults: each thing that can break has its own draws from the seed, and breaks in one way at a time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from random import Random

from tests.fleet.way import Draws, Fault

Told = Callable[[str], None]


class Faults:
    """`begun`: how often each was done; `found`: what did not come back. What breaks, about every how many seconds, and how, is
    added; then it is run."""

    def __init__(self, seed: int, told: Told, pace: float) -> None:
        self.begun = Counter[str]()
        self.found: list[str] = []
        self._seed, self._told, self._pace = seed, told, pace
        self._things: dict[str, tuple[float, Mapping[str, Fault]]] = {}

    def add(self, thing: str, every_s: float, faults: Mapping[str, Fault]) -> None:
        """A thing that breaks about so often."""
        if faults:
            self._things[thing] = every_s, faults

    async def run(self, until_s: float) -> None:
        """None begins after this moment of the loop's clock; all are over when this returns."""
        async with asyncio.TaskGroup() as tasks:
            for thing, (every_s, faults) in self._things.items():
                draws = Draws(Random(f"{self._seed}/{thing}"), self._pace)
                tasks.create_task(self._breaks(every_s, faults, draws, until_s), name=f"faults of {thing}")

    async def _breaks(self, every_s: float, faults: Mapping[str, Fault], draws: Draws, until_s: float) -> None:
        loop = asyncio.get_running_loop()
        while True:
            wait_s = draws.chance.uniform(0.3, 1.7) * every_s
            if loop.time() + wait_s > until_s:
                return
            await asyncio.sleep(wait_s)
            name = draws.chance.choice(sorted(faults))
            self.begun[name] += 1
            self._told(name)
            try:
                await faults[name](draws)
            except (TimeoutError, AssertionError) as error:
                self.found.append(f"{name}, and it did not get over that: {error}")
