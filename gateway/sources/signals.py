"""Finds the way down to a band: through the hub that hears it, or over its own connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from drivers.driver import ConnectionDriver, Outcome, Signal
from gateway.roster import Roster


class Way(Protocol):
    """A source that can speak to bands."""

    async def signal(self, address: str, signal: Signal) -> Outcome:
        """Have the band show this; what came of it."""
        ...


class Signals:
    """`hubs`: driver name -> the ports whose bands speak it; `radio`: the way to the bands that are connected to."""

    def __init__(self, roster: Roster, hubs: Mapping[str, Sequence[Way]], radio: Way | None) -> None:
        self._roster, self._hubs, self._radio = roster, hubs, radio

    async def signal(self, address: str, signal: Signal) -> Outcome:
        """Try each way until the band has it; else what came of the last. A band that is only heard cannot."""
        outcome = Outcome("unsupported", "there is no way to this band")
        for way in self._ways(address):
            outcome = await way.signal(address, signal)
            if outcome.result in ("done", "sent"):
                break
        return outcome

    def _ways(self, address: str) -> Sequence[Way]:
        band = self._roster.band(address)
        if band is None:
            return ()
        if self._radio and isinstance(self._roster.driver_of(band), ConnectionDriver):
            return (self._radio,)
        return self._hubs.get(band.driver, ())
