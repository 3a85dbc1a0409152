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
from gateway.rules.series_monitor import SeriesMonitor
from gateway.rules.table import RuleTable

LATE_MS = 30 * 60_000  # older than this is no call of now (R-CLIN-08)
FORGOTTEN_MS = 24 * 3_600_000  # older than this is a matter for the record, not for an alert
AHEAD_MS = 10 * 60_000  # a newest reading so far ahead of the clock: the clock was set back

Key = tuple[str, str]  # wearer, kind


class Wait(NamedTuple):
    """For a second measurement."""

    until_ms: int
    lasting_ms: int


class RuleEngine:
    """Holds what lasts of each kind of each wearer: a few readings each, however many come."""

    def __init__(self, table: RuleTable) -> None:
        self._table = table
        self._watches: dict[Key, SeriesMonitor] = {}
        self._waits: dict[Key, Wait] = {}

    def take(self, reading: Reading, now_ms: int) -> list[Finding | Clearing]:
        """What this reading is a reason for; mostly nothing. The findings have no room and no position yet."""
        key = (reading.wearer, reading.kind)
        series_monitor = self._watches.get(key) or self._begin(key)
        if series_monitor is None or (reading.quality and not reading.valid):
            return []
        age_ms = now_ms - reading.at_ms
        if series_monitor.newest_ms > now_ms + AHEAD_MS:
            series_monitor.start_over(now_ms)
        if not reading.history and age_ms <= LATE_MS:
            told = series_monitor.take(reading)
        elif age_ms <= FORGOTTEN_MS:
            told = series_monitor.take_late(reading)
        else:
            return []
        if told:
            self._wait(key, series_monitor, now_ms)
        return told

    def _begin(self, key: Key) -> SeriesMonitor | None:
        limits = self._table.limits(*key)
        if limits is None:
            return None
        self._watches[key] = SeriesMonitor(key[0], limits, self._table.version)
        return self._watches[key]

    def _wait(self, key: Key, series_monitor: SeriesMonitor, now_ms: int) -> None:
        """Wait for a second measurement where one is needed, and no longer where it came."""
        if series_monitor.confirm_ms:
            self._waits[key] = Wait(now_ms + series_monitor.confirm_ms, series_monitor.confirm_ms)
        else:
            self._waits.pop(key, None)

    def tick(self, now_ms: int) -> list[Finding | Clearing]:
        """What the mere passing of time is a reason for: a second measurement that did not come. Call it every few seconds."""
        told: list[Finding | Clearing] = []
        for key, wait in list(self._waits.items()):
            if now_ms >= wait.until_ms:
                del self._waits[key]
                if self._watches[key].confirm_ms:
                    told.append(self._watches[key].could_not_confirm(now_ms))
            else:  # where the clock was set back, the wait must not grow with it
                self._waits[key] = Wait(min(wait.until_ms, now_ms + wait.lasting_ms), wait.lasting_ms)
        return told

    def resume(self, alerts: Iterable[Alert], now_ms: int) -> list[Finding]:
        """Take up the alerts that were open before a restart, so that they can end; gives what holds and no alert tells.

        Before it, take the latest readings again, each with the time it was received as `now_ms`, and leave aside what
        that gives: what of it was never told comes out here.
        """
        told = set()
        for alert in alerts:
            key = (alert.wearer, alert.kind)
            series_monitor = self._watches.get(key) or self._begin(key)
            if series_monitor is None or alert.test or not alert.open:
                continue
            if alert.condition == "active":
                series_monitor.resume(alert)
            if series_monitor.told_by(alert):
                told.add(key)
            if alert.detail != COULD_NOT_CONFIRM:
                self._wait(key, series_monitor, now_ms)
        return [
            series_monitor.finding()
            for key, series_monitor in self._watches.items()
            if series_monitor.severity and key not in told
        ]
