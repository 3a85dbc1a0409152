"""No usable value is the worst value: tells when what a band measures lastingly is what nobody has. Pure.

A heart rate of 23 is thrown out of the vital rules as impossible, and may be a dying heart or a loose strap: somebody must go
and see. A stream is told as a warning, after three such values in two minutes or two of a slow band; a cuff as critical and
unconfirmed, after two measurements; a thermometer as a warning after two, for it may have lain on the table. It never is an
alarm of the kind itself. What only says that there is no value (0, 255, no contact with the skin) counts neither way.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct, field

from drivers.measurement import BloodPressure
from gateway.alert import Alert, Clearing, Finding, Priority, RuleRef
from gateway.earliest import earliest
from gateway.readings import Reading
from gateway.rules.kept_reading import KeptReading, kept, restored
from gateway.rules.part import Stretch, Verdicts
from gateway.rules.sign_rows import NoUsableValueRow
from gateway.rules.situation import Situation
from gateway.rules.table import RuleTable

KINDS = frozenset({"heart_rate", "oxygen_saturation", "blood_pressure", "body_temperature", "respiratory_rate"})
UNUSABLE = frozenset({"invalid:out_of_range", "invalid:diastolic_above_systolic"})
ABSENT = frozenset({0, 127, 255, 0xFFFF})  # what bands say where there is no value
LATE_MS = 30 * 60_000  # older than this says nothing of now
GAP_MS = 2 * 3_600_000  # a stream that was away for longer begins anew
AGAIN_MS: dict[Priority, int] = {"critical": 15 * 60_000, "warning": 60 * 60_000}  # after a person closed it
NAME = "no_usable_value/"


class Streak(Struct, array_like=True):
    """Unusable values of one kind of one wearer, without a usable one between: when those that count were, and of which device.

    `since_ms`: the first. `newest_ms`: of all values. `told`: the level that it is told at; None: not yet.
    """

    counted_ms: list[int] = field(default_factory=list)
    since_ms: int = 0
    newest_ms: int = 0
    device: str = ""
    told: Priority | None = None
    last: KeptReading | None = None


class WearerStreaks(Struct, array_like=True):
    """What is told of one wearer. `again_ms`: a person closed it, at the level `closed`; it is told anew then, if it holds."""

    streaks: dict[str, Streak] = field(default_factory=dict)
    told: Priority | None = None
    again_ms: int | None = None
    closed: Priority | None = None


class NoUsableValue:
    """A `RulePart`. A wearer of whom nothing is unusable costs nothing."""

    def __init__(self, table: RuleTable) -> None:
        self._wearers: dict[str, WearerStreaks] = {}
        self._changed: set[str] = set()
        self.use(table)

    def use(self, table: RuleTable) -> None:
        """Another table from now on."""
        self._row: NoUsableValueRow = table.rows.no_usable_value
        self._table = table.version

    def take(self, reading: Reading, situation: Situation, now_ms: int) -> Verdicts:
        """A reading of a device that is worn."""
        if not reading.quality or reading.valid:
            standing = self._wearers.get(reading.wearer)
            return [] if standing is None else self._usable(standing, reading)
        if reading.kind not in KINDS or reading.history or now_ms - reading.at_ms > LATE_MS or not _is_unusable(reading):
            return []
        standing = self._wearers.setdefault(reading.wearer, WearerStreaks())
        streak = standing.streaks.setdefault(reading.kind, Streak())
        if reading.at_ms <= streak.newest_ms:
            return []  # taken before, or late
        self._changed.add(reading.wearer)
        return self._unusable(standing, streak, reading, situation, now_ms)

    def _unusable(
        self, standing: WearerStreaks, streak: Streak, reading: Reading, situation: Situation, now_ms: int
    ) -> Verdicts:
        streak.newest_ms, streak.device, streak.last = reading.at_ms, reading.device, kept(reading)
        cuff = reading.kind == "blood_pressure" and situation.sensor.cuff is not False
        spot = cuff or reading.kind == "body_temperature"  # also of a hub, whose bands are worn
        apart_ms = 1000 * (self._row.cuff_apart_s if spot else self._row.apart_s)
        if streak.counted_ms and reading.at_ms - streak.counted_ms[-1] < apart_ms:
            return []
        if not streak.counted_ms or (not spot and reading.at_ms - streak.counted_ms[-1] > GAP_MS):
            streak.counted_ms, streak.since_ms = [], reading.at_ms
        streak.counted_ms = [*streak.counted_ms, reading.at_ms][-max(self._row.readings, 2) :]
        if self._lasts(streak, spot):
            streak.told = "critical" if cuff else "warning"
        elif streak.told is None:
            return []
        return self._tell(reading.wearer, standing, now_ms, next_reading=spot)

    def _lasts(self, streak: Streak, spot: bool) -> bool:
        counted, row = streak.counted_ms, self._row
        if spot:
            return len(counted) > 1 and counted[-1] - counted[-2] <= row.cuff_within_s * 1000
        many = len(counted) >= row.readings and counted[-1] - counted[-row.readings] <= row.within_s * 1000
        return many or (len(counted) > 1 and counted[-1] - streak.since_ms >= row.slow_s * 1000)

    def _tell(self, wearer: str, standing: WearerStreaks, now_ms: int, *, next_reading: bool = False) -> Verdicts:
        """What of it was not told yet."""
        told = [streak.told for streak in standing.streaks.values() if streak.told]
        level: Priority | None = "critical" if "critical" in told else "warning" if told else None
        if standing.again_ms is not None and (next_reading or now_ms >= standing.again_ms):
            standing.again_ms = standing.closed = None
        elif level in (standing.told, standing.closed) or "critical" in (standing.told, standing.closed):
            return []
        if level is None:
            return []
        standing.told, standing.again_ms, standing.closed = level, None, None
        return [self._finding(wearer, standing, level, now_ms)]

    def _finding(self, wearer: str, standing: WearerStreaks, level: Priority, now_ms: int) -> Finding:
        streaks = [streak for streak in standing.streaks.values() if streak.told == level]
        readings = tuple(restored(streak.last) for streak in streaks if streak.last)
        return Finding(
            kind="no_usable_value",
            priority=level,
            at_ms=max((reading.at_ms for reading in readings), default=now_ms),
            rule=RuleRef(id=self._row.rule, table=self._table),
            wearer=wearer,
            device=streaks[-1].device if streaks else "",
            readings=readings,
            unconfirmed=level == "critical",
        )

    # --- its end ----------------------------------------------------------------------------------------------------

    def _usable(self, standing: WearerStreaks, reading: Reading) -> Verdicts:
        """A usable value ends what was unusable before it."""
        streak = standing.streaks.get(reading.kind)
        if streak is None or reading.history or reading.at_ms <= streak.newest_ms:
            return []
        if streak.told and reading.at_ms - streak.newest_ms < self._over_ms(reading.kind):
            return []
        del standing.streaks[reading.kind]
        self._changed.add(reading.wearer)
        return self._ended(reading.wearer, standing, reading.at_ms, reading)

    def _over_ms(self, kind: str) -> int:
        """How long after the last unusable value a usable one ends it: of a cuff, the next measurement does."""
        return 0 if kind in ("blood_pressure", "body_temperature") else self._row.over_s * 1000

    def _ended(self, wearer: str, standing: WearerStreaks, at_ms: int, reading: Reading) -> Verdicts:
        if any(streak.told for streak in standing.streaks.values()):
            return []
        told = standing.told is not None
        standing.told = standing.again_ms = standing.closed = None
        if not standing.streaks:
            del self._wearers[wearer]
        if not told:
            return []
        return [
            Clearing(kind="no_usable_value", at_ms=at_ms, wearer=wearer, device=reading.device, readings=(reading,)),
        ]

    def discard(self, device: str, from_ms: int, until_ms: int | None = None) -> None:
        """What was not told yet counts no more; what was told stands until a usable value."""
        off = Stretch(from_ms, until_ms)
        for wearer, standing in self._wearers.items():
            for streak in standing.streaks.values():
                if streak.device == device and not streak.told:
                    streak.counted_ms = [at_ms for at_ms in streak.counted_ms if not off.covers(at_ms)]
                    self._changed.add(wearer)

    # --- time and people ----------------------------------------------------------------------------------------------

    def tick(self, now_ms: int) -> Verdicts:
        """What a person closed and still holds."""
        found: Verdicts = []
        for wearer, standing in self._wearers.items():
            if standing.again_ms is not None and now_ms >= standing.again_ms:
                self._changed.add(wearer)
                found += self._tell(wearer, standing, now_ms)
        return found

    def next_ms(self) -> int | None:
        """When something that a person closed is told anew."""
        return earliest(one.again_ms for one in self._wearers.values()) if self._wearers else None

    def closed(self, alert: Alert, now_ms: int) -> None:
        """A person closed it. What still holds is told anew after its time, of a cuff with the next measurement."""
        standing = self._wearers.get(alert.wearer)
        if alert.kind != "no_usable_value" or standing is None or standing.told is None:
            return
        if any(streak.told for streak in standing.streaks.values()):
            standing.again_ms, standing.closed = now_ms + AGAIN_MS[standing.told], standing.told
        standing.told = None
        self._changed.add(alert.wearer)

    def resume(self, alert: Alert, _now_ms: int) -> None:
        """It stands since before a restart."""
        if alert.kind != "no_usable_value" or alert.condition != "active":
            return
        standing = self._wearers.setdefault(alert.wearer, WearerStreaks())
        if standing.told is None:
            standing.told = "critical" if alert.priority == "critical" else "warning"
        if not any(streak.told for streak in standing.streaks.values()):
            for reading in alert.readings:
                standing.streaks[reading.kind] = Streak(
                    [reading.at_ms], reading.at_ms, reading.at_ms, reading.device, standing.told, kept(reading)
                )
        self._changed.add(alert.wearer)

    def forget(self, wearer: str) -> None:
        """Nothing of this wearer counts any more."""
        if self._wearers.pop(wearer, None) is not None:
            self._changed.add(wearer)

    def clock_stepped(self, by_ms: int) -> None:
        """The wall clock was set."""
        for wearer, standing in self._wearers.items():
            self._changed.add(wearer)
            if standing.again_ms is not None:
                standing.again_ms += by_ms
            for streak in standing.streaks.values():
                streak.newest_ms += by_ms
                streak.since_ms += by_ms
                streak.counted_ms = [at_ms + by_ms for at_ms in streak.counted_ms]

    def memory(self) -> Mapping[str, bytes]:
        """By wearer; empty: nothing is left of it."""
        changed, self._changed = self._changed, set()
        return {NAME + wearer: self._encoded(wearer) for wearer in sorted(changed)}

    def _encoded(self, wearer: str) -> bytes:
        standing = self._wearers.get(wearer)
        return b"" if standing is None else msgspec.msgpack.encode(standing)

    def load(self, memory: Mapping[str, bytes]) -> None:
        """What is damaged is left aside."""
        for name, content in memory.items():
            if name.startswith(NAME) and content:
                try:
                    self._wearers[name.removeprefix(NAME)] = msgspec.msgpack.decode(content, type=WearerStreaks)
                except (msgspec.MsgspecError, ValueError):
                    continue


def _is_unusable(reading: Reading) -> bool:
    """Whether it says a value, and one that nobody has."""
    if not UNUSABLE.intersection(reading.quality):
        return False
    value = reading.value
    if isinstance(value, BloodPressure):
        return not {value.systolic, value.diastolic} & ABSENT
    return value not in ABSENT
