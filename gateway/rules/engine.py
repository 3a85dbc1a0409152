"""The rules at work: readings in, reasons for alerts and their ends out. Pure: time is a parameter.

Windows go by the time of measuring (`at_ms`); `now_ms`, the wall clock, tells only what is late, and when to stop waiting
for a second measurement. What a reading gives depends on the readings before it, never on how they were batched. A repeat
soon after changes nothing; a record that a band sends again hours later must be known as a repeat before it comes here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from gateway.alert import COULD_NOT_CONFIRM, Alert, Clearing, Finding
from gateway.readings import Reading
from gateway.rules.help import call_for_help
from gateway.rules.series_monitor import SeriesMonitor
from gateway.rules.table import RuleTable

LATE_MS = 30 * 60_000  # older than this is no call of now (R-CLIN-08)
FORGOTTEN_MS = 24 * 3_600_000  # older than this is a matter for the record, not for an alert
AHEAD_MS = 10 * 60_000  # a newest reading so far ahead of the clock: the clock was set back

Key = tuple[str, str]  # wearer, kind


class ConfirmationWait(NamedTuple):
    """For a second measurement."""

    until_ms: int
    lasting_ms: int


class RuleEngine:
    """Holds what lasts of each kind of each wearer: a few readings each, however many come."""

    def __init__(self, table: RuleTable) -> None:
        self._table = table
        self._monitors: dict[Key, SeriesMonitor] = {}
        self._waits: dict[Key, ConfirmationWait] = {}
        self._changed: set[Key] = set()  # other limits hold, and nothing was said of it yet

    def use(self, table: RuleTable) -> None:
        """Another table from now on. What was seen and what holds stays; what was raised by a limit that is no more ends
        with the next reading or tick.
        """
        self._table = table
        for key, monitor in self._monitors.items():
            limits = table.limits(*key)
            assert limits is not None  # every table has rules of the same kinds
            monitor.use(limits, table.version)
        self._changed.update(self._monitors)

    def forget(self, wearer: str) -> None:
        """Nothing that was seen of this wearer counts any more, and no alert names it; nothing of theirs may be open."""
        for key in [key for key in self._monitors if key[0] == wearer]:
            del self._monitors[key]
            self._waits.pop(key, None)
            self._changed.discard(key)

    def clock_stepped(self, by_ms: int) -> None:
        """The wall clock was set: nothing lasts longer or shorter for it, and no wait ends sooner or later."""
        for monitor in self._monitors.values():
            monitor.shift(by_ms)
        self._waits = {key: ConfirmationWait(wait.until_ms + by_ms, wait.lasting_ms) for key, wait in self._waits.items()}

    def call_for_help(self, reading: Reading) -> Finding:
        """What a press or a fall that calls for help is a reason for, whatever the limits."""
        return call_for_help(reading, self._table.version)

    def take(self, reading: Reading, now_ms: int) -> list[Finding | Clearing]:
        """What this reading is a reason for; mostly nothing. The findings have no room and no position yet."""
        key = (reading.wearer, reading.kind)
        monitor = self._monitors.get(key) or self._begin(key)
        if monitor is None or (reading.quality and not reading.valid):
            return []
        ended = self._settle(key, now_ms) if key in self._changed else []
        age_ms = now_ms - reading.at_ms
        if monitor.newest_ms > now_ms + AHEAD_MS:
            monitor.start_over(now_ms)
        if not reading.history and age_ms <= LATE_MS:
            found = monitor.take(reading)
        elif age_ms <= FORGOTTEN_MS:
            found = monitor.take_late(reading)
        else:
            return ended
        if found:
            self._wait(key, monitor, now_ms)
        return ended + found

    def _settle(self, key: Key, now_ms: int) -> list[Finding | Clearing]:
        """After `use`: the end of what no limit holds any more."""
        self._changed.discard(key)
        return self._monitors[key].settle(now_ms)

    def _begin(self, key: Key) -> SeriesMonitor | None:
        limits = self._table.limits(*key)
        if limits is None:
            return None
        self._monitors[key] = SeriesMonitor(key[0], limits, self._table.version)
        return self._monitors[key]

    def _wait(self, key: Key, monitor: SeriesMonitor, now_ms: int) -> None:
        """Wait for a second measurement where one is needed, and no longer where it came."""
        if monitor.confirm_ms:
            self._waits[key] = ConfirmationWait(now_ms + monitor.confirm_ms, monitor.confirm_ms)
        else:
            self._waits.pop(key, None)

    def tick(self, now_ms: int) -> list[Finding | Clearing]:
        """What the mere passing of time is a reason for: a second measurement that did not come, a limit that is no more.

        Call it every few seconds.
        """
        found = [clearing for key in sorted(self._changed) for clearing in self._settle(key, now_ms)]
        for key, wait in list(self._waits.items()):
            if now_ms >= wait.until_ms:
                del self._waits[key]
                if self._monitors[key].confirm_ms:
                    found.append(self._monitors[key].could_not_confirm(now_ms))
            else:  # where the clock was set back, the wait must not grow with it
                self._waits[key] = ConfirmationWait(min(wait.until_ms, now_ms + wait.lasting_ms), wait.lasting_ms)
        return found

    def next_ms(self) -> int | None:
        """When `tick` may have something to say without a reading; None: never."""
        return min((wait.until_ms for wait in self._waits.values()), default=None)

    def resume(self, alerts: Iterable[Alert], now_ms: int) -> list[Finding]:
        """Take up the alerts that were open before a restart, so that they can end; gives what holds and no alert tells.

        Before it, take the latest readings again, each with the time it was received as `now_ms`, and leave aside what
        that gives: what of it was never told comes out here.
        """
        known = set()
        for alert in alerts:
            key = (alert.wearer, alert.kind)
            monitor = self._monitors.get(key) or self._begin(key)
            if monitor is None or alert.test or not alert.open:
                continue
            if alert.condition == "active":
                monitor.resume(alert)
            if monitor.told_by(alert):
                known.add(key)
            if alert.detail != COULD_NOT_CONFIRM:
                self._wait(key, monitor, now_ms)
        return [monitor.finding() for key, monitor in self._monitors.items() if monitor.severity and key not in known]
