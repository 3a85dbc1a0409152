"""The way of a reading: rules, desk, store. What is found in it is on the disk before the reading itself is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC
from functools import partial
from types import MappingProxyType

from msgspec.structs import replace

from drivers.measurement import Position
from gateway.alert import Alert, Clearing, Finding, LastPosition
from gateway.alerts.desk import Desk
from gateway.clock import Clock, ClockSteps
from gateway.earliest import earliest
from gateway.last_readings import LastReadings
from gateway.logger import Logger
from gateway.readings import Reading
from gateway.roster import Roster
from gateway.rules.engine import RuleEngine
from gateway.store.keeping import KeepsReadings
from gateway.supervision.band_record import BandRules, WatchedBand
from gateway.supervision.bands import BandSupervision
from gateway.supervision.enrolled import HearingWays, watched_bands
from gateway.supervision.wearing_hours import WearingHours

log = Logger()

Verdicts = Sequence[Finding | Clearing]

WARM_UP_MS = 45 * 60_000  # of what rules remember nothing has been off the disk for longer
MEMORY = "rules "  # in the store, before the name: there are other memories
CLOCK = "clock"  # the memory of when memories were stored last
REMEMBER_EVERY_S = 60.0
BAND_RULES = BandRules(hours=WearingHours(0, 0, UTC))


class Pipeline:
    """Takes one reading after the other, each in one go; a reading is added once what it was the reason for is on the disk.

    `last_readings`: of every band.
    """

    def __init__(
        self,
        *,
        roster: Roster,
        rules: RuleEngine,
        readings: KeepsReadings,
        desk: Desk,
        clock: Clock,
        band_rules: BandRules = BAND_RULES,
        ways: HearingWays = HearingWays(),  # noqa: B008 (immutable)
    ) -> None:
        self._roster, self._rules, self._readings, self._ways = roster, rules, readings, ways
        self._desk, self._clock, self._steps = desk, clock, ClockSteps(clock)
        self.last_readings = LastReadings()
        self._roster_seen = roster.changes.number
        self._positions: dict[str, LastPosition] = {}
        self.listeners: set[Callable[[Reading], None]] = set()  # who waits for what is measured now
        self._bands = BandSupervision(band_rules, self._watched(), clock.wall_ms())
        self._remembered_s = clock.monotonic_s()
        desk.when_closed = self._closed

    def use(self, band_rules: BandRules, ways: HearingWays) -> None:
        """These limits for the supervision of bands, and these sources, from now on; what was seen stays."""
        self._ways, now_ms = ways, self.now_ms()
        self._bands.use(band_rules, now_ms)
        self._bands.enrol(self._watched(), now_ms)

    def _watched(self) -> list[WatchedBand]:
        return watched_bands(self._roster.bands, self._roster.drivers, self._ways)

    def heard(self, address: str, by: str, now_ms: int) -> None:
        """A frame of this band, whatever is in it. `by`: which port or radio heard it, see `supervision/enrolled.py`."""
        verdicts = self._bands.heard(address, now_ms, by)
        if verdicts:
            self._tell_each(verdicts)

    def sources_lost(self, lost: Iterable[str], through: Mapping[str, str] = MappingProxyType({})) -> None:
        """These ports and radios hear nothing now, and no others: bands behind them are not silent.

        `through`: the adapter that heard each band of the radio last, where there are several.
        """
        self._bands.sources_lost(lost, self.now_ms(), through)

    def take(self, reading: Reading) -> None:
        """Ask the rules; an alert is on the disk before the reading that was its reason. The band was `heard` before."""
        of_rules: Verdicts = ()
        of_band: Verdicts = ()
        try:
            self._see(reading)
            of_rules = self._rules.take(reading, reading.received_ms)
            if of_rules:
                self._tell_each(of_rules)
                self._remember({reading.wearer})
            of_band = self._bands.see(reading, reading.received_ms)
            if of_band:
                self._tell_each(of_band)
        finally:
            self._let_go(reading, told=bool(of_rules or of_band))

    def call_for_help(self, reading: Reading, memories: Mapping[str, bytes]) -> None:
        """SOS and fall: critical at once. Nothing filters, delays or merges them away; the press's memory goes with them."""
        try:
            self._see(reading)
            self._tell(self._rules.call_for_help(reading), memories)  # it does not wait for what only vital signs need
        finally:
            self._let_go(reading, told=True)

    def _let_go(self, reading: Reading, *, told: bool) -> None:
        """Whatever came of it, its number must not stay in hand; what is told of it is on the disk first."""
        if told:
            self._desk.once_stored(partial(self._readings.add, reading))
        else:
            self._readings.add(reading)

    async def tick(self) -> None:
        """Time passes: what rules find without a new reading; and who is enrolled no more is forgotten."""
        self._forget_unenrolled()
        now_ms = self.now_ms()
        of_rules = self._rules.tick(now_ms)
        self._tell_each([*of_rules, *self._bands.tick(now_ms)])
        self._remember({verdict.wearer for verdict in of_rules})
        if memories := self._rules.memory_due(now_ms):
            self._desk.remember(self._stored(memories), at_leisure=True)
        if self._clock.monotonic_s() - self._remembered_s >= REMEMBER_EVERY_S:
            self._remember_bands()
        await self._desk.stored()

    def _remember_bands(self) -> None:
        """What the supervision of bands has counted goes to the disk, at leisure: a kill costs it a minute."""
        self._remembered_s = self._clock.monotonic_s()
        if memories := self._bands.memory(self.now_ms()):
            self._desk.remember(memories, at_leisure=True)

    def next_ms(self) -> int | None:
        """When `tick` may have something to say without a reading (wall clock, UTC); in the past: now. None: never."""
        return earliest((self._rules.next_ms(), self._bands.next_ms()))

    def _closed(self, alert: Alert) -> None:
        """A person closed it: what still holds is told anew after its time, also after a restart."""
        self._rules.closed(alert, self._clock.wall_ms())
        self._bands.closed(alert, self.now_ms())
        self._remember({alert.wearer})

    def _remember(self, wearers: set[str]) -> None:
        """What the rules know of them goes to the disk with what was just told."""
        for wearer in sorted(wearers - {""}):
            if memories := self._rules.memory_of(wearer):
                self._desk.remember(self._stored(memories))

    def _stored(self, memories: Mapping[str, bytes]) -> dict[str, bytes]:
        stored = {MEMORY + name: content for name, content in memories.items()}
        return stored | {MEMORY + CLOCK: str(self._clock.wall_ms()).encode()}

    def remember(self) -> None:
        """All that rules and supervision know goes to the disk: the gateway stops."""
        self._desk.remember(self._stored(self._rules.memory()), at_leisure=True)
        self._remember_bands()

    def now_ms(self) -> int:
        """The wall clock, when something comes that is taken at once; who counts by it is told first that it was set."""
        if by_ms := self._steps.stepped_ms():
            log.info("clock was set", by_s=round(by_ms / 1000))
            self._rules.clock_stepped(by_ms)
            self._bands.clock_stepped(by_ms)
        return self._clock.wall_ms()

    def _tell_each(self, verdicts: Verdicts) -> None:
        for verdict in verdicts:
            self._tell(verdict)

    def _tell(self, verdict: Finding | Clearing, memories: Mapping[str, bytes] | None = None) -> None:
        referenced = [reading for reading in verdict.readings if not self._readings.is_stored(reading)]
        self._readings.reference(referenced)
        verdict = self._placed(verdict) if isinstance(verdict, Finding) else verdict
        self._desk.take(verdict, referenced=referenced, memories=memories)

    def position(self, wearer: str) -> LastPosition | None:
        """Where the wearer was last known to be; None: not since the start."""
        return self._positions.get(wearer)

    # --- where help is needed -------------------------------------------------------------------------------------

    def _placed(self, finding: Finding) -> Finding:
        """Where the band is that told of it, or else its wearer; and where the wearer was last."""
        band = self._roster.band(finding.device)
        own = band is not None and band.wearer == finding.wearer
        room = (band.room if band is not None and own else "") or self._roster.room(finding.wearer)
        return replace(finding, room=room, position=self._positions.get(finding.wearer))

    def _see(self, reading: Reading) -> None:
        self.last_readings.take(reading)
        if self.listeners:
            for listener in list(self.listeners):
                listener(reading)
        if isinstance(reading.value, Position) and reading.valid:
            last = self._positions.get(reading.wearer)
            if last is None or reading.at_ms >= last.at_ms:
                self._positions[reading.wearer] = LastPosition(reading.value, reading.at_ms)

    def _forget_unenrolled(self) -> None:
        if self._roster_seen != self._roster.changes.number:
            self._roster_seen = self._roster.changes.number
            self._rules.enrolled_anew()
            self.last_readings.keep(self._roster.bands)
            self._bands.enrol(self._watched(), self.now_ms())
            self._positions = {wearer: last for wearer, last in self._positions.items() if self._roster.knows(wearer)}

    def forget(self, wearer: str) -> None:
        """This wearer was erased."""
        self._rules.forget(wearer)
        self._bands.forget(wearer, self.now_ms())
        self.last_readings.forget(wearer)
        self._positions.pop(wearer, None)
        self._desk.forget(wearer)

    # --- after a start --------------------------------------------------------------------------------------------

    async def warm_up(self, memories: Mapping[str, bytes] = MappingProxyType({})) -> None:
        """Before the first reading: remember what the rules had seen, and raise what they found and nobody was told."""
        now_ms = self._clock.wall_ms()
        known = {name.removeprefix(MEMORY): content for name, content in memories.items() if name.startswith(MEMORY)}
        self._rules.load(known)
        self._bands.load(memories, now_ms)
        async for reading in self._readings.recent(min(now_ms, _at_ms(known.get(CLOCK), now_ms)) - WARM_UP_MS):
            self._see(reading)
            self._rules.take(reading, reading.received_ms)  # what they found then was raised then
            self._bands.recall(reading)
        untold = self._rules.resume(self._desk.standing, now_ms)
        self._tell_each(untold)
        self._remember({finding.wearer for finding in untold})
        self._bands.resume(self._desk.standing, now_ms)
        await self._desk.stored()


def _at_ms(stored: bytes | None, now_ms: int) -> int:
    """When memories were stored last."""
    return int(stored) if stored is not None and stored.isdigit() else now_ms
