"""Tells of a pulse that is irregular as in atrial fibrillation: by the band's own word, or by the times between beats. Pure.

Minute by minute, at rest; most of the last minutes must be irregular (`beats.py`). It is an advisory, told once a week at most:
a fibrillation lasts, and the doctor who is told of it does not need it twice. The word of a cuff that comes out of its memory
is told as a past event; beats that came late say nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct, field

from gateway.alert import PAST_EVENT, Alert, Clearing, Finding, RuleRef
from gateway.readings import Reading
from gateway.rules.beats import is_irregular
from gateway.rules.limits import FEW_STEPS
from gateway.rules.part import Stretch, Verdicts
from gateway.rules.sign_rows import IrregularPulseRow
from gateway.rules.situation import Situation
from gateway.rules.table import RuleTable

IRREGULAR = "questionable:irregular_pulse"
LATE_MS = 30 * 60_000
FORGOTTEN_MS = 24 * 3_600_000
MINUTE_MS = 60_000
OVER_MS = 24 * 3_600_000  # nothing irregular for so long: it is over, also where nobody measures any more
NAME = "irregular_pulse/"


class Pulse(Struct, array_like=True):
    """Of one wearer. `minute`: the one that is listened to, `between_ms` its times between beats, `device` who tells them.

    `minutes`: when each of the last ones ended, and whether it was irregular. `flagged`: the device and kind whose own word
    it is. `told_ms`: when it was told last; `stands`: that is not over yet; `last_ms`: when the pulse was irregular last.
    """

    minute: int = 0
    newest_ms: int = 0
    device: str = ""
    between_ms: list[int] = field(default_factory=list)
    minutes: list[tuple[int, bool]] = field(default_factory=list)
    flagged: tuple[str, str] | None = None
    told_ms: int | None = None
    stands: bool = False
    last_ms: int = 0


class IrregularPulse:
    """A `RulePart`."""

    def __init__(self, table: RuleTable) -> None:
        self._wearers: dict[str, Pulse] = {}
        self._changed: set[str] = set()
        self._standing: set[str] = set()
        self.use(table)

    def use(self, table: RuleTable) -> None:
        """Another table from now on."""
        self._row: IrregularPulseRow = table.rows.irregular_pulse
        self._table = table.version

    def take(self, reading: Reading, situation: Situation, now_ms: int) -> Verdicts:
        """A reading of a device that is worn."""
        if not reading.rr_ms and not reading.quality and reading.wearer not in self._wearers:
            return []
        if reading.quality and not reading.valid:
            return []
        late = reading.history or now_ms - reading.at_ms > LATE_MS
        if IRREGULAR in reading.quality:
            return self._flagged(reading, PAST_EVENT if late else "") if now_ms - reading.at_ms <= FORGOTTEN_MS else []
        if late:
            return []
        pulse = self._wearers.get(reading.wearer)
        if pulse is not None and pulse.flagged == (reading.device, reading.kind) and reading.at_ms > pulse.last_ms:
            return self._unflagged(pulse, reading)
        if reading.rr_ms and reading.kind == "heart_rate":
            return self._listen(reading, situation)
        return []

    # --- the band's own word ------------------------------------------------------------------------------------------

    def _flagged(self, reading: Reading, detail: str) -> Verdicts:
        pulse = self._wearers.setdefault(reading.wearer, Pulse())
        self._changed.add(reading.wearer)
        pulse.flagged = (reading.device, reading.kind)
        pulse.last_ms = max(pulse.last_ms, reading.at_ms)
        return self._tell(pulse, reading, detail)

    def _unflagged(self, pulse: Pulse, reading: Reading) -> Verdicts:
        """The same device says it no more."""
        pulse.flagged = None
        self._changed.add(reading.wearer)
        return self._end(pulse, reading.wearer, reading.at_ms, (reading,))

    # --- beat by beat -------------------------------------------------------------------------------------------------

    def _listen(self, reading: Reading, situation: Situation) -> Verdicts:
        pulse = self._wearers.setdefault(reading.wearer, Pulse())
        minute = reading.at_ms // MINUTE_MS
        if minute == pulse.minute and reading.device != pulse.device:
            return []  # of two who tell in turn the minute is the first one's: their beats in one row are nobody's rhythm
        if reading.at_ms <= pulse.newest_ms:
            return []  # taken before, or late
        self._changed.add(reading.wearer)
        pulse.newest_ms = reading.at_ms
        told: Verdicts = []
        if minute != pulse.minute:
            told = self._judge(pulse, reading)
            pulse.minute, pulse.device, pulse.between_ms = minute, reading.device, []
        if situation.steps_5min is not None and situation.steps_5min >= FEW_STEPS:
            pulse.between_ms = []  # who walks has another pulse, and the band moves
        else:
            pulse.between_ms += reading.rr_ms
        return told

    def _judge(self, pulse: Pulse, reading: Reading) -> Verdicts:
        """The minute that is over with this reading."""
        irregular = is_irregular(pulse.between_ms, self._row)
        if irregular is None:
            return []
        end_ms = (pulse.minute + 1) * MINUTE_MS
        since_ms = end_ms - self._row.within_s * 1000
        recent = [one for one in pulse.minutes if one[0] > since_ms]
        pulse.minutes = [*recent[1 - self._row.windows :], (end_ms, irregular)]
        pulse.last_ms = max(pulse.last_ms, end_ms * irregular)
        if reading.at_ms - end_ms > self._row.within_s * 1000:
            return []  # the strap was away since then
        found = sum(irregular for _, irregular in pulse.minutes)
        if found >= self._row.irregular:
            return self._tell(pulse, reading)
        enough = len(pulse.minutes) == self._row.windows and found <= self._row.windows - self._row.irregular
        return self._end(pulse, reading.wearer, end_ms, (reading,)) if enough and pulse.flagged is None else []

    # --- what is told -------------------------------------------------------------------------------------------------

    def _tell(self, pulse: Pulse, reading: Reading, detail: str = "") -> Verdicts:
        recently = pulse.told_ms is not None and reading.at_ms - pulse.told_ms < self._row.every_s * 1000
        if pulse.stands or recently:
            return []
        pulse.told_ms, pulse.stands = reading.at_ms, True
        self._standing.add(reading.wearer)
        return [
            Finding(
                kind="irregular_pulse",
                priority="advisory",
                at_ms=reading.at_ms,
                rule=RuleRef(id=self._row.rule, table=self._table),
                wearer=reading.wearer,
                device=reading.device,
                readings=(reading,),
                detail=detail,
            )
        ]

    def _end(self, pulse: Pulse, wearer: str, at_ms: int, readings: tuple[Reading, ...] = ()) -> Verdicts:
        if not pulse.stands:
            return []
        pulse.stands = False
        self._standing.discard(wearer)
        return [Clearing(kind="irregular_pulse", at_ms=at_ms, wearer=wearer, readings=readings)]

    def discard(self, device: str, from_ms: int, until_ms: int | None = None) -> None:
        """It was off the wrist: its beats are nobody's."""
        off = Stretch(from_ms, until_ms)
        for wearer, pulse in self._wearers.items():
            if pulse.device == device and pulse.newest_ms >= from_ms:
                if off.covers(pulse.newest_ms):
                    pulse.between_ms = []
                pulse.minutes = [one for one in pulse.minutes if not off.covers(one[0] - 1)]
                self._changed.add(wearer)

    def tick(self, now_ms: int) -> Verdicts:
        """A day without an irregular minute ends it."""
        found: Verdicts = []
        for wearer in sorted(self._standing):
            pulse = self._wearers[wearer]
            if now_ms - pulse.last_ms >= OVER_MS:
                self._changed.add(wearer)
                found += self._end(pulse, wearer, now_ms)
        return found

    def next_ms(self) -> int | None:
        """When that day is over."""
        return min(self._wearers[wearer].last_ms for wearer in self._standing) + OVER_MS if self._standing else None

    def closed(self, alert: Alert, _now_ms: int) -> None:
        """A person closed it: told again a week after it was told, where it still holds."""
        pulse = self._wearers.get(alert.wearer)
        if alert.kind == "irregular_pulse" and pulse is not None:
            pulse.stands = False
            self._standing.discard(alert.wearer)
            self._changed.add(alert.wearer)

    def resume(self, alert: Alert, _now_ms: int) -> None:
        """It stands since before a restart."""
        if alert.kind == "irregular_pulse" and alert.condition == "active":
            pulse = self._wearers.setdefault(alert.wearer, Pulse())
            pulse.stands, pulse.last_ms = True, max(pulse.last_ms, alert.at_ms)
            pulse.told_ms = max(pulse.told_ms or 0, alert.at_ms)
            self._standing.add(alert.wearer)
            self._changed.add(alert.wearer)

    def forget(self, wearer: str) -> None:
        """Nothing of this wearer counts any more."""
        if self._wearers.pop(wearer, None) is not None:
            self._standing.discard(wearer)
            self._changed.add(wearer)

    def clock_stepped(self, by_ms: int) -> None:
        """The wall clock was set."""
        for wearer, pulse in self._wearers.items():
            self._changed.add(wearer)
            pulse.between_ms, pulse.minute = [], 0  # the minute is not whole
            pulse.newest_ms += by_ms
            pulse.last_ms += by_ms
            pulse.minutes = [(end_ms + by_ms, irregular) for end_ms, irregular in pulse.minutes]
            if pulse.told_ms is not None:
                pulse.told_ms += by_ms

    def memory(self) -> Mapping[str, bytes]:
        """By wearer; empty: nothing is left of it."""
        changed, self._changed = self._changed, set()
        return {NAME + wearer: self._encoded(wearer) for wearer in sorted(changed)}

    def _encoded(self, wearer: str) -> bytes:
        pulse = self._wearers.get(wearer)
        return b"" if pulse is None else msgspec.msgpack.encode(pulse)

    def load(self, memory: Mapping[str, bytes]) -> None:
        """What is damaged is left aside."""
        for name, content in memory.items():
            if name.startswith(NAME) and content:
                try:
                    self._wearers[name.removeprefix(NAME)] = msgspec.msgpack.decode(content, type=Pulse)
                except (msgspec.MsgspecError, ValueError):
                    continue
        self._standing = {wearer for wearer, pulse in self._wearers.items() if pulse.stands}
