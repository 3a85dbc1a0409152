"""Sees what the gateway commits, and when by the simulation's own clock: the facts that the invariants are about."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf

from gateway.alert import Alert, AlertEvent, Asked
from gateway.store import alert_rows
from gateway.store.alert_rows import Row
from tests.simulation.box import GATEWAY
from tests.simulation.story import Story

Number = tuple[int, int]  # of an alert: its epoch and its number


@dataclass
class Run:
    """One run of a ladder, from `from_level` on: since when it is on the disk, or, where somebody cannot come after all,
    `receipt_s` earlier; when a person acknowledged last, and at which level.
    """

    number: int
    since_s: float
    from_level: int
    acknowledged_s: float | None = None
    acknowledged_level: int = 0


@dataclass
class Seen:
    """One alert as the disk has it. `asked`: who, by the number of the question. `untimed`: the machine began anew while its
    clock was wrong, so nobody can know how long it waits. `closed_s`: since when it is not open. `lost`: with the
    store that had it.
    """

    alert: Alert
    since_s: float
    run: Run
    events: list[AlertEvent] = field(default_factory=list)
    untimed: bool = False
    asked: dict[int, Asked] = field(default_factory=dict)
    closed_s: float = inf
    lost: bool = False
    holds_s: float | None = None  # since when it is active and acknowledged, and nobody was reminded

    @property
    def is_open(self) -> bool:
        """As docs/platform.md says: a critical one until a person closes it, others until their cause is gone."""
        alert = self.alert
        return alert.workflow not in ("resolved", "cancelled") and (
            alert.condition != "cleared" or alert.priority == "critical"
        )

    @property
    def on_ladder(self) -> bool:
        """Whether people are to be called until somebody is on the way."""
        alert = self.alert
        calls = alert.priority == "critical" and alert.kind != "technical" and not alert.test and alert.detail != "past_event"
        return not self.lost and self.is_open and calls and alert.ladder is not None and not alert.ladder.dispatched


class Witness:
    """`on_event(seen, event)` and `on_level(seen, level before, at_s)` are told of what each commit brings.

    `events` are by their id at the platform; `lost_events` were in a store that was lost.
    """

    def __init__(self, now_s: Callable[[], float], receipt_s: float, story: Story) -> None:
        self.alerts: dict[Number, Seen] = {}
        self.events: dict[str, AlertEvent] = {}
        self.lost_events: set[str] = set()
        self.commits = 0
        self.on_event: Callable[[Seen, AlertEvent], None] = lambda *_: None
        self.on_level: Callable[[Seen, int, float], None] = lambda *_: None
        self._now_s, self._receipt_s, self._story = now_s, receipt_s, story
        self._newest = 0
        self._rows: dict[int, Row] = {}  # of the alerts that are open, by number: most commits change few of them

    def wrote(self, file: str, connection: sqlite3.Connection) -> None:
        """A transaction is on the disk."""
        self.commits += 1
        if file == "alerts.db":
            events = alert_rows.events(
                connection.execute("SELECT * FROM event WHERE seq > ? ORDER BY seq", (self._newest,)).fetchall()
            )
            self._newest = max((event.seq for event in events), default=self._newest)
            self._alerts(alert_rows.alerts(self._changed(connection)), events)
            for event in events:
                self._event(event)

    def loses(self) -> None:
        """The file of alerts is about to be lost, with all that is in it."""
        self._newest, self._rows = 0, {}
        self.lost_events |= self.events.keys()
        for seen in self.alerts.values():
            seen.lost, seen.holds_s = True, None

    def _changed(self, connection: sqlite3.Connection) -> list[Row]:
        """The alerts that are open, or were at the last commit, and are not as they were then."""
        marks = ",".join("?" * len(self._rows))
        sql = f"SELECT * FROM alert WHERE open = 1 OR number IN ({marks}) ORDER BY number"
        before, rows = self._rows, connection.execute(sql, list(self._rows)).fetchall()
        still_open = {row[0] for row in connection.execute("SELECT number FROM alert WHERE open = 1")}
        self._rows = {row[0]: row for row in rows if row[0] in still_open}
        return [row for row in rows if before.get(row[0]) != row]

    def _alerts(self, alerts: Sequence[Alert], events: Sequence[AlertEvent]) -> None:
        now_s = self._now_s()
        for alert in [*(event.alert for event in events), *alerts]:
            key = (alert.epoch, alert.number)
            seen = self.alerts.get(key)
            if seen is None:
                self.alerts[key] = seen = Seen(alert, now_s, self._run_of(alert, now_s))
            before, seen.alert = seen.alert, alert
            self._follows(seen, before, now_s)

    def _follows(self, seen: Seen, before: Alert, now_s: float) -> None:
        after = seen.alert
        if after.condition != "active" or after.workflow != "acknowledged":
            seen.holds_s = None
        elif seen.holds_s is None:
            seen.holds_s = now_s
        seen.closed_s = inf if seen.is_open else min(seen.closed_s, now_s)
        seen.asked.update({one.n: one for one in after.asked})
        if after.ladder and after.ladder.run != seen.run.number:
            seen.run = self._run_of(after, now_s)
        if _acknowledges(before, after):
            seen.run.acknowledged_s, seen.run.acknowledged_level = now_s, before.level
        if after.level > before.level:
            self.on_level(seen, before.level, now_s)

    def _event(self, event: AlertEvent) -> None:
        seen = self.alerts[event.alert.epoch, event.alert.number]
        seen.events.append(event)
        if event.reminder:
            seen.holds_s = self._now_s()
        self.events[f"{GATEWAY}/{event.alert.epoch}/A{event.alert.number}#{event.seq}"] = event
        self._story.tell(
            self._now_s(),
            event.event,
            f"A{event.alert.number}#{event.seq} {event.alert.kind} level {event.alert.level} {event.alert.actor}",
        )
        self.on_event(seen, event)

    def _run_of(self, alert: Alert, now_s: float) -> Run:
        ladder = alert.ladder
        if ladder is None:
            return Run(0, now_s, 0)
        return Run(ladder.run, now_s - (self._receipt_s if ladder.withdrawn else 0), ladder.from_level)


def _acknowledges(before: Alert, after: Alert) -> bool:
    """Also without an event, where somebody was on the way before; what a new boot counts by its own clock is no other word."""
    was, now = (alert.ladder.acknowledged if alert.ladder else None for alert in (before, after))
    return now is not None and (was is None or (was != now and was.boot == now.boot))
