"""Watches one kind of reading of one wearer: what holds now, what held in late readings, and what to tell of it. Pure."""

from __future__ import annotations

from gateway.alert import COULD_NOT_CONFIRM, NOT_CONFIRMED, PAST_EVENT, Alert, Clearing, Finding, Priority, RuleRef
from gateway.readings import Reading
from gateway.rules.crossings import CONFIRMED, Crossings, Standing
from gateway.rules.limits import Limits, parts_of
from gateway.rules.persistence import Sample

PRIORITIES: dict[Standing, Priority] = {
    **{standing: priority for priority, standing in CONFIRMED.items()},
    Standing.UNCONFIRMED: "warning",
}

Told = list[Finding | Clearing]


class Watch:
    """`standing` is what was told last: a rise is told, a fall to nothing, and that an unconfirmed one was refuted.

    Late readings are a series of their own: they never make more than a warning. A reading of now that is back inside
    the limits ends what they told, too.
    """

    def __init__(self, limits: Limits, table: str) -> None:
        self._limits = limits
        self._table = table
        self._now = Crossings(limits)
        self._past = Crossings(limits)
        self.standing = Standing.NOTHING

    @property
    def newest_ms(self) -> int:
        """When the newest reading of now was measured."""
        return self._now.newest_ms

    def start_over(self) -> None:
        """Forget the readings: the clock was set back."""
        self._now.start_over()
        self._past.start_over()

    def take(self, reading: Reading) -> Told:
        """A reading of now."""
        sample = Sample(reading.at_ms, parts_of(reading.value), reading)
        changed = self._now.take(sample)
        if self._past.crossed:
            self._past.end(sample)
            changed = True
        return self._tell(reading) if changed else []

    def take_late(self, reading: Reading) -> Told:
        """A reading that a band had stored, or that was long on its way."""
        changed = self._past.take(Sample(reading.at_ms, parts_of(reading.value), reading))
        return self._tell(reading) if changed else []

    def _tell(self, reading: Reading) -> Told:
        """What is to be told after this reading."""
        before, self.standing = self.standing, max(self._now.standing, min(self._past.standing, Standing.WARNING))
        if self.standing > before:
            return [self._finding(reading)]
        if before == Standing.UNCONFIRMED > self.standing:
            refuted = self._clearing(reading, NOT_CONFIRMED)
            return [refuted, self._finding(reading)] if self.standing else [refuted]
        return [self._clearing(reading)] if before and not self.standing else []

    def _finding(self, reading: Reading) -> Finding:
        late = self._now.standing < self.standing
        cause = (self._past if late else self._now).cause()
        return Finding(
            kind=self._limits.kind,
            priority=PRIORITIES[self.standing],
            at_ms=cause.since_ms,
            rule=RuleRef(id=cause.limit.rule, table=self._table, limit=cause.limit.limit),
            wearer=reading.wearer,
            device=reading.device,
            readings=cause.readings,
            unconfirmed=not cause.confirmed,
            detail=PAST_EVENT if late else "",
        )

    def _clearing(self, reading: Reading, detail: str = "") -> Clearing:
        return Clearing(
            kind=self._limits.kind,
            at_ms=reading.at_ms,
            wearer=reading.wearer,
            device=reading.device,
            detail=detail,
            readings=(reading,),
        )

    @property
    def confirm_ms(self) -> int:
        """How long the unconfirmed crossing of now may wait for its second reading; 0: there is none."""
        if self.standing != Standing.UNCONFIRMED or self._now.standing != Standing.UNCONFIRMED:
            return 0
        return self._now.cause().limit.persistence.confirm_s * 1000

    def could_not_confirm(self, now_ms: int) -> Finding:
        """The second reading did not come."""
        cause = self._now.cause()
        return Finding(
            kind=self._limits.kind,
            priority="warning",
            at_ms=now_ms,
            rule=RuleRef(id=cause.limit.rule, table=self._table, limit=cause.limit.limit),
            wearer=cause.readings[-1].wearer,
            device=cause.readings[-1].device,
            readings=cause.readings,
            unconfirmed=True,
            detail=COULD_NOT_CONFIRM,
        )

    def resume(self, alert: Alert) -> None:
        """Take up an open alert from before a restart, where the readings since do not tell of it already."""
        if self.standing == Standing.NOTHING:
            self._now.resume(alert)
            self.standing = self._now.standing
