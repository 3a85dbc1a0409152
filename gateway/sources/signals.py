"""Finds the way down to a band: through the hub that hears it, or over its own connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from drivers.driver import Order, Outcome, Signal
from gateway.readings import Enrolment
from gateway.roster import Roster


class Way(Protocol):
    """A source that can speak to bands."""

    async def signal(self, address: str, signal: Signal) -> Outcome:
        """Have the band show this; what came of it."""
        ...

    async def do(self, address: str, order: Order) -> Outcome:
        """Have the band do this; what came of it."""
        ...


class Signals:
    """`ways` finds who can speak to a band, as things are plugged in now."""

    def __init__(self, roster: Roster, ways: Callable[[Enrolment], Sequence[Way]]) -> None:
        self._roster, self._ways = roster, ways

    async def signal(self, address: str, signal: Signal) -> Outcome:
        """Try each way until the band has it; else what came of the last. A band that is only heard cannot."""
        return await self._by_any(address, lambda way: way.signal(address, signal))

    async def do(self, address: str, order: Order) -> Outcome:
        """The same with an order."""
        return await self._by_any(address, lambda way: way.do(address, order))

    async def _by_any(self, address: str, ask: Callable[[Way], Awaitable[Outcome]]) -> Outcome:
        outcome = Outcome("unsupported", "there is no way to this band")
        band = self._roster.band(address)
        for way in self._ways(band) if band else ():
            outcome = await ask(way)
            if outcome.result in ("done", "sent"):
                break
        return outcome
