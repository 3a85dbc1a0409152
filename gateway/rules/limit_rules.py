"""The rules of measured kinds: each series of a wearer against its limits, over restarts as if there were none. Pure.

Windows go by the time of measuring (`at_ms`); `now_ms`, the wall clock, tells only what is late, and when to stop waiting.
What a reading gives depends on the readings before it, never on how they were batched. A repeat soon after changes
nothing; a record that a band sends again hours later must be known as a repeat before it comes here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from drivers.measurement import Kind
from gateway.alert import Alert, Finding
from gateway.earliest import earliest
from gateway.readings import Reading
from gateway.rules import series_memory
from gateway.rules.limits import doing_of, parts_of
from gateway.rules.part import Verdicts
from gateway.rules.persistence import CountedReading
from gateway.rules.rows import PARTS
from gateway.rules.series_memory import Taken
from gateway.rules.series_monitor import SeriesMonitor
from gateway.rules.situation import Situation
from gateway.rules.table import RuleTable

LATE_MS = 30 * 60_000  # older than this is no call of now (R-CLIN-08)
FORGOTTEN_MS = 24 * 3_600_000  # older than this is a matter for the record, not for an alert
AHEAD_MS = 10 * 60_000  # a newest reading so far ahead of the clock: the clock was set back
NEVER_OVER_MS = 1 << 62
NAME = "series/"  # in the store, before kind and wearer
NONE_TAKEN: Taken = (-1, -1)
SAVED_EVERY_MS = 30 * 60_000  # of 50 bands some 20 MB a day
SAVED_AT_ONCE = 2  # series: a press must not wait while they are packed

RULED = frozenset(PARTS)

Key = tuple[str, str]  # wearer, kind


class LimitRules:
    """Holds what lasts of each kind of each wearer: the readings of some minutes each, however many come."""

    def __init__(self, table: RuleTable) -> None:
        self._table = table
        self._monitors: dict[Key, SeriesMonitor] = {}
        self._taken: dict[Key, Taken] = {}  # the newest reading of each, for who takes readings again after a start
        self._loaded: dict[Key, Taken] = {}  # what an earlier life had taken
        self._dated: set[Key] = set()  # those that have something to say without a reading
        self._settling: set[Key] = set()  # other limits hold, and nothing was said of it yet
        self._changed: dict[Key, None] = {}
        self._saved_ms: dict[Key, int] = {}
        self._situation: Situation | None = None  # of the reading before, and what the wearer did then
        self._doing = 0

    # --- readings -------------------------------------------------------------------------------------------------

    def take(self, reading: Reading, situation: Situation, now_ms: int) -> Verdicts:
        """What this reading is a reason for; mostly nothing. The findings have no room and no position yet."""
        if reading.kind not in RULED or (reading.quality and not reading.valid):
            return []
        key = (reading.wearer, reading.kind)
        monitor = self._monitors.get(key) or self._begin(key)
        if monitor is None:
            return []
        if reading.seq:
            taken = (reading.epoch, reading.seq)
            if key in self._loaded and taken <= self._loaded[key]:
                return []  # an earlier life took it
            self._taken[key] = taken
        ended = self._settle(key, now_ms) if self._settling and key in self._settling else []
        if monitor.now.newest_ms > now_ms + AHEAD_MS:
            monitor.start_over(now_ms)
        self._changed[key] = None
        if situation is not self._situation:
            self._situation, self._doing = situation, doing_of(situation)
        sample = CountedReading(reading.at_ms, parts_of(reading.value), reading, self._doing, _is_sure(reading, situation))
        age_ms = now_ms - reading.at_ms
        if not reading.history and age_ms <= LATE_MS:
            verdicts = monitor.take(sample, now_ms)
        else:
            verdicts = monitor.take_late(sample, now_ms) if age_ms <= FORGOTTEN_MS else []
        if verdicts or monitor.dated_ms is not None:
            self._date(key, monitor)
        return ended + verdicts if ended else verdicts

    def _begin(self, key: Key) -> SeriesMonitor | None:
        limits = self._table.limits(*key)
        if limits is None:
            return None
        self._monitors[key] = SeriesMonitor(key[0], limits, self._table.version)
        return self._monitors[key]

    def _date(self, key: Key, monitor: SeriesMonitor) -> None:
        if monitor.dated_ms is None:
            self._dated.discard(key)
        else:
            self._dated.add(key)

    def discard(self, device: str, from_ms: int, until_ms: int | None = None) -> None:
        """What this device measured since then counts no more: it was off the wrist. What was told stands."""
        for key, monitor in self._monitors.items():
            if monitor.discard(device, from_ms, until_ms or NEVER_OVER_MS):
                self._changed[key] = None

    # --- time -----------------------------------------------------------------------------------------------------

    def tick(self, now_ms: int) -> Verdicts:
        """A second measurement that did not come, what still holds after its alert was closed, a limit that is no more."""
        told = [clearing for key in sorted(self._settling) for clearing in self._settle(key, now_ms)]
        for key in sorted(self._dated):
            found = self._monitors[key].tick(now_ms)
            if found:
                self._changed[key] = None
                told += found
            self._date(key, self._monitors[key])
        return told

    def next_ms(self) -> int | None:
        """When `tick` has something to say; 0: now."""
        if self._settling:
            return 0
        return earliest(self._monitors[key].dated_ms for key in self._dated) if self._dated else None

    def clock_stepped(self, by_ms: int) -> None:
        """The wall clock was set: nothing lasts longer or shorter for it, and no wait ends sooner or later."""
        for key, monitor in self._monitors.items():
            monitor.shift(by_ms)
            self._changed[key] = None

    # --- other limits ---------------------------------------------------------------------------------------------

    def use(self, table: RuleTable) -> None:
        """Another table from now on. What was seen and what holds stays; what was raised by a limit that is no more ends
        with the next reading or tick.
        """
        self._table = table
        for key, monitor in self._monitors.items():
            limits = table.limits(*key)
            assert limits is not None  # every table has rules of the same kinds
            monitor.use(limits, table.version)
        self._settling.update(self._monitors)

    def _settle(self, key: Key, now_ms: int) -> Verdicts:
        """After `use`: the end of what no limit holds any more."""
        self._settling.discard(key)
        ended = self._monitors[key].settle(now_ms)
        self._date(key, self._monitors[key])
        return ended

    # --- people ---------------------------------------------------------------------------------------------------

    def closed(self, alert: Alert, now_ms: int) -> None:
        """A person closed this alert. What still holds is told anew after its time."""
        key: Key = (alert.wearer, alert.kind)
        monitor = self._monitors.get(key)
        if monitor is not None and not alert.test:
            monitor.closed(now_ms)
            self._date(key, monitor)
            self._changed[key] = None

    def forget(self, wearer: str) -> None:
        """Nothing that was seen of this wearer counts any more, and no alert names it; nothing of theirs may be open."""
        for key in [key for key in self._monitors if key[0] == wearer]:
            del self._monitors[key]
            for known in (self._taken, self._loaded, self._changed, self._saved_ms):
                known.pop(key, None)
            self._dated.discard(key)
            self._settling.discard(key)

    # --- over a restart -------------------------------------------------------------------------------------------

    def memory(self, wearer: str = "") -> Mapping[str, bytes]:
        """What has changed since the last call and must survive a restart, by name. `wearer`: only theirs."""
        return self._packed([key for key in self._changed if not wearer or key[0] == wearer])

    def memory_due(self, now_ms: int) -> Mapping[str, bytes]:
        """A few of those that have not been on the disk for half an hour."""
        due = []
        for key in self._changed:
            if now_ms - self._saved_ms.setdefault(key, now_ms) >= SAVED_EVERY_MS:
                due.append(key)
            if len(due) == SAVED_AT_ONCE:
                break
        self._saved_ms |= dict.fromkeys(due, now_ms)
        return self._packed(due)

    def _packed(self, keys: list[Key]) -> dict[str, bytes]:
        for key in keys:
            del self._changed[key]
        return {_name(key): self._encode(key) for key in keys}

    def _encode(self, key: Key) -> bytes:
        kind: Kind = key[1]  # type: ignore[assignment]  # only kinds of readings have monitors
        return series_memory.encode(key[0], kind, self._monitors[key], self._taken.get(key, NONE_TAKEN))

    def load(self, memory: Mapping[str, bytes]) -> None:
        """What an earlier life remembered. What is damaged is left aside."""
        for name, content in memory.items():
            if name.startswith(NAME) and content:
                try:
                    self._load(series_memory.whose(content), content)
                except ValueError:
                    continue

    def _load(self, key: Key, content: bytes) -> None:
        limits = self._table.limits(*key)
        if limits is not None and (monitor := self._begin(key)) is not None:
            self._taken[key] = self._loaded[key] = series_memory.restore(content, monitor, limits)
            self._settling.add(key)  # the limits may be others than those of the earlier life

    def resume(self, alert: Alert, _now_ms: int) -> None:
        """This alert is open since before a restart: it can end, and needs not be raised again."""
        key = (alert.wearer, alert.kind)
        monitor = self._monitors.get(key) or self._begin(key)
        if monitor is not None and not alert.test and alert.open:
            monitor.resume(alert)
            self._date(key, monitor)

    def untold(self, alerts: Iterable[Alert], now_ms: int) -> list[Finding]:
        """What holds, and no open alert tells of it: the power went before it was told."""
        of: dict[Key, Alert] = {(alert.wearer, alert.kind): alert for alert in alerts if alert.open and not alert.test}
        found = []
        for key, monitor in self._monitors.items():
            found += monitor.untold(of.get(key), now_ms)
            self._date(key, monitor)
        return found


def _name(key: Key) -> str:
    return f"{NAME}{key[1]}/{key[0]}"


def _is_sure(reading: Reading, situation: Situation) -> bool:
    """Whether the sensor is one that may send somebody: no pressure without a cuff, no oxygen at the wrist."""
    kind = reading.kind
    if kind == "heart_rate":
        return True
    if kind == "blood_pressure":
        return situation.sensor.cuff is not False
    return kind != "oxygen_saturation" or situation.sensor.site != "wrist"
