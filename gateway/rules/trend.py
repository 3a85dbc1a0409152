"""Tells in the morning that a wearer's pulse at rest was higher than in the nights before: an illness may begin. Pure.

A night (21:00 to 07:00, local) is cut into five minutes each; those in which steps were counted are left out, and where no
band counts steps the night itself is all that is known. Its resting rate is a low percentile of the middle pulse of each. It
is held against the nights of two weeks. An advisory, once a day at most, which the next ordinary night ends. What a band had
stored counts like the rest, as long as it comes before half past seven.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo

import msgspec
from msgspec import Struct, field

from gateway.alert import Alert, Clearing, Finding, RuleRef
from gateway.readings import Reading
from gateway.rules.middle import median, median_low
from gateway.rules.part import Stretch, Verdicts
from gateway.rules.sign_rows import TrendRow
from gateway.rules.situation import Situation
from gateway.rules.table import RuleTable
from gateway.rules.wearer_situation import NIGHT_FROM, NIGHT_TO

BIN_MS = 5 * 60_000
APART_MS = 5_000  # of a fast stream, so many pulses make a middle as well as all
OPEN_BINS = 6  # half an hour: what comes later than that into five minutes that have their middle is left out
GRACE_MS = 30 * 60_000  # after the night, for what bands had stored
DAY_MS = 24 * 3_600_000
NAME = "trend/"


class Bin(Struct, array_like=True):
    """Five minutes: the pulses, the newest of them, and who told them."""

    newest_ms: int
    device: str
    pulses: list[float]


class Night(Struct, array_like=True):
    """The night that is on: its hours, the bins that may still grow, the middles of the others, those with steps."""

    begin_ms: int
    end_ms: int
    open: dict[int, Bin] = field(default_factory=dict)
    middles: dict[int, float] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)


class Nights(Struct, array_like=True):
    """Of one wearer: the night that is on, and the resting rates of those before, each with the time of its morning.

    `told_ms`: when it was told, where that stands. `newest_ms`: of the last pulse that was taken.
    """

    night: Night | None = None
    rates: list[tuple[int, float]] = field(default_factory=list)
    told_ms: int | None = None
    newest_ms: int = 0


class Hours(Struct, frozen=True):
    """A stretch of local time, from seven to nine in the evening or from then to seven."""

    begin_ms: int
    end_ms: int
    night: bool


def hours_of(at_ms: int, zone: tzinfo) -> Hours:
    """The stretch that this time lies in."""
    at = datetime.fromtimestamp(at_ms / 1000, zone)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    edges = [
        midnight.replace(hour=NIGHT_FROM) - timedelta(days=1),
        midnight.replace(hour=NIGHT_TO),
        midnight.replace(hour=NIGHT_FROM),
        midnight.replace(hour=NIGHT_TO) + timedelta(days=1),
    ]
    place = 0 if at.hour < NIGHT_TO else 1 if at.hour < NIGHT_FROM else 2
    begin_ms, end_ms = (round(edge.timestamp() * 1000) for edge in edges[place : place + 2])
    return Hours(begin_ms, end_ms, place != 1)


class Trend:
    """A `RulePart`. By day it costs a comparison."""

    def __init__(self, table: RuleTable, zone: tzinfo) -> None:
        self._zone = zone
        self._wearers: dict[str, Nights] = {}
        self._changed: set[str] = set()
        self._hours = Hours(0, 0, night=False)  # the stretch that was asked for last
        self._due: tuple[int | None] | None = None  # what `next_ms` found, as long as nothing else is due
        self.use(table)

    def use(self, table: RuleTable) -> None:
        """Another table from now on."""
        self._row: TrendRow = table.rows.trend
        self._table = table.version

    def take(self, reading: Reading, situation: Situation, now_ms: int) -> Verdicts:
        """A reading of a device that is worn."""
        at_ms = reading.at_ms
        if not self._hours.begin_ms <= at_ms < self._hours.end_ms:
            self._hours = hours_of(at_ms, self._zone)
        if not self._hours.night or reading.kind != "heart_rate" or (reading.quality and not reading.valid):
            return []
        nights = self._wearers.get(reading.wearer)
        if nights is not None and nights.newest_ms <= at_ms < nights.newest_ms + APART_MS and not situation.steps_5min:
            return []
        if nights is None:
            nights = self._wearers[reading.wearer] = Nights()
        night, told = nights.night, list[Finding | Clearing]()
        if night is None or night.begin_ms != self._hours.begin_ms:
            if now_ms >= self._hours.end_ms + GRACE_MS or (night is not None and night.begin_ms > at_ms):
                return []  # that night is over
            told = self._settle(reading.wearer, nights)
            night = nights.night = Night(self._hours.begin_ms, self._hours.end_ms)
            self._due = None
        nights.newest_ms = at_ms
        self._put(night, reading, situation)
        return told

    def _put(self, night: Night, reading: Reading, situation: Situation) -> None:
        number = (reading.at_ms - night.begin_ms) // BIN_MS
        if situation.steps_5min:
            night.moved.add(number)
            night.open.pop(number, None)
            night.middles.pop(number, None)
        elif (five := night.open.get(number)) is not None:
            if reading.at_ms - five.newest_ms < APART_MS:
                return
            five.newest_ms, five.device = reading.at_ms, reading.device
            five.pulses.append(reading.value)  # type: ignore[arg-type]  # a pulse is a number
        elif number not in night.middles and number not in night.moved:
            night.open[number] = Bin(reading.at_ms, reading.device, [reading.value])  # type: ignore[list-item]
            for old in [old for old in night.open if old < number - OPEN_BINS]:
                night.middles[old] = median_low(night.open.pop(old).pulses)
        else:
            return
        self._changed.add(reading.wearer)

    # --- the morning --------------------------------------------------------------------------------------------------

    def _settle(self, wearer: str, nights: Nights) -> Verdicts:
        """What the night that is over tells."""
        self._due = None
        night, nights.night = nights.night, None
        if night is None:
            return []
        self._changed.add(wearer)
        rate = self._rate(night)
        oldest_ms = night.end_ms - self._row.days * DAY_MS - DAY_MS // 2
        before = nights.rates = [one for one in nights.rates if one[0] > oldest_ms]
        if rate is None:
            return []
        nights.rates = [*before, (night.end_ms, rate)]
        highest = self._highest([known for _, known in before])
        if highest is None or rate < highest:
            return self._end(wearer, nights, night.end_ms)
        nights.told_ms = night.end_ms
        rule = RuleRef(id=self._row.rule, table=self._table, limit=highest)
        return [Finding(kind="trend", priority="advisory", at_ms=night.end_ms, rule=rule, wearer=wearer)]

    def _rate(self, night: Night) -> float | None:
        """The pulse at rest; None where too little of the night is known."""
        middles = sorted([*night.middles.values(), *(median_low(five.pulses) for five in night.open.values())])
        return middles[len(middles) * self._row.percentile // 100] if len(middles) >= self._row.bins else None

    def _highest(self, rates: list[float]) -> float | None:
        """From which rate on a night is told of; None: too few nights are known."""
        if len(rates) < self._row.nights:
            return None
        usual = median(rates)
        deviation = median(abs(rate - usual) for rate in rates)
        return usual + max(self._row.above, self._row.deviations * deviation)

    def _end(self, wearer: str, nights: Nights, at_ms: int) -> Verdicts:
        if nights.told_ms is None:
            return []
        nights.told_ms = self._due = None
        return [Clearing(kind="trend", at_ms=at_ms, wearer=wearer)]

    def tick(self, now_ms: int) -> Verdicts:
        """In the morning, the night; and the end of what no later night tells of."""
        found: Verdicts = []
        for wearer, nights in list(self._wearers.items()):
            if nights.night is not None and now_ms >= nights.night.end_ms + GRACE_MS:
                found += self._settle(wearer, nights)
            if nights.told_ms is not None and now_ms >= nights.told_ms + 2 * DAY_MS:
                found += self._end(wearer, nights, now_ms)
                self._changed.add(wearer)
        return found

    def next_ms(self) -> int | None:
        """When the next of these is due."""
        if self._due is None:
            mornings = [nights.night.end_ms + GRACE_MS for nights in self._wearers.values() if nights.night is not None]
            ends = [nights.told_ms + 2 * DAY_MS for nights in self._wearers.values() if nights.told_ms is not None]
            self._due = (min([*mornings, *ends], default=None),)
        return self._due[0]

    # --- people and the disk ------------------------------------------------------------------------------------------

    def discard(self, device: str, from_ms: int, until_ms: int | None = None) -> None:
        """It was off the wrist: what may still grow of these five minutes counts no more."""
        off = Stretch(from_ms, until_ms)
        for wearer, nights in self._wearers.items():
            if nights.night is not None:
                bins = nights.night.open
                for number in [number for number, five in bins.items() if five.device == device and off.covers(five.newest_ms)]:
                    del bins[number]
                    self._changed.add(wearer)

    def closed(self, alert: Alert, _now_ms: int) -> None:
        """A person closed it: the next morning tells anew, where it still holds."""
        nights = self._wearers.get(alert.wearer)
        if alert.kind == "trend" and nights is not None:
            nights.told_ms = self._due = None
            self._changed.add(alert.wearer)

    def resume(self, alert: Alert, _now_ms: int) -> None:
        """It stands since before a restart."""
        if alert.kind == "trend" and alert.condition == "active":
            nights = self._wearers.setdefault(alert.wearer, Nights())
            nights.told_ms, self._due = max(nights.told_ms or 0, alert.at_ms), None
            self._changed.add(alert.wearer)

    def forget(self, wearer: str) -> None:
        """Nothing of this wearer counts any more."""
        if self._wearers.pop(wearer, None) is not None:
            self._due = None
            self._changed.add(wearer)

    def clock_stepped(self, by_ms: int) -> None:
        """The wall clock was set. Where by much, nobody knows which night it was."""
        self._due = None
        for wearer, nights in self._wearers.items():
            self._changed.add(wearer)
            if abs(by_ms) > BIN_MS:
                nights.night = None
            nights.rates = [(at_ms + by_ms, rate) for at_ms, rate in nights.rates]
            nights.told_ms = None if nights.told_ms is None else nights.told_ms + by_ms
            nights.newest_ms += by_ms

    def memory(self) -> Mapping[str, bytes]:
        """By wearer; empty: nothing is left of it."""
        changed, self._changed = self._changed, set()
        return {NAME + wearer: self._encoded(wearer) for wearer in sorted(changed)}

    def _encoded(self, wearer: str) -> bytes:
        nights = self._wearers.get(wearer)
        return b"" if nights is None else msgspec.msgpack.encode(nights)

    def load(self, memory: Mapping[str, bytes]) -> None:
        """What is damaged is left aside."""
        self._due = None
        for name, content in memory.items():
            if name.startswith(NAME) and content:
                try:
                    self._wearers[name.removeprefix(NAME)] = msgspec.msgpack.decode(content, type=Nights)
                except (msgspec.MsgspecError, ValueError):
                    continue
