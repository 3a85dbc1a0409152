"""The rules at work: readings in, reasons for alerts and their ends out. Pure: time is a parameter.

The engine is made of groups of rules (`part.py`), and of what each wearer does (`wearer_situation.py`), which says whether a
reading counts at all. Here is only who is asked when, and what goes to the disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import Protocol

from drivers.driver import SensorTraits
from gateway.alert import Alert, Clearing, Finding
from gateway.earliest import earliest
from gateway.readings import Reading
from gateway.rules.help import call_for_help
from gateway.rules.limit_rules import SAVED_EVERY_MS, LimitRules
from gateway.rules.part import RulePart, Verdicts
from gateway.rules.table import RuleTable
from gateway.rules.wearer_situation import Discard, Judged, WearerSituations


class Situations(Protocol):
    """What each wearer does, and which device's readings count."""

    def take(self, reading: Reading, now_ms: int, /) -> Judged:
        """What the wearer did when this was measured, and whether it counts."""
        ...

    def forget_sensors(self) -> None:
        """The roster has changed."""
        ...

    def forget(self, wearer: str, /) -> None:
        """Nothing of this wearer is known any more."""
        ...

    def clock_stepped(self, by_ms: int, /) -> None:
        """The wall clock was set."""
        ...

    def memory(self) -> Mapping[str, bytes]:
        """What has changed since the last call, by name."""
        ...

    def load(self, memory: Mapping[str, bytes], /) -> None:
        """What an earlier life remembered."""
        ...


class RuleEngine:
    """All rules of all wearers. `situations`: absent, no sensor is doubted and the zone is UTC."""

    def __init__(self, table: RuleTable, situations: Situations | None = None, parts: Sequence[RulePart] = ()) -> None:
        self._table = table
        self._situations = situations or WearerSituations(lambda _: SensorTraits(), UTC)
        self._limits = LimitRules(table)
        self._parts: tuple[RulePart, ...] = (self._limits, *parts)
        self._saved_ms = 0
        self._unsaved: dict[str, bytes] = {}  # of the others, what was asked of them and not given yet

    @property
    def table(self) -> RuleTable:
        """The one in force."""
        return self._table

    def use(self, table: RuleTable) -> None:
        """Another table from now on. What was seen and what holds stays; what was raised by a limit that is no more ends
        with the next reading or tick.
        """
        self._table = table
        for part in self._parts:
            part.use(table)

    def forget(self, wearer: str) -> None:
        """Nothing that was seen of this wearer counts any more, and no alert names it; nothing of theirs may be open."""
        self._unsaved = {name: content for name, content in self._unsaved.items() if not name.endswith("/" + wearer)}
        self._situations.forget(wearer)
        for part in self._parts:
            part.forget(wearer)

    def enrolled_anew(self) -> None:
        """The roster has changed: what each sensor is like is asked again."""
        self._situations.forget_sensors()

    def clock_stepped(self, by_ms: int) -> None:
        """The wall clock was set: nothing lasts longer or shorter for it, and no wait ends sooner or later."""
        self._situations.clock_stepped(by_ms)
        for part in self._parts:
            part.clock_stepped(by_ms)

    def call_for_help(self, reading: Reading) -> Finding:
        """What a press or a fall that calls for help is a reason for, whatever the limits."""
        return call_for_help(reading, self._table.version)

    def take(self, reading: Reading, now_ms: int) -> list[Finding | Clearing]:
        """What this reading is a reason for; mostly nothing. The findings have no room and no position yet."""
        judged = self._situations.take(reading, now_ms)
        if judged.discard is not None:
            self._discard(judged.discard)
        if not judged.counts:
            return []
        verdicts: Verdicts = []
        for part in self._parts:
            verdicts += part.take(reading, judged.situation, now_ms)
        return verdicts

    def _discard(self, off: Discard) -> None:
        for part in self._parts:
            part.discard(off.device, off.from_ms, off.until_ms)

    def tick(self, now_ms: int) -> list[Finding | Clearing]:
        """What the mere passing of time is a reason for: a second measurement that did not come, what a person closed and
        holds on, a limit that is no more. Call it at `next_ms`, or every few seconds.
        """
        return [verdict for part in self._parts for verdict in part.tick(now_ms)]

    def next_ms(self) -> int | None:
        """When `tick` may have something to say without a reading; in the past: now. None: never."""
        return earliest([part.next_ms() for part in self._parts])

    def closed(self, alert: Alert, now_ms: int) -> None:
        """A person closed this alert. What still holds is told anew after its time."""
        for part in self._parts:
            part.closed(alert, now_ms)

    # --- over a restart -------------------------------------------------------------------------------------------

    def memory(self) -> dict[str, bytes]:
        """What has changed since the last call and must survive a restart, by name; empty bytes: nothing is left of it."""
        return {**self._memory_of_others(), **self._limits.memory()}

    def memory_due(self, now_ms: int) -> dict[str, bytes]:
        """The same of what was not on the disk for half an hour, little by little: nothing waits for it."""
        found = dict(self._limits.memory_due(now_ms))
        if now_ms - self._saved_ms >= SAVED_EVERY_MS or now_ms < self._saved_ms:
            self._saved_ms = now_ms
            found |= self._memory_of_others()
        return found

    def memory_of(self, wearer: str) -> dict[str, bytes]:
        """The same of one wearer: what must be on the disk with what was just told of them, or closed."""
        others = self._memory_of_others()
        mine = {name: content for name, content in others.items() if name.endswith("/" + wearer)}
        self._unsaved = {name: content for name, content in others.items() if name not in mine}
        return {**mine, **self._limits.memory(wearer)}

    def _memory_of_others(self) -> dict[str, bytes]:
        found, self._unsaved = {**self._unsaved, **self._situations.memory()}, {}
        for part in self._parts[1:]:
            found.update(part.memory())
        return found

    def load(self, memory: Mapping[str, bytes]) -> None:
        """What an earlier life remembered; names that nobody knows are left aside."""
        self._situations.load(memory)
        for part in self._parts:
            part.load(memory)

    def resume(self, alerts: Iterable[Alert], now_ms: int) -> list[Finding]:
        """Take up the alerts that were open before a restart, so that they can end; gives what holds and no alert tells.

        Before it, `load`, and take the readings since again, each with the time it was received as `now_ms`, and leave
        aside what that gives: what of it was never told comes out here.
        """
        opened = [alert for alert in alerts if alert.open and not alert.test]
        for alert in opened:
            for part in self._parts:
                part.resume(alert, now_ms)
        return self._limits.untold(opened, now_ms)
