"""Watches one kind of reading of one wearer: what holds now, what held in late readings, and what to tell of it. Pure."""

from __future__ import annotations

from gateway.alert import COULD_NOT_CONFIRM, NOT_CONFIRMED, PAST_EVENT, Alert, Clearing, Finding, Priority, RuleRef
from gateway.readings import Reading
from gateway.rules.limit_tracker import CONFIRMED, Crossed, LimitTracker, Severity
from gateway.rules.limits import Limits, parts_of
from gateway.rules.persistence import CountedReading

PRIORITIES: dict[Severity, Priority] = {
    **{severity: priority for priority, severity in CONFIRMED.items()},
    Severity.UNCONFIRMED: "warning",
}

Verdicts = list[Finding | Clearing]


class SeriesMonitor:
    """`severity` is what was told last: a rise is told, a fall to nothing, and that an unconfirmed one was refuted.

    Late readings are a series of their own: they never make more than a warning. A reading of now that is back inside
    the limits ends what they told, too.
    """

    def __init__(self, wearer: str, limits: Limits, table: str) -> None:
        self._wearer, self._limits, self._table = wearer, limits, table
        self._now = LimitTracker(limits)
        self._past = LimitTracker(limits)
        self.severity = Severity.NOTHING

    def use(self, limits: Limits, table: str) -> None:
        """Other limits from now on; `settle` must follow before the next reading."""
        self._limits, self._table = limits, table
        self._now.use(limits)
        self._past.use(limits)

    def settle(self, now_ms: int) -> Verdicts:
        """After `use`: the end of what no limit holds any more."""
        before, self.severity = self.severity, self._holds()
        if before and not self.severity:
            return [Clearing(kind=self._limits.kind, at_ms=now_ms, wearer=self._wearer)]
        return []

    @property
    def newest_ms(self) -> int:
        """When the newest reading of now was measured."""
        return self._now.newest_ms

    def start_over(self, now_ms: int) -> None:
        """Forget the readings: the clock was set back. What holds goes on."""
        self._now = self._now.without_readings(now_ms)
        self._past = self._past.without_readings(now_ms)

    def shift(self, by_ms: int) -> None:
        """The clock stepped by so much: what is so long ago stays so long ago."""
        self._now.shift(by_ms)
        self._past.shift(by_ms)

    def take(self, reading: Reading) -> Verdicts:
        """A reading of now."""
        sample = CountedReading(reading.at_ms, parts_of(reading.value), reading)
        newest = sample.at_ms > self._now.newest_ms
        changed = self._now.take(sample)
        if newest and self._past.crossed:
            changed |= self._past.end(sample)
        return self._tell(reading) if changed else []

    def take_late(self, reading: Reading) -> Verdicts:
        """A reading that a band had stored, or that was long on its way. Some send again what they sent at once: no news."""
        sample = CountedReading(reading.at_ms, parts_of(reading.value), reading)
        changed = not self._now.covers(reading.at_ms) and self._past.take(sample)
        return self._tell(reading) if changed else []

    def _tell(self, reading: Reading) -> Verdicts:
        """What is to be told after this reading."""
        before, self.severity = self.severity, self._holds()
        if self.severity > before:
            return [self.finding()]
        if before == Severity.UNCONFIRMED > self.severity:
            refuted = self._clearing(reading, NOT_CONFIRMED)
            return [refuted, self.finding()] if self.severity else [refuted]
        return [self._clearing(reading)] if before and not self.severity else []

    def _holds(self) -> Severity:
        return max(self._now.severity, min(self._past.severity, Severity.WARNING))

    def finding(self) -> Finding:
        """What makes the severity, as a reason for an alert."""
        if self._now.severity == self.severity:
            cause = self._now.cause()
            return self._found(cause, cause.since_ms)
        cause = self._past.cause()
        return self._found(cause, cause.since_ms, PAST_EVENT)

    def _found(self, cause: Crossed, at_ms: int, detail: str = "") -> Finding:
        return Finding(
            kind=self._limits.kind,
            priority=PRIORITIES[self.severity],
            at_ms=at_ms,
            rule=RuleRef(id=cause.limit.rule, table=self._table, limit=cause.limit.limit),
            wearer=self._wearer,
            device=cause.readings[-1].device if cause.readings else "",
            readings=cause.readings,
            unconfirmed=not cause.confirmed,
            detail=detail,
        )

    def _clearing(self, reading: Reading, detail: str = "") -> Clearing:
        return Clearing(
            kind=self._limits.kind,
            at_ms=reading.at_ms,
            wearer=self._wearer,
            device=reading.device,
            detail=detail,
            readings=(reading,),
        )

    @property
    def confirm_ms(self) -> int:
        """How long the unconfirmed crossing of now may wait for its second reading; 0: there is none."""
        if not self.severity == self._now.severity == Severity.UNCONFIRMED:
            return 0
        return self._now.cause().limit.persistence.confirm_s * 1000

    def could_not_confirm(self, now_ms: int) -> Finding:
        """The second reading did not come."""
        return self._found(self._now.cause(), now_ms, COULD_NOT_CONFIRM)

    def resume(self, alert: Alert) -> None:
        """Take up an open alert from before a restart, where the readings since do not tell of it already."""
        if self.severity == Severity.NOTHING:
            self._now.resume(alert)
            self.severity = self._holds()

    def told_by(self, alert: Alert) -> bool:
        """Whether this alert tells all that holds."""
        known = Severity.UNCONFIRMED if alert.unconfirmed else CONFIRMED[alert.priority]
        return alert.condition == "active" and known >= self.severity
