"""A way that bands are heard by: the gateway's radio, a hub at a port, the port of the watches. The fleet is a list of them."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.fleet.band import FleetBand
from tests.fleet.press import Span

SECOND_S = 1.0


@dataclass(frozen=True)
class Draws:
    """What a fault draws. `pace`: how long it lasts, beside the usual."""

    chance: Random
    pace: float = 1.0

    async def lasts(self, at_most_s: float) -> None:
        """Returns when it has lasted as long as chance has it."""
        await asyncio.sleep(self.chance.uniform(0.02, 1) * at_most_s * self.pace)


Fault = Callable[[Draws], Awaitable[None]]  # it begins, lasts, and is over when this returns


class Way(ABC):
    """`troubles`: when nothing could be heard by it. `keeps`: what is told while no daemon runs waits for the next one."""

    keeps = False

    def __init__(self, name: str, bands: Sequence[FleetBand]) -> None:
        self.name, self.bands = name, bands
        self.troubles: list[Span] = []

    @abstractmethod
    def opened(self) -> AbstractAsyncContextManager[object]:
        """It is there inside, and so are its bands."""

    @abstractmethod
    def tables(self, folder: Path) -> str:
        """Its own tables of `gateway.toml`, without the bands."""

    @property
    def faults(self) -> Mapping[str, Fault]:
        """What can go wrong with it, by name."""
        return {}

    @abstractmethod
    async def falls_silent(self) -> None:
        """Its bands say nothing any more, once they do not `lives` either."""

    @abstractmethod
    def daemon_died(self) -> None:
        """Nobody reads any more."""

    @abstractmethod
    async def daemon_is_back(self) -> None:
        """Somebody is ready; returns when it hears by this way again."""

    async def lives(self, chance: Random) -> None:
        """Its bands live, for ever."""
        second = 0
        while True:
            for band in self.bands:
                await band.goes_on(second, chance)
            second += 1
            await asyncio.sleep(SECOND_S)

    def troubled(self, spans: list[Span]) -> Span:
        """A trouble begins; whoever ends it says so by `until_s`."""
        span = Span(asyncio.get_running_loop().time())
        spans.append(span)
        return span
