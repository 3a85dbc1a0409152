"""The way of a reading: rules, desk, store. What is found in it is on the disk before the reading itself is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import structlog
from msgspec.structs import replace

from drivers.measurement import Position
from gateway.alert import Clearing, Finding, LastPosition
from gateway.alerts.desk import Desk
from gateway.clock import Clock, ClockSteps
from gateway.last_readings import LastReadings
from gateway.readings import Reading
from gateway.roster import Roster
from gateway.rules.engine import RuleEngine
from gateway.store.keeping import KeepsReadings

log = structlog.get_logger()

WARM_UP_MS = 30 * 60_000  # the longest that a rule looks back


class Pipeline:
    """Takes one reading after the other, each in one go; a reading is added once what it was the reason for is on the disk.

    `last_readings`: of every band.
    """

    def __init__(self, *, roster: Roster, rules: RuleEngine, readings: KeepsReadings, desk: Desk, clock: Clock) -> None:
        self._roster, self._rules, self._readings = roster, rules, readings
        self._desk, self._clock, self._steps = desk, clock, ClockSteps(clock)
        self.last_readings = LastReadings()
        self._roster_seen = roster.changes.number
        self._positions: dict[str, LastPosition] = {}

    def take(self, reading: Reading) -> None:
        """Ask the rules; an alert is on the disk before the reading that was its reason."""
        self._take(reading, lambda: self._rules.take(reading, reading.received_ms))

    def call_for_help(self, reading: Reading, memories: Mapping[str, bytes]) -> None:
        """SOS and fall: critical at once. Nothing filters, delays or merges them away; the press's memory goes with them."""
        self._take(reading, lambda: [self._rules.call_for_help(reading)], memories)

    async def tick(self) -> None:
        """Time passes: what rules find without a new reading; and who is enrolled no more is forgotten."""
        self._forget_unenrolled()
        self._follow_clock()
        for verdict in self._rules.tick(self._clock.wall_ms()):
            self._tell(verdict)
        await self._desk.stored()

    def next_ms(self) -> int | None:
        """When `tick` may have something to tell without a reading (wall clock, UTC); None: never."""
        return self._rules.next_ms()

    def _take(
        self,
        reading: Reading,
        judge: Callable[[], Sequence[Finding | Clearing]],
        memories: Mapping[str, bytes] | None = None,
    ) -> None:
        verdicts: Sequence[Finding | Clearing] = ()
        try:
            self._follow_clock()
            self._see(reading)
            verdicts = judge()
            for verdict in verdicts:
                self._tell(verdict, memories)
        finally:  # its number must not stay in hand
            add = partial(self._readings.add, reading)
            if verdicts:
                self._desk.once_stored(add)
            else:
                add()

    def _follow_clock(self) -> None:
        if by_ms := self._steps.stepped_ms():
            log.info("clock was set", by_s=round(by_ms / 1000))
            self._rules.clock_stepped(by_ms)

    def _tell(self, verdict: Finding | Clearing, memories: Mapping[str, bytes] | None = None) -> None:
        referenced = [reading for reading in verdict.readings if not self._readings.is_stored(reading)]
        self._readings.reference(referenced)
        verdict = self._placed(verdict) if isinstance(verdict, Finding) else verdict
        self._desk.take(verdict, referenced=referenced, memories=memories)

    # --- where help is needed -------------------------------------------------------------------------------------

    def _placed(self, finding: Finding) -> Finding:
        """Where the band is that told of it, or else its wearer; and where the wearer was last."""
        band = self._roster.band(finding.device)
        own = band is not None and band.wearer == finding.wearer
        room = (band.room if band is not None and own else "") or self._roster.room(finding.wearer)
        return replace(finding, room=room, position=self._positions.get(finding.wearer))

    def _see(self, reading: Reading) -> None:
        self.last_readings.take(reading)
        if isinstance(reading.value, Position) and reading.valid:
            last = self._positions.get(reading.wearer)
            if last is None or reading.at_ms >= last.at_ms:
                self._positions[reading.wearer] = LastPosition(reading.value, reading.at_ms)

    def _forget_unenrolled(self) -> None:
        if self._roster_seen != self._roster.changes.number:
            self._roster_seen = self._roster.changes.number
            self.last_readings.keep(self._roster.bands)
            self._positions = {wearer: last for wearer, last in self._positions.items() if self._roster.knows(wearer)}

    def forget(self, wearer: str) -> None:
        """This wearer was erased."""
        self._rules.forget(wearer)
        self.last_readings.forget(wearer)
        self._positions.pop(wearer, None)

    # --- after a start --------------------------------------------------------------------------------------------

    async def warm_up(self) -> None:
        """Before the first reading: remember what the rules had seen, and raise what they found and nobody was told."""
        now_ms = self._clock.wall_ms()
        for reading in await self._readings.recent(now_ms - WARM_UP_MS):
            self._see(reading)
            self._rules.take(reading, reading.received_ms)  # what they found then was raised then
        for finding in self._rules.resume(self._desk.standing, now_ms):
            self._tell(finding)
        await self._desk.stored()
