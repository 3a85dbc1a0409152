"""Goes up the recovery ladder of one adapter: asks what is due, says so, does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import structlog

from gateway.errors import SourceLost
from gateway.sources.ble.adapter_recovery import HearingRecord, Links, Step, Trouble, next_step, told_as

log = structlog.get_logger()


class Means(Protocol):
    """What can be done for an adapter, by the name that it has now."""

    def can_reset(self, adapter: str) -> bool:
        """Whether its USB device can be reset."""
        ...

    async def take(self, step: Step, adapter: str) -> None:
        """Does it. Raises SourceLost."""
        ...


class AdapterLadder:
    """`label`: what the adapter is called in the log; the methods take the name that it has now. `links(adapter)`: what a step
    would cost. `other_hears()`: whether another adapter hears somebody now.

    Without `means` nothing is done but new scans.
    """

    def __init__(
        self,
        label: str,
        means: Means | None = None,
        *,
        links: Callable[[str], Links] = lambda _: Links(),
        other_hears: Callable[[], bool] = lambda: False,
    ) -> None:
        self._label = label
        self._means = means
        self._links = links
        self._other_hears = other_hears
        self._record = HearingRecord()
        self.becomes = self._record.becomes
        self.heard = self._record.heard

    def told_as(self, adapter: str, now_s: float) -> str:
        """The word for what it is in now."""
        can_reset = self._means is not None and self._means.can_reset(adapter)
        return told_as(self._trouble(adapter, now_s), can_reset=can_reset)

    async def climb(self, adapter: str, now_s: float) -> bool:
        """Takes the step that is due; whether it was another one than a new scan."""
        if self._means is None:
            return False
        trouble = self._trouble(adapter, now_s)
        step = next_step(trouble, can_reset=self._means.can_reset(adapter))
        if step == "new scan":
            return False
        self._record.helped(step, now_s)
        facts = {"why": trouble.why, "lasting_s": round(trouble.lasting_s, 1), "links_lost": trouble.links.standing}
        log.warning("adapter is helped", adapter=self._label, step=step, **facts)
        try:
            await self._means.take(step, adapter)
        except SourceLost as why:
            log.warning("adapter not helped", adapter=self._label, step=step, why=str(why), detail=repr(why.__cause__))
        return True

    def _trouble(self, adapter: str, now_s: float) -> Trouble:
        return self._record.trouble(now_s, self._links(adapter), other_hears=self._other_hears())
