"""Watches one kind of reading of one wearer: what holds now, what held in late readings, and what to tell of it. Pure.

Told is, whatever stands already: a limit that is crossed farther out, more urgently or on another side than what people
know of; a first measurement in doubt, and what becomes of it; what still holds after a person closed the alert; the end of
all. Not told is what lies nearer to the normal than what was told of its side.
"""

from __future__ import annotations

from collections.abc import Iterable

from gateway.alert import (
    COULD_NOT_CONFIRM,
    NOT_CONFIRMED,
    PAST_EVENT,
    PRIORITIES,
    SENSOR_UNVALIDATED,
    Alert,
    Clearing,
    Finding,
    Priority,
    RuleRef,
)
from gateway.readings import Reading
from gateway.rules.limit_tracker import CONFIRMED, NEVER_MS, Crossed, LimitTracker, Severity, Told
from gateway.rules.limits import Limits
from gateway.rules.persistence import CountedReading

AGAIN_MS: dict[Priority, int] = {"critical": 15 * 60_000, "warning": 60 * 60_000, "advisory": 60 * 60_000}
USUAL_MOST_MS = 3_600_000  # a longer time between two readings is no interval
SAME_MS = 60_000  # of a stream: what a band stored so near to what it sent at once is no news

Verdicts = list[Finding | Clearing]


class SeriesMonitor:
    """Late readings are a series of their own: they never make more than a warning. A reading of now that is back inside
    the limits ends what they told, too.
    """

    def __init__(self, wearer: str, limits: Limits, table: str) -> None:
        self._wearer, self._limits, self._table = wearer, limits, table
        self.now = LimitTracker(limits)
        self.past = LimitTracker(limits)
        self.told = False  # something was told that did not end yet
        self.dated_ms: int | None = None  # when `tick` has something to say
        self.missing_ms: int | None = None  # where no further reading comes till then, the last one is told alone

    def use(self, limits: Limits, table: str) -> None:
        """Other limits from now on; `settle` must follow before the next reading."""
        self._limits, self._table = limits, table
        self.now.use(limits)
        self.past.use(limits)

    def settle(self, now_ms: int) -> Verdicts:
        """After `use`: the end of what no limit holds any more."""
        self._date()
        if self.told and not self._held():
            self.told = False
            return [Clearing(kind=self._limits.kind, at_ms=now_ms, wearer=self._wearer)]
        return []

    def start_over(self, now_ms: int) -> None:
        """Forget the readings: the clock was set back. What holds goes on."""
        self.now = self.now.without_readings(now_ms)
        self.past = self.past.without_readings(now_ms)

    def shift(self, by_ms: int) -> None:
        """The clock stepped by so much: what is so long ago stays so long ago."""
        self.now.shift(by_ms)
        self.past.shift(by_ms)
        self.missing_ms = None if self.missing_ms is None else self.missing_ms + by_ms
        self._date()

    def discard(self, device: str, from_ms: int, until_ms: int) -> bool:
        """What this device measured then counts no more; whether there was anything."""
        return self.now.discard(device, from_ms, until_ms) | self.past.discard(device, from_ms, until_ms)

    # --- readings -------------------------------------------------------------------------------------------------

    def take(self, sample: CountedReading, now_ms: int) -> Verdicts:
        """A reading of now."""
        if not self.told and not self.past.crossed and self.missing_ms is None and self.now.take_quiet(sample):
            return []
        before_ms = self.now.newest_ms
        newest = sample.at_ms > self.now.newest_ms
        told: Verdicts = []
        before = self._in_doubt()
        past_ended = newest and bool(self.past.crossed) and self.past.end(sample)
        for changed in self.now.take(sample):
            if changed or past_ended:
                told += self._tell(sample.reading, before, now_ms)
                before, past_ended = self._in_doubt(), False
        if newest:
            self._miss(sample, before_ms, now_ms)
        return told or self._tell_again(sample, now_ms)

    def _miss(self, sample: CountedReading, before_ms: int, now_ms: int) -> None:
        """After one reading beyond an extreme limit the next is missed where it does not come."""
        limit = self.now.alone_beyond(sample)
        if limit is None and self.missing_ms is None:
            return
        usual_ms = min(sample.at_ms - before_ms, USUAL_MOST_MS) if before_ms > NEVER_MS else 0
        self.missing_ms = None if limit is None else now_ms + max(limit.persistence.missing_s * 1000, 3 * usual_ms)
        self._date()

    def take_late(self, sample: CountedReading, now_ms: int) -> Verdicts:
        """A reading that a band had stored, or that was long on its way. Some send again what they sent at once: no news."""
        if self.now.window.near(sample.at_ms, 25_000 if self._limits.spot else SAME_MS):
            return []
        told: Verdicts = []
        before = self._in_doubt()
        for changed in self.past.take(sample):
            if changed:
                told += self._tell(sample.reading, before, now_ms)
                before = self._in_doubt()
        return told

    def _held(self) -> list[Crossed]:
        return [*self.now.crossed.values(), *self.past.crossed.values()]

    def _in_doubt(self) -> list[Crossed]:
        """What people know of as unconfirmed."""
        return [one for one in self._held() if one.told == Told.IN_DOUBT]

    # --- what is told ---------------------------------------------------------------------------------------------

    def _tell(self, reading: Reading, in_doubt: list[Crossed], now_ms: int) -> Verdicts:
        """What is to be told after this reading, which changed what holds."""
        news = self._news()
        for crossed in self._held():
            crossed.told = Told.SURELY if crossed.confirmed else max(crossed.told, Told.IN_DOUBT)
        refuted = bool(in_doubt) and not any(one.told == Told.IN_DOUBT or one in news for one in self._held())
        verdicts: Verdicts = []
        if news:
            verdicts = self._found_now(news, now_ms)
        elif refuted and self._held():
            verdicts = [self._finding(self._top(self._held()), reading.at_ms, NOT_CONFIRMED, (reading,))]
        elif self.told and not self._held():
            self.told = False
            verdicts = [self._clearing(reading, NOT_CONFIRMED if in_doubt else "")]
        self._date()
        return verdicts

    def _news(self) -> list[Crossed]:
        """What holds and people do not know of: what has become certain, and what goes beyond what they know."""
        known_now = [one for one in self.now.crossed.values() if one.told]
        known = [*known_now, *(one for one in self.past.crossed.values() if one.told)]
        news = [one for one in self.now.crossed.values() if _is_news(one, known_now)]
        late = [one for one in self.past.crossed.values() if _is_news(one, known)]
        return news or late

    def _found_now(self, news: list[Crossed], now_ms: int) -> Verdicts:
        """The worst of what is new: of what is certain, and then of what is in doubt. Where people are called anew, nothing
        else is to be told again.
        """
        self.told = True
        for crossed in self._held():
            crossed.retell_ms = crossed.closed_ms = None
        for crossed in self.now.crossed.values():
            if not crossed.confirmed and crossed.until_ms is None and crossed in news:
                crossed.until_ms = now_ms + crossed.limit.persistence.confirm_s * 1000
        tops = [self._top(some) for doubted in (False, True) if (some := [one for one in news if one.confirmed != doubted])]
        return [self._finding(top, top.since_ms) for top in tops]

    def _top(self, held: Iterable[Crossed]) -> Crossed:
        """The most urgent, and among equals the one farthest from normal."""
        return max(held, key=lambda one: (one.severity, -PRIORITIES.index(one.limit.priority), one.limit.level == "extreme"))

    def _finding(self, crossed: Crossed, at_ms: int, detail: str = "", more: tuple[Reading, ...] = ()) -> Finding:
        late = self.now.crossed.get(crossed.limit.name) is not crossed
        priority = crossed.priority
        if late and priority == "critical":
            priority = "warning"
        known = set(map(id, crossed.readings))
        readings = (*crossed.readings, *(one for one in more if id(one) not in known))
        doubted = "" if crossed.sure else SENSOR_UNVALIDATED
        return Finding(
            kind=self._limits.kind,
            priority=priority,
            at_ms=at_ms,
            rule=RuleRef(id=crossed.limit.rule, table=self._table, limit=crossed.limit.limit),
            wearer=self._wearer,
            device=readings[-1].device if readings else "",
            readings=readings,
            unconfirmed=not crossed.confirmed,
            detail=PAST_EVENT if late else detail or doubted,
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

    # --- time -----------------------------------------------------------------------------------------------------

    def _date(self) -> None:
        held = self.now.crossed.values()
        dates = [at_ms for one in held for at_ms in (one.until_ms, one.retell_ms) if at_ms is not None]
        dates += [] if self.missing_ms is None else [self.missing_ms]
        self.dated_ms = min(dates, default=None)

    def tick(self, now_ms: int) -> Verdicts:
        """What is due: a second measurement that did not come, what still holds after a person closed the alert."""
        if self.dated_ms is None:
            return []
        if now_ms < self.dated_ms:
            self._wait_no_longer(now_ms)
            return []
        told = self._not_confirmed(now_ms) + self._still_holds(now_ms) + self._missed(now_ms)
        self._date()
        return told

    def _wait_no_longer(self, now_ms: int) -> None:
        """Where the clock was set back, what is waited for must not grow with it."""
        for crossed in self.now.crossed.values():
            if crossed.until_ms is not None:
                crossed.until_ms = min(crossed.until_ms, now_ms + crossed.limit.persistence.confirm_s * 1000)
            if crossed.retell_ms is not None:
                crossed.retell_ms = min(crossed.retell_ms, now_ms + AGAIN_MS[crossed.priority])
        if self.missing_ms is not None:
            self.missing_ms = min(self.missing_ms, now_ms + 3 * USUAL_MOST_MS)
        self._date()

    def _not_confirmed(self, now_ms: int) -> Verdicts:
        due = [one for one in self.now.crossed.values() if one.until_ms is not None and one.until_ms <= now_ms]
        for crossed in due:
            crossed.until_ms = None
            crossed.alone = crossed.limit.extreme and crossed.sure
        return [self._finding(self._top(due), now_ms, COULD_NOT_CONFIRM)] if due else []

    def _missed(self, now_ms: int) -> Verdicts:
        """One reading beyond an extreme limit, and none after it."""
        if self.missing_ms is None or now_ms < self.missing_ms:
            return []
        self.missing_ms = None
        crossed = self.now.hold_last()
        if crossed is None:
            return []
        self.told = True
        return [self._finding(crossed, now_ms, COULD_NOT_CONFIRM)]

    def _still_holds(self, now_ms: int) -> Verdicts:
        """What no reading came of since the alert was closed waits for the next one."""
        due = [one for one in self.now.crossed.values() if one.retell_ms is not None and one.retell_ms <= now_ms]
        for crossed in due:
            crossed.retell_ms = None
        samples = self.now.window.samples
        newest_ms = samples[-1].at_ms if samples else self.now.newest_ms
        seen = [one for one in due if one.closed_ms is not None and newest_ms > one.closed_ms and one.inside_ms is None]
        return [self._again(seen, now_ms)] if seen else []

    def _tell_again(self, sample: CountedReading, now_ms: int) -> Verdicts:
        """This reading shows that what a person closed still holds, after its time."""
        waiting = [
            one
            for one in self.now.crossed.values()
            if one.closed_ms is not None and (one.retell_ms is None or one.retell_ms <= now_ms)
        ]
        if sample.at_ms < self.now.newest_ms or not any(one.limit.crossed(sample.parts) for one in waiting):
            return []
        return [self._again(waiting, now_ms)]

    def _again(self, still: list[Crossed], now_ms: int) -> Finding:
        samples = self.now.window.samples
        for crossed in self._held():
            crossed.retell_ms = crossed.closed_ms = None
        self.told = True
        self._date()
        return self._finding(self._top(still), now_ms, more=(samples[-1].reading,) if samples else ())

    def closed(self, now_ms: int) -> None:
        """A person closed the alert of this kind. What a cuff or thermometer said is for the next reading to say anew."""
        self.past.ended_ms |= dict.fromkeys(self.past.crossed, self.past.newest_ms)
        self.past.crossed.clear()
        if self._limits.spot:
            self.now.crossed.clear()
        for crossed in self.now.crossed.values():
            crossed.closed_ms, crossed.retell_ms = now_ms, now_ms + AGAIN_MS[crossed.priority]
        self.told = bool(self.now.crossed)
        self._date()

    # --- after a restart ------------------------------------------------------------------------------------------

    def resume(self, alert: Alert) -> None:
        """Take up an open alert from before a restart, where what is remembered does not tell of it already."""
        if alert.condition != "active" or self._held():
            return
        self.now.resume(alert)
        self.told = bool(self.now.crossed)
        for crossed in self.now.crossed.values():
            if not crossed.confirmed and alert.detail != COULD_NOT_CONFIRM:
                crossed.until_ms = alert.at_ms + crossed.limit.persistence.confirm_s * 1000
        self._date()

    def untold(self, alert: Alert | None, now_ms: int) -> list[Finding]:
        """What holds, and neither this open alert nor one that a person closed tells of it."""
        held = self._held()
        if not held or any(one.closed_ms is not None for one in held):
            return []
        top = self._top(held)
        doubted = any(not one.confirmed for one in held)
        if alert is not None and _known_by(alert) >= CONFIRMED[top.priority] and doubted >= alert.unconfirmed:
            return []
        return [self._finding(top, now_ms if alert else top.since_ms)]


def _known_by(alert: Alert) -> Severity:
    return CONFIRMED[alert.priority] if alert.condition == "active" else Severity.NOTHING


def _is_news(crossed: Crossed, known: list[Crossed]) -> bool:
    """Whether people are to be told of this limit, where they know of those."""
    if crossed.told:
        return crossed.told == Told.IN_DOUBT and crossed.confirmed
    same = [one for one in known if one.side == crossed.side]
    severity = max((one.severity for one in same), default=Severity.NOTHING)
    return not same or crossed.severity > severity or crossed.limit.out > max(one.limit.out for one in same)
