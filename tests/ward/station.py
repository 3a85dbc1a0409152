"""One wearer's rules and alerts as in the daemon, with a nurse who closes what is over: no disk, no clock, no network.

The path is that of a reading: plausibility, rule engine, supervision of the band, life cycle of alerts. No ladder.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from msgspec import structs

from drivers.measurement import Measurement
from gateway.alert import CLOSED, Alert, Clearing, EventName, Finding
from gateway.alerts import lifecycle
from gateway.alerts.lifecycle import Action
from gateway.intake.plausibility import Plausibility
from gateway.readings import Reading
from gateway.rules.table import RuleTable
from gateway.supervision.bands import BandSupervision
from tests.ward.rules import rules

NURSE_MS = 15 * 60_000  # nobody closes a critical alert sooner
TICK_MS = 5_000


class Told(NamedTuple):
    """One event on the wire."""

    at_ms: int
    event: EventName
    alert: Alert


class Station:
    """`told`: every event. `over`: every alert that is, with the time at which it ended."""

    def __init__(
        self,
        table: RuleTable,
        *,
        bands: BandSupervision | None = None,
        nurse: bool = True,
        keep: bool = True,
        tick_ms: int = TICK_MS,
    ) -> None:
        self._table, self._nurse, self._keep, self._tick_ms = table, nurse, keep, tick_ms
        self.rules = rules(table)
        self._bands = bands
        self._plausible = Plausibility()
        self._disk: dict[str, bytes] = {}
        self._numbers = 0
        self.now_ms = 0
        self.alerts: list[Alert] = []
        self.over: list[tuple[Alert, int]] = []
        self.told: list[Told] = []
        self.events = 0

    # --- what comes ---------------------------------------------------------------------------------------------------

    def hear(self, readings: Iterable[Reading]) -> None:
        """Readings in the order in which they come."""
        judge, take, tick_ms, waited_ms = self._plausible.judge, self.rules.take, self._tick_ms, self.now_ms
        for reading in readings:
            if reading.received_ms - waited_ms >= tick_ms:
                waited_ms = reading.received_ms
                self.wait(reading.received_ms)
            self.now_ms = max(self.now_ms, reading.received_ms)
            words = judge(reading.device, Measurement(kind=reading.kind, value=reading.value), reading.at_ms)
            judged = structs.replace(reading, quality=(*reading.quality, *words)) if words else reading
            for verdict in take(judged, self.now_ms):
                self._keep_verdict(verdict)
            if self._bands is not None:
                for verdict in [*self._bands.heard(judged.device, self.now_ms), *self._bands.see(judged, self.now_ms)]:
                    self._keep_verdict(verdict)

    def wait(self, until_ms: int) -> None:
        """Time passes: the rules' own time, and the nurse's."""
        if not self.now_ms:
            self.now_ms = until_ms
        while (due_ms := self._next_ms()) is not None and due_ms <= until_ms:
            self.now_ms = max(self.now_ms, due_ms)
            for verdict in self.rules.tick(self.now_ms):
                self._keep_verdict(verdict)
            if self._bands is not None:
                for verdict in self._bands.tick(self.now_ms):
                    self._keep_verdict(verdict)
            self._close_what_is_over()
        self.now_ms = max(self.now_ms, until_ms)

    def _next_ms(self) -> int | None:
        """When something is due by itself, no sooner than a tick from now."""
        closing = [max(alert.raised_ms + NURSE_MS, self.now_ms) for alert in self.alerts if self._is_over(alert)]
        due = [self.rules.next_ms(), self._bands.next_ms() if self._bands is not None else None]
        waits = closing + [max(one, self.now_ms + self._tick_ms) for one in due if one is not None]
        return min(waits, default=None)

    def _keep_verdict(self, verdict: Finding | Clearing) -> None:
        before = lifecycle.find(self.alerts, verdict)
        if before is None:
            if isinstance(verdict, Finding):
                self._numbers += 1
                alert = lifecycle.open_alert(self._numbers, verdict, self.now_ms)
                self.alerts.append(alert)
                self._tell("raised", alert)
            return
        after, event = lifecycle.step(before, verdict)
        self._replace(before, after, event)

    # --- what people do -----------------------------------------------------------------------------------------------

    def close(self, alert: Alert, verb: str = "resolve") -> None:
        """A person closes it."""
        after, event = lifecycle.step(alert, Action(verb=verb, actor="nurse"))
        self._replace(alert, after, event)
        self.rules.closed(after, self.now_ms)
        if self._bands is not None:
            self._bands.closed(after, self.now_ms)

    def close_all(self, verb: str = "resolve") -> None:
        """A person closes everything."""
        for alert in list(self.alerts):
            self.close(alert, verb)

    def _is_over(self, alert: Alert) -> bool:
        return self._nurse and alert.condition == "cleared"

    def _close_what_is_over(self) -> None:
        for alert in [one for one in self.alerts if self._is_over(one) and one.raised_ms + NURSE_MS <= self.now_ms]:
            self.close(alert)

    # --- what becomes of it -------------------------------------------------------------------------------------------

    def restart(self, now_ms: int) -> None:
        """kill -9 and start: what was on the disk is all that is left."""
        self.now_ms = max(self.now_ms, now_ms)
        self._disk |= self.rules.memory()
        self.rules = rules(self._table)
        self.rules.load(self._disk)
        for verdict in self.rules.resume(self.alerts, self.now_ms):
            self._keep_verdict(verdict)

    def _replace(self, before: Alert, after: Alert, event: EventName | None) -> None:
        place = self.alerts.index(before)
        if after.open:
            self.alerts[place] = after
        else:
            del self.alerts[place]
            self.over.append((after, self.now_ms))
        if event is not None:
            self._tell(event, after)

    def _tell(self, event: EventName, alert: Alert) -> None:
        self.events += 1
        if self._keep:
            self.told.append(Told(self.now_ms, event, alert))

    def finish(self) -> list[tuple[Alert, int]]:
        """All alerts, those that are still open as if they ended now."""
        return self.over + [(alert, self.now_ms) for alert in self.alerts if alert.workflow not in CLOSED]
