"""Which limits one series of readings of one wearer has crossed, and holds crossed, from persistence to deadband and off-delay.

    nothing     -> unconfirmed   by the first reading beyond, where the persistence has confirm_s
    unconfirmed -> crossed       by one more beyond, span_s later
    nothing     -> crossed       by lasting (persistence.py)
    unconfirmed -> nothing       by one inside by the deadband, span_s later
    crossed     -> nothing       by staying inside by the deadband for lasting_s

A reading older than the newest one neither ends anything nor begins anything unconfirmed; it still counts for what
lasts. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from msgspec import Struct, structs

from gateway.alert import Alert, Priority
from gateway.readings import Reading
from gateway.rules.limits import Limit, Limits
from gateway.rules.persistence import CountedReading, Window
from gateway.rules.rows import Persistence

NEVER_MS = -(1 << 62)


class Severity(IntEnum):
    """How one kind stands with one wearer: the most urgent that holds."""

    NOTHING = 0
    ADVISORY = 1
    UNCONFIRMED = 2
    WARNING = 3
    CRITICAL = 4


CONFIRMED: dict[Priority, Severity] = {
    "advisory": Severity.ADVISORY,
    "warning": Severity.WARNING,
    "critical": Severity.CRITICAL,
}


class Crossed(Struct, eq=False):
    """A limit that holds crossed: since when, by which readings; `inside_ms`: since when readings are back inside it."""

    limit: Limit
    since_ms: int
    readings: tuple[Reading, ...]
    confirmed: bool = True
    inside_ms: int | None = None

    @property
    def severity(self) -> Severity:
        """What this limit alone would make of the kind."""
        return CONFIRMED[self.limit.priority] if self.confirmed else Severity.UNCONFIRMED


class LimitTracker:
    """Fed with samples; `crossed` and `severity` tell what holds."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._windows = {persistence: Window(persistence) for persistence in limits.persistences}
        self._ended_ms: dict[str, int] = {}
        self.newest_ms = NEVER_MS
        self.crossed: dict[str, Crossed] = {}

    def use(self, limits: Limits) -> None:
        """Other limits from now on: what was seen counts for them too; what a limit of the same name holds goes on."""
        seen = sorted((sample for window in self._windows.values() for sample in window.samples), key=_at_ms)
        windows = {persistence: self._windows.get(persistence) for persistence in limits.persistences}
        self._windows = {persistence: window or _filled(persistence, seen) for persistence, window in windows.items()}
        self._limits = limits
        now = {limit.name: limit for limit in limits.limits}
        self.crossed = {
            name: structs.replace(crossed, limit=now[name])
            for name, crossed in self.crossed.items()
            if name in now and (crossed.confirmed or now[name].persistence.confirm_s)
        }

    def without_readings(self, now_ms: int) -> LimitTracker:
        """What holds, alone: the readings lie in the future since the clock was set back."""
        fresh = LimitTracker(self._limits)
        for name, crossed in self.crossed.items():
            since_ms = min(crossed.since_ms, now_ms)
            fresh.crossed[name] = Crossed(crossed.limit, since_ms, crossed.readings, confirmed=crossed.confirmed)
        return fresh

    def shift(self, by_ms: int) -> None:
        """The clock stepped by so much: what is so long ago stays so long ago."""
        for window in self._windows.values():
            window.shift(by_ms)
        self._ended_ms = {name: ended_ms + by_ms for name, ended_ms in self._ended_ms.items()}
        self.newest_ms += by_ms
        for crossed in self.crossed.values():
            crossed.since_ms += by_ms
            if crossed.inside_ms is not None:
                crossed.inside_ms += by_ms

    @property
    def severity(self) -> Severity:
        """The most urgent that holds."""
        return max((crossed.severity for crossed in self.crossed.values()), default=Severity.NOTHING)

    def cause(self) -> Crossed:
        """The limit that makes the severity, and among equals the one farthest from normal."""
        severity = self.severity
        names = (limit.name for limit in self._limits.limits)
        return next(self.crossed[name] for name in names if name in self.crossed and self.crossed[name].severity == severity)

    def covers(self, at_ms: int) -> bool:
        """Whether readings of about this time were taken already."""
        return any(window.covers(at_ms) for window in self._windows.values())

    def take(self, sample: CountedReading) -> bool:
        """A reading. Whether it changed what holds."""
        counting = [window for window in self._windows.values() if window.add(sample)]
        changed = bool(self.crossed) and self.end(sample)
        if not self._limits.quiet(sample.parts):
            changed |= self._begin(sample, counting)
        if sample.at_ms > self.newest_ms:
            self.newest_ms = sample.at_ms
        return changed

    def end(self, sample: CountedReading) -> bool:
        """Let this reading end what it ends. Whether it ended anything."""
        if sample.at_ms <= self.newest_ms:
            return False
        over = [crossed for crossed in self.crossed.values() if self._over(crossed, sample)]
        for crossed in over:
            del self.crossed[crossed.limit.name]
            if crossed.confirmed:
                self._ended_ms[crossed.limit.name] = sample.at_ms
        return bool(over)

    def _over(self, crossed: Crossed, sample: CountedReading) -> bool:
        limit = crossed.limit
        if not limit.left(sample.parts):
            crossed.inside_ms = None
            return False
        if not crossed.confirmed and not _second(crossed, sample):
            return False
        if crossed.inside_ms is None:
            crossed.inside_ms = sample.at_ms
        return sample.at_ms - crossed.inside_ms >= limit.clear.lasting_s * 1000

    def _begin(self, sample: CountedReading, counting: list[Window]) -> bool:
        """Let this reading, which lies beyond some limit, begin or confirm what it does. Whether it did."""
        changed = False
        for limit in self._limits.limits:
            crossed = self.crossed.get(limit.name)
            if (crossed is None or not crossed.confirmed) and limit.crossed(sample.parts):
                began = self._began(limit, sample, crossed, counting)
                if began is not None:
                    self.crossed[limit.name] = began
                    changed = True
        return changed

    def _began(
        self, limit: Limit, sample: CountedReading, unconfirmed: Crossed | None, counting: list[Window]
    ) -> Crossed | None:
        """The crossing, as far as this reading makes it one."""
        if unconfirmed is not None and _second(unconfirmed, sample):
            return Crossed(limit, sample.at_ms, (*unconfirmed.readings, sample.reading))
        window = self._windows[limit.persistence]
        readings = window.lasting(limit, self._ended_ms.get(limit.name, NEVER_MS)) if window in counting else ()
        if readings:
            return Crossed(limit, sample.at_ms, readings)
        if unconfirmed is None and limit.persistence.confirm_s and sample.at_ms > self.newest_ms:
            return Crossed(limit, sample.at_ms, (sample.reading,), confirmed=False)
        return None

    def resume(self, alert: Alert) -> None:
        """Hold crossed what an open alert from before a restart stands for, so that it can end."""
        fitting = [limit for limit in self._limits.limits if _fits(limit, alert)]
        for limit in [limit for limit in fitting if limit.rule == alert.rule.id] or fitting:
            self.crossed[limit.name] = Crossed(limit, alert.at_ms, alert.readings, confirmed=not alert.unconfirmed)


def _filled(persistence: Persistence, seen: Iterable[CountedReading]) -> Window:
    """A new window, as if it had been there before."""
    window = Window(persistence)
    for sample in seen:
        window.add(sample)
    return window


def _at_ms(sample: CountedReading) -> int:
    return sample.at_ms


def _second(unconfirmed: Crossed, sample: CountedReading) -> bool:
    """Whether this reading is far enough from the first to confirm or refute it."""
    return sample.at_ms - unconfirmed.since_ms >= unconfirmed.limit.persistence.span_s * 1000


def _fits(limit: Limit, alert: Alert) -> bool:
    return limit.persistence.confirm_s > 0 if alert.unconfirmed else limit.priority == alert.priority
