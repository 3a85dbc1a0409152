"""Finds the way down to a band: through the hub that hears it, or over its own connection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from drivers.driver import Outcome, Signal
from gateway.readings import Enrolment
from gateway.roster import Roster


class Way(Protocol):
    """A source that can speak to bands."""

    async def signal(self, address: str, signal: Signal) -> Outcome:
        """Have the band show this; what came of it."""
        ...


class Signals:
    """`ways` finds who can speak to a band, as things are plugged in now."""

    def __init__(self, roster: Roster, ways: Callable[[Enrolment], Sequence[Way]]) -> None:
        self._roster, self._ways = roster, ways

    async def signal(self, address: str, signal: Signal) -> Outcome:
        """Try each way until the band has it; else what came of the last. A band that is only heard cannot."""
        outcome = Outcome("unsupported", "there is no way to this band")
        band = self._roster.band(address)
        for way in self._ways(band) if band else ():
            outcome = await way.signal(address, signal)
            if outcome.result in ("done", "sent"):
                break
        return outcome
