"""Finds the way down to a band: through the hub that hears it, or over its own connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from drivers.driver import Signal
from gateway.readings import Enrolment
from gateway.sources.receiver import SignalResult


class Way(Protocol):
    """A source that can speak to bands."""

    async def signal(self, address: str, signal: Signal) -> SignalResult:
        """Have the band show this; what came of it."""
        ...


class Signals:
    """`ways`: driver name -> the sources whose bands speak it; `radio`: the way to all others."""

    def __init__(self, enrolments: Mapping[str, Enrolment], ways: Mapping[str, Sequence[Way]], radio: Way | None) -> None:
        self._enrolments, self._ways, self._radio = enrolments, ways, radio

    async def signal(self, address: str, signal: Signal) -> SignalResult:
        """Try each way until the band has shown it; else what came of the last."""
        who = self._enrolments.get(address)
        ways = self._ways.get(who.driver, ()) if who else ()
        result: SignalResult = "cannot"
        for way in ways or ([self._radio] if self._radio else []):
            result = await way.signal(address, signal)
            if result in ("done", "sent"):
                break
        return result
