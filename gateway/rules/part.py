"""What every group of rules is to the engine: fed with readings and the time, it gives findings and clearings. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from gateway.alert import Alert, Clearing, Finding
from gateway.readings import Reading
from gateway.rules.situation import Situation
from gateway.rules.table import RuleTable

Verdicts = list[Finding | Clearing]


class Stretch(NamedTuple):
    """A stretch of time, in ms; without an end where `until_ms` is None."""

    from_ms: int
    until_ms: int | None

    def covers(self, at_ms: int) -> bool:
        """Whether this time lies in it."""
        return self.from_ms <= at_ms and (self.until_ms is None or at_ms < self.until_ms)


class RulePart(Protocol):
    """One group of rules. All times are the wall clock in ms (UTC).

    What it remembers goes to the disk as bytes by name (`memory`), so that a restart changes nothing.
    """

    def use(self, table: RuleTable, /) -> None:
        """Another table from now on; what was seen stays. What no row holds any more is cleared at the next `tick`."""
        ...

    def take(self, reading: Reading, situation: Situation, now_ms: int, /) -> Verdicts:
        """A reading of a device that is worn (or that is no worn one), valid or not."""
        ...

    def discard(self, device: str, from_ms: int, until_ms: int | None = None, /) -> None:
        """What this device measured from then until then (None: until further notice) counts no more: it was off the wrist.

        What was told stands.
        """
        ...

    def tick(self, now_ms: int, /) -> Verdicts:
        """What the mere passing of time is a reason for."""
        ...

    def next_ms(self) -> int | None:
        """When `tick` may have something to say without a reading; None: never."""
        ...

    def closed(self, alert: Alert, now_ms: int, /) -> None:
        """A person closed this alert. What still holds is told anew after its time."""
        ...

    def resume(self, alert: Alert, now_ms: int, /) -> None:
        """This alert is open since before a restart: it can end, and needs not be raised again."""
        ...

    def forget(self, wearer: str, /) -> None:
        """Nothing that was seen of this wearer counts any more."""
        ...

    def clock_stepped(self, by_ms: int, /) -> None:
        """The wall clock was set: nothing lasts longer or shorter for it."""
        ...

    def memory(self) -> Mapping[str, bytes]:
        """What has changed since the last call and must survive a restart, by name."""
        ...

    def load(self, memory: Mapping[str, bytes], /) -> None:
        """What an earlier life remembered; names that it does not know are not its own. Raises nothing for what is damaged."""
        ...
