"""Finds the way down to a band: through the hub that hears it, or over its own connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from drivers.driver import ConnectionDriver, Driver, Signal
from gateway.readings import Enrolment
from gateway.sources.receiver import SignalResult


class Way(Protocol):
    """A source that can speak to bands."""

    async def signal(self, address: str, signal: Signal) -> SignalResult:
        """Have the band show this; what came of it."""
        ...


class Signals:
    """`hubs`: driver name -> the ports whose bands speak it; `radio`: the way to the bands that are connected to."""

    def __init__(
        self,
        enrolments: Mapping[str, Enrolment],
        drivers: Mapping[str, Driver],
        hubs: Mapping[str, Sequence[Way]],
        radio: Way | None,
    ) -> None:
        self._enrolments, self._drivers, self._hubs, self._radio = enrolments, drivers, hubs, radio

    async def signal(self, address: str, signal: Signal) -> SignalResult:
        """Try each way until the band has it; else what came of the last. A band that is only heard cannot."""
        result: SignalResult = "cannot"
        for way in self._ways(address):
            result = await way.signal(address, signal)
            if result in ("done", "sent"):
                break
        return result

    def _ways(self, address: str) -> Sequence[Way]:
        who = self._enrolments.get(address)
        if who is None:
            return ()
        if self._radio and isinstance(self._drivers[who.driver], ConnectionDriver):
            return (self._radio,)
        return self._hubs.get(who.driver, ())
