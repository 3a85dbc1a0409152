"""Several signs that are each a little wrong, at the same time, are worse than one: tells that they are. Pure.

Two kinds at warning level within the hour, or NEWS2 scores of those that are measured that add up. A stream must be so for some
minutes, at rest; cuff and thermometer count with each reading, for an hour. Where one of them is critical already, people are
called by it, and this says nothing. It is a warning, told without any sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct, field

from gateway.alert import Alert, Clearing, Finding, RuleRef
from gateway.earliest import earliest
from gateway.readings import Reading
from gateway.rules import news2
from gateway.rules.kept_reading import KeptReading, kept, restored
from gateway.rules.limits import MOVING, Limit, doing_of, parts_of
from gateway.rules.part import Stretch, Verdicts
from gateway.rules.sign_rows import SeveralSignsRow
from gateway.rules.situation import Situation
from gateway.rules.table import RuleTable

# Values of streams that are nothing to this rule, whatever the limits: between the rails of all of them.
CALM: Mapping[str, tuple[float, float]] = {
    "heart_rate": (51, 90),
    "oxygen_saturation": (96, 100),
    "respiratory_rate": (12, 17),
}
SPOT = frozenset({"blood_pressure", "body_temperature"})
LATE_MS = 30 * 60_000
AGAIN_MS = 60 * 60_000  # after a person closed it
WARNING, CRITICAL = 3, 4  # places in `since_ms`, behind those of the scores 1, 2 and 3
NAME = "several_signs/"


class Sign(Struct, array_like=True):
    """One kind of one wearer that is not normal. `since_ms`: since when it has a score of 1, 2, 3 at least, a warning's
    limit crossed, a critical one's; -1: not now.
    """

    last: KeptReading
    since_ms: list[int] = field(default_factory=lambda: [-1] * 5)

    def lasts(self, place: int, lasting_ms: int) -> bool:
        """Whether that is so for long enough, by its last reading."""
        since_ms = self.since_ms[place]
        return since_ms >= 0 and (self.last.kind in SPOT or self.last.at_ms - since_ms >= lasting_ms)

    def score(self, lasting_ms: int) -> int:
        """The NEWS2 score that lasts."""
        return next((place + 1 for place in (2, 1, 0) if self.lasts(place, lasting_ms)), 0)


class WearerSigns(Struct, array_like=True):
    """Of one wearer. `over_ms`: since when it does not hold any more, where it stands. `again_ms`: a person closed it.
    `off_ms`: of each kind, until when it was taken before its band was off: what is taken again after a start adds nothing.
    """

    kinds: dict[str, Sign] = field(default_factory=dict)
    stands: bool = False
    over_ms: int | None = None
    again_ms: int | None = None
    off_ms: dict[str, int] = field(default_factory=dict)

    def newest_ms(self, kind: str) -> int:
        """When the newest reading of this kind was measured that was taken; -1: there is none."""
        sign = self.kinds.get(kind)
        return self.off_ms.get(kind, -1) if sign is None else sign.last.at_ms


class SeveralSigns:
    """A `RulePart`. A wearer of whom all is normal costs nothing."""

    def __init__(self, table: RuleTable) -> None:
        self._wearers: dict[str, WearerSigns] = {}
        self._changed: set[str] = set()
        self.use(table)

    def use(self, table: RuleTable) -> None:
        """Another table from now on."""
        self._table = table
        self._row: SeveralSignsRow = table.rows.several_signs
        self._lasting_ms, self._within_ms = self._row.lasting_s * 1000, self._row.within_s * 1000

    def take(self, reading: Reading, situation: Situation, now_ms: int) -> Verdicts:
        """A reading of a device that is worn."""
        calm = CALM.get(reading.kind)
        signs = self._wearers.get(reading.wearer)
        if calm is not None and signs is None and calm[0] <= reading.value <= calm[1]:  # type: ignore[operator]  # a number
            return []
        if reading.kind not in news2.SCALES or (reading.quality and not reading.valid):
            return []
        if reading.history or now_ms - reading.at_ms > LATE_MS:
            return []
        doing = doing_of(situation)
        if doing & MOVING and reading.kind not in SPOT:
            return []  # who walks has another pulse and breath, and motion disturbs the sensor
        if signs is not None and reading.at_ms <= signs.newest_ms(reading.kind):
            return []  # taken before, or late
        reached = self._reached(reading, situation, doing)
        if signs is None:
            if not any(reached):
                return []
            signs = self._wearers[reading.wearer] = WearerSigns()
        sign = signs.kinds.get(reading.kind)
        self._changed.add(reading.wearer)
        self._put(signs, sign, reading, reached)
        return self._settle(reading.wearer, signs, reading.at_ms)

    def _reached(self, reading: Reading, situation: Situation, doing: int) -> list[bool]:
        """What this value alone reaches, in the order of `Sign.since_ms`; of a sensor that is not sure, one level less."""
        unsure = _is_unsure(reading, situation)
        score = news2.score(reading.kind, reading.value) - (unsure or situation.asleep)
        level = self._level(reading, doing) - unsure
        return [score >= 1, score >= 2, score >= 3, score >= 2 or level >= 1, level >= 2]

    def _level(self, reading: Reading, doing: int) -> int:
        """Of the limits that it crosses: 2 a critical one, 1 a warning's."""
        crossed = {limit.priority for limit in self._crossed(reading, doing)}
        return 2 if "critical" in crossed else 1 if "warning" in crossed else 0

    def _crossed(self, reading: Reading, doing: int) -> Iterator[Limit]:
        limits = self._table.limits(reading.wearer, reading.kind)
        if limits is not None:
            parts = parts_of(reading.value)
            for limit in limits.limits:
                if not limit.own and limit.is_for(doing) and limit.crossed(parts):
                    yield limit

    def _put(self, signs: WearerSigns, before: Sign | None, reading: Reading, reached: list[bool]) -> None:
        if not any(reached):
            signs.kinds.pop(reading.kind, None)
            return
        sign = Sign(kept(reading))
        since_ms = before.since_ms if before and reading.at_ms - before.last.at_ms <= self._within_ms else sign.since_ms
        sign.since_ms = [
            (began if began >= 0 else reading.at_ms) if so else -1 for began, so in zip(since_ms, reached, strict=True)
        ]
        signs.kinds[reading.kind] = sign

    # --- what is told -------------------------------------------------------------------------------------------------

    def _holds(self, signs: WearerSigns) -> bool:
        found = signs.kinds.values()
        warnings = sum(sign.lasts(WARNING, self._lasting_ms) for sign in found)
        scores = [score for sign in found if (score := sign.score(self._lasting_ms))]
        return warnings >= self._row.kinds or (len(scores) > 1 and sum(scores) >= self._row.score)

    def _settle(self, wearer: str, signs: WearerSigns, at_ms: int) -> Verdicts:
        """After a reading, or as time passes: what begins, what ends."""
        for kind in [kind for kind, sign in signs.kinds.items() if at_ms - sign.last.at_ms > self._within_ms]:
            del signs.kinds[kind]
        signs.off_ms = {kind: off_ms for kind, off_ms in signs.off_ms.items() if at_ms - off_ms <= self._within_ms}
        if self._holds(signs):
            signs.over_ms = None
            return self._begin(wearer, signs, at_ms)
        return self._end(wearer, signs, at_ms)

    def _begin(self, wearer: str, signs: WearerSigns, at_ms: int) -> Verdicts:
        if signs.stands or (signs.again_ms is not None and at_ms < signs.again_ms):
            return []
        if any(sign.lasts(CRITICAL, self._lasting_ms) for sign in signs.kinds.values()):
            return []
        signs.stands, signs.again_ms = True, None
        telling = [sign.last for sign in signs.kinds.values() if sign.lasts(WARNING, 0) or sign.score(0)]
        newest = max(telling, key=lambda last: last.at_ms)
        return [
            Finding(
                kind="several_signs",
                priority="warning",
                at_ms=newest.at_ms,
                rule=RuleRef(id=self._row.rule, table=self._table.version),
                wearer=wearer,
                device=newest.device,
                readings=tuple(restored(last) for last in sorted(telling, key=lambda last: last.at_ms)),
            )
        ]

    def _end(self, wearer: str, signs: WearerSigns, at_ms: int) -> Verdicts:
        signs.again_ms = None
        if signs.stands:
            if signs.over_ms is None:
                signs.over_ms = at_ms
            if at_ms - signs.over_ms < self._row.over_s * 1000:
                return []
            signs.stands, signs.over_ms = False, None
            return [Clearing(kind="several_signs", at_ms=at_ms, wearer=wearer), *self._gone(wearer, signs)]
        return self._gone(wearer, signs)

    def _gone(self, wearer: str, signs: WearerSigns) -> Verdicts:
        """Nothing is to be remembered of who is well."""
        if not signs.kinds and not signs.off_ms:
            self._wearers.pop(wearer, None)
        return []

    def discard(self, device: str, from_ms: int, until_ms: int | None = None) -> None:
        """It was off the wrist. What was told stands until its time is over."""
        off = Stretch(from_ms, until_ms)
        for wearer, signs in self._wearers.items():
            theirs = [(kind, sign.last.at_ms) for kind, sign in signs.kinds.items() if sign.last.device == device]
            for kind, at_ms in theirs:
                if off.covers(at_ms):
                    del signs.kinds[kind]
                    signs.off_ms[kind] = at_ms
                    self._changed.add(wearer)

    # --- time and people ----------------------------------------------------------------------------------------------

    def tick(self, now_ms: int) -> Verdicts:
        """A reading that is too old to count, the end of what holds no more, what a person closed and holds on."""
        found: Verdicts = []
        for wearer, signs in list(self._wearers.items()):
            due_ms = self._due_ms(signs)
            if due_ms is not None and now_ms >= due_ms:
                self._changed.add(wearer)
                found += self._settle(wearer, signs, now_ms)
        return found

    def next_ms(self) -> int | None:
        """When the next of these is due."""
        return earliest(self._due_ms(signs) for signs in self._wearers.values()) if self._wearers else None

    def _due_ms(self, signs: WearerSigns) -> int | None:
        if signs.over_ms is not None:
            return signs.over_ms + self._row.over_s * 1000
        if not signs.stands:
            return signs.again_ms
        return min((sign.last.at_ms + self._within_ms + 1 for sign in signs.kinds.values()), default=0)

    def closed(self, alert: Alert, now_ms: int) -> None:
        """A person closed it: told anew an hour later, where it still holds."""
        signs = self._wearers.get(alert.wearer)
        if alert.kind == "several_signs" and signs is not None and signs.stands:
            signs.stands, signs.over_ms, signs.again_ms = False, None, now_ms + AGAIN_MS
            self._changed.add(alert.wearer)

    def resume(self, alert: Alert, _now_ms: int) -> None:
        """It stands since before a restart."""
        if alert.kind == "several_signs" and alert.condition == "active":
            signs = self._wearers.setdefault(alert.wearer, WearerSigns())
            signs.stands, signs.again_ms = True, None
            self._changed.add(alert.wearer)

    def forget(self, wearer: str) -> None:
        """Nothing of this wearer counts any more."""
        if self._wearers.pop(wearer, None) is not None:
            self._changed.add(wearer)

    def clock_stepped(self, by_ms: int) -> None:
        """The wall clock was set."""
        for wearer, signs in self._wearers.items():
            self._changed.add(wearer)
            signs.over_ms = None if signs.over_ms is None else signs.over_ms + by_ms
            signs.again_ms = None if signs.again_ms is None else signs.again_ms + by_ms
            signs.off_ms = {kind: off_ms + by_ms for kind, off_ms in signs.off_ms.items()}
            for sign in signs.kinds.values():
                sign.since_ms = [one if one < 0 else one + by_ms for one in sign.since_ms]
                sign.last = msgspec.structs.replace(sign.last, at_ms=sign.last.at_ms + by_ms)

    def memory(self) -> Mapping[str, bytes]:
        """By wearer; empty: nothing is left of it."""
        changed, self._changed = self._changed, set()
        return {NAME + wearer: self._encoded(wearer) for wearer in sorted(changed)}

    def _encoded(self, wearer: str) -> bytes:
        signs = self._wearers.get(wearer)
        return b"" if signs is None else msgspec.msgpack.encode(signs)

    def load(self, memory: Mapping[str, bytes]) -> None:
        """What is damaged is left aside."""
        for name, content in memory.items():
            if name.startswith(NAME) and content:
                try:
                    self._wearers[name.removeprefix(NAME)] = msgspec.msgpack.decode(content, type=WearerSigns)
                except (msgspec.MsgspecError, ValueError):
                    continue


def _is_unsure(reading: Reading, situation: Situation) -> bool:
    """Whether the sensor is one that is told one level lower: a pressure without a cuff, oxygen at the wrist."""
    if reading.kind == "blood_pressure":
        return situation.sensor.cuff is False
    return reading.kind == "oxygen_saturation" and situation.sensor.site == "wrist"
