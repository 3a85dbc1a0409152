"""Which limits one series of readings of one wearer has crossed, and holds crossed, from persistence to deadband and off-delay.

Of a stream (persistence with `lasting_s`):

    nothing     -> crossed       by lasting (persistence.py), in the situation that the limit is for
    crossed     -> nothing       by staying inside by the deadband for the clear's lasting_s

Of cuff and thermometer (persistence with `confirm_s`):

    nothing     -> unconfirmed   by a first reading beyond
    nothing     -> crossed       by one beyond, where one of the two before it was beyond too
    unconfirmed -> crossed       by one more beyond, apart_s later
    unconfirmed -> nothing       by one inside by the deadband, apart_s later
    crossed     -> nothing       by one inside by the deadband

What a cuff said is neither refuted nor ended by an estimate without one.

A reading older than the newest one neither ends anything nor begins anything unconfirmed; it still counts for what
lasts. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from msgspec import Struct, structs

from gateway.alert import Alert, Priority
from gateway.readings import Reading
from gateway.rules.limits import Limit, Limits, Parts
from gateway.rules.middle import median_low
from gateway.rules.persistence import CountedReading, Window

NEVER_MS = -(1 << 62)
LOWERED: dict[Priority, Priority] = {"critical": "warning", "warning": "advisory"}
SPOT_LOOK_MS, SPOT_MOST = 48 * 3_600_000, 16  # a second measurement may come the day after
OWN_DAYS_MS = 14 * 86_400_000
OWN_LEAST, OWN_SPAN_MS = 5, 3 * 86_400_000  # so many values, over so long, are somebody's usual
OWN_BEFORE_MS = 3_600_000  # what belongs to the same occasion is not what was usual before
OWN_MOST = 100


class Severity(IntEnum):
    """How one limit, or one kind, stands with one wearer."""

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


class Told(IntEnum):
    """What people know of a crossed limit."""

    NOTHING = 0
    IN_DOUBT = 1
    SURELY = 2


class Crossed(Struct, eq=False):
    """A limit that holds crossed: since when, by which readings; `inside_ms`: since when readings are back inside it.

    `sure`: a sensor that is not doubted has seen it. `until_ms`: so long a second measurement is waited for; None: it came,
    or it is told that it did not. `closed_ms`: a person closed the alert; where it still holds at `retell_ms` it is told anew
    (None: with the next reading beyond). `alone`: no second measurement came, and beyond an extreme limit one is enough.
    """

    limit: Limit
    since_ms: int
    readings: tuple[Reading, ...]
    confirmed: bool = True
    sure: bool = True
    inside_ms: int | None = None
    told: Told = Told.NOTHING
    until_ms: int | None = None
    closed_ms: int | None = None
    retell_ms: int | None = None
    alone: bool = False

    @property
    def priority(self) -> Priority:
        """What this limit makes of the kind: never critical by a doubted sensor alone."""
        if not self.confirmed and not self.alone:
            return "warning"
        if self.sure:
            return self.limit.priority
        return "warning" if self.limit.persistence.confirm_s else LOWERED[self.limit.priority]

    @property
    def severity(self) -> Severity:
        """The same, as an order."""
        return CONFIRMED[self.priority] if self.confirmed or self.alone else Severity.UNCONFIRMED

    @property
    def side(self) -> tuple[int, bool]:
        """Which number, and whether it is too high."""
        return self.limit.part, self.limit.high


class LimitTracker:
    """Fed with samples; `crossed` tells what holds."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.window = Window(SPOT_LOOK_MS, SPOT_MOST) if limits.spot else Window(limits.look_ms)
        self.ended_ms: dict[str, int] = {}
        self.usual: list[tuple[int, Parts]] = []  # of 14 days, where some limit is measured against them
        self.newest_ms = NEVER_MS
        self.crossed: dict[str, Crossed] = {}

    def use(self, limits: Limits) -> None:
        """Other limits from now on: what was seen counts for them too; what a limit of the same name holds goes on."""
        self._limits = limits
        self.window.look_ms = max(self.window.look_ms, limits.look_ms)
        now = {limit.name: limit for limit in limits.limits}
        self.crossed = {
            name: structs.replace(crossed, limit=now[name]) for name, crossed in self.crossed.items() if name in now
        }

    def without_readings(self, now_ms: int) -> LimitTracker:
        """What holds, alone: the readings lie in the future since the clock was set back."""
        fresh = LimitTracker(self._limits)
        for name, crossed in self.crossed.items():
            fresh.crossed[name] = structs.replace(crossed, since_ms=min(crossed.since_ms, now_ms), inside_ms=None)
        return fresh

    def shift(self, by_ms: int) -> None:
        """The clock stepped by so much: what is so long ago stays so long ago."""
        self.window.shift(by_ms)
        self.ended_ms = {name: ended_ms + by_ms for name, ended_ms in self.ended_ms.items()}
        self.usual = [(at_ms + by_ms, parts) for at_ms, parts in self.usual]
        self.newest_ms += by_ms
        for crossed in self.crossed.values():
            crossed.since_ms += by_ms
            crossed.inside_ms = _later(crossed.inside_ms, by_ms)
            crossed.until_ms = _later(crossed.until_ms, by_ms)
            crossed.closed_ms = _later(crossed.closed_ms, by_ms)
            crossed.retell_ms = _later(crossed.retell_ms, by_ms)

    def discard(self, device: str, from_ms: int, until_ms: int) -> bool:
        """What this device measured then counts no more; what holds goes on. Whether there was anything."""
        if not self.window.discard(device, from_ms, until_ms):
            return False
        for crossed in self.crossed.values():
            if crossed.inside_ms is not None and from_ms <= crossed.inside_ms < until_ms:
                crossed.inside_ms = None
        return True

    def take_quiet(self, sample: CountedReading) -> bool:
        """Take a reading that neither begins nor ends anything, as nearly all are; whether it is one."""
        if self.crossed or not self._limits.quiet(sample.parts):
            return False
        if sample.at_ms <= self.newest_ms:
            return self.window.repeats_newest(sample)
        self.newest_ms = sample.at_ms
        self.window.add(sample)
        if self._limits.spot:
            self._remember_usual(sample)
        return True

    def take(self, sample: CountedReading) -> Iterator[bool]:
        """Any reading; of one that was late the effect on those after it too. Each time: whether it changed what holds."""
        place = self.window.add(sample)
        if place is None:
            return
        newest = sample.at_ms > self.newest_ms
        if newest:
            self.newest_ms = sample.at_ms
        for index in range(place, len(self.window.samples)):
            one = self.window.samples[index]
            changed = self.end(one) if newest or index > place else False
            if not self._limits.quiet(one.parts):
                changed |= self._begin(one, index, newest)
            yield changed
        self._remember_usual(sample)

    # --- the end --------------------------------------------------------------------------------------------------

    def end(self, sample: CountedReading) -> bool:
        """Let this reading end what it ends. Whether it ended anything."""
        over = [crossed for crossed in self.crossed.values() if self._over(crossed, sample)]
        for crossed in over:
            del self.crossed[crossed.limit.name]
            if crossed.confirmed and not crossed.limit.persistence.confirm_s:
                self.ended_ms[crossed.limit.name] = sample.at_ms
        return bool(over)

    def _over(self, crossed: Crossed, sample: CountedReading) -> bool:
        limit = crossed.limit
        if sample.at_ms < crossed.since_ms or (crossed.sure and not sample.sure and limit.persistence.confirm_s):
            return False
        if not limit.left(sample.parts):
            crossed.inside_ms = None
            return False
        if not crossed.confirmed:
            return _second(crossed, sample)
        if crossed.inside_ms is None or crossed.inside_ms > sample.at_ms:
            crossed.inside_ms = sample.at_ms
        return sample.at_ms - crossed.inside_ms >= limit.clear.lasting_s * 1000

    # --- the beginning --------------------------------------------------------------------------------------------

    def _begin(self, sample: CountedReading, place: int, newest: bool) -> bool:
        """Let this reading, which lies beyond some limit, begin or confirm what it does. Whether it did."""
        changed = False
        for limit in self._limits.limits:
            if not limit.crossed(sample.parts):
                continue
            crossed = self.crossed.get(limit.name)
            if crossed is not None and crossed.confirmed:
                changed |= _made_sure(crossed, sample)
            elif limit.persistence.confirm_s:
                changed |= self._by_another(limit, sample, place, crossed, newest)
            elif limit.is_for(sample.doing):
                changed |= self._by_lasting(limit, place)
        return changed

    def _by_lasting(self, limit: Limit, place: int) -> bool:
        seen = self.window.lasting(limit, place, self.ended_ms.get(limit.name, NEVER_MS))
        sure = any(one.sure for one in seen if limit.crossed(one.parts))
        if not seen or not (sure or limit.priority in LOWERED):
            return False
        self.crossed[limit.name] = Crossed(limit, seen[-1].at_ms, _telling(limit, seen), sure=sure)
        return True

    def _by_another(self, limit: Limit, sample: CountedReading, place: int, crossed: Crossed | None, newest: bool) -> bool:
        if limit.own and not self._is_unusual(limit, sample):
            return False
        if crossed is not None:
            if not _second(crossed, sample):
                return False
            readings, sure = (*crossed.readings, sample.reading), crossed.sure or sample.sure
            self.crossed[limit.name] = structs.replace(
                crossed, since_ms=sample.at_ms, readings=readings, confirmed=True, sure=sure, until_ms=None, alone=False
            )
            return True
        before = self._before(limit, sample, place)
        if before is not None:
            readings = (before.reading, sample.reading)
            self.crossed[limit.name] = Crossed(limit, sample.at_ms, readings, sure=before.sure or sample.sure)
            return True
        if not newest:
            return False
        self.crossed[limit.name] = Crossed(limit, sample.at_ms, (sample.reading,), confirmed=False, sure=sample.sure)
        return True

    def _before(self, limit: Limit, sample: CountedReading, place: int) -> CountedReading | None:
        """One of the two measurements before this one that was beyond too."""
        persistence, seen, occasion_ms = limit.persistence, 0, sample.at_ms
        for one in reversed(self.window.samples[:place]):
            if sample.at_ms - one.at_ms > persistence.within_s * 1000 or seen == 2:
                return None
            if occasion_ms - one.at_ms < persistence.apart_s * 1000:
                continue  # of the same occasion
            if limit.crossed(one.parts):
                return one
            seen, occasion_ms = seen + 1, one.at_ms
        return None

    def alone_beyond(self, sample: CountedReading) -> Limit | None:
        """The limit of which one reading is told alone where the next is missing, and this one lies beyond it."""
        for limit in self._limits.limits:
            if limit.persistence.missing_s and limit.name not in self.crossed and limit.crossed(sample.parts):
                return limit
        return None

    def hold_last(self) -> Crossed | None:
        """Hold crossed, in doubt, what the last reading lies beyond, told as it is; None: that counts no more."""
        samples = self.window.samples
        limit = self.alone_beyond(samples[-1]) if samples else None
        if limit is None:
            return None
        last = samples[-1]
        crossed = Crossed(limit, last.at_ms, (last.reading,), confirmed=False, sure=last.sure, told=Told.IN_DOUBT)
        self.crossed[limit.name] = crossed
        return crossed

    # --- what is usual --------------------------------------------------------------------------------------------

    def _remember_usual(self, sample: CountedReading) -> None:
        if self._limits.spot:
            self.usual.append((sample.at_ms, sample.parts))
            oldest_ms = self.newest_ms - OWN_DAYS_MS
            self.usual = [one for one in self.usual[-OWN_MOST:] if one[0] >= oldest_ms]

    def _is_unusual(self, limit: Limit, sample: CountedReading) -> bool:
        """Whether it is so far from the median of the days before; where these are not known, it is not."""
        before = [(at_ms, parts[limit.part]) for at_ms, parts in self.usual if at_ms < sample.at_ms - OWN_BEFORE_MS]
        if len(before) < OWN_LEAST or before[-1][0] - before[0][0] < OWN_SPAN_MS:
            return False
        away = sample.parts[limit.part] - median_low(value for _, value in before)
        return away >= limit.own if limit.high else -away >= limit.own

    # --- after a restart ------------------------------------------------------------------------------------------

    def resume(self, alert: Alert) -> None:
        """Hold crossed what an open alert from before a restart stands for, so that it can end."""
        fitting = [limit for limit in self._limits.limits if _fits(limit, alert)]
        exact = [one for one in fitting if one.rule == alert.rule.id and one.limit == alert.rule.limit]
        told = Told.IN_DOUBT if alert.unconfirmed else Told.SURELY
        for limit in exact or [one for one in fitting if one.rule == alert.rule.id] or fitting:
            crossed = Crossed(limit, alert.at_ms, alert.readings, confirmed=not alert.unconfirmed, told=told)
            self.crossed[limit.name] = crossed


def _later(at_ms: int | None, by_ms: int) -> int | None:
    return None if at_ms is None else at_ms + by_ms


def _telling(limit: Limit, seen: tuple[CountedReading, ...]) -> tuple[Reading, ...]:
    """Of the readings that last: the first, the one farthest out, the newest."""
    farthest = (max if limit.high else min)(seen, key=lambda one: one.parts[limit.part])
    chosen = {id(one): one for one in (seen[0], farthest, seen[-1])}
    return tuple(one.reading for one in sorted(chosen.values(), key=lambda one: one.at_ms))


def _made_sure(crossed: Crossed, sample: CountedReading) -> bool:
    """A sensor that is not doubted sees it too."""
    if crossed.sure or not sample.sure:
        return False
    crossed.since_ms = max(crossed.since_ms, sample.at_ms)
    crossed.sure, crossed.told, crossed.readings = True, Told.NOTHING, (*crossed.readings[-1:], sample.reading)
    return True


def _second(unconfirmed: Crossed, sample: CountedReading) -> bool:
    """Whether this reading is far enough from the first to confirm or refute it."""
    return sample.at_ms - unconfirmed.since_ms >= unconfirmed.limit.persistence.apart_s * 1000


def _fits(limit: Limit, alert: Alert) -> bool:
    if alert.unconfirmed:
        return limit.persistence.confirm_s > 0
    return limit.priority == alert.priority or alert.rule.limit == limit.limit
