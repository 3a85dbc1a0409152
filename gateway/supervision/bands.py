"""Watches every band: is it heard, is it worn, does its battery last, has its wearer left the agreed area. Pure.

Fed like a group of rules: with readings, with every frame that is heard, with the sources that are deaf, and with the time
(wall clock, ms, UTC). Each row of each band is told once when it begins and once when it ends.

What the time of silence is counted from: the last frame, as long as the gateway listens. Time in which it was down, or in which
the port or adapter that the band is heard through was lost, does not count; what was counted before it does, and after a start
it goes on from there, for a gateway that is restarted again and again must hide no band that has gone. A band of which
nothing is known is counted from the start, or from when it was enrolled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from drivers.measurement import Position
from gateway.alert import Alert, AlertKind, Clearing, Finding, RuleRef
from gateway.readings import Reading
from gateway.supervision import battery
from gateway.supervision.band_memory import BandMemory
from gateway.supervision.band_record import BandRecord, BandRow, BandRules, WatchedBand, is_of_now
from gateway.supervision.battery import BatteryRow
from gateway.supervision.due_times import DueTimes
from gateway.supervision.enrolled import ADAPTER, RADIO
from gateway.supervision.geofence import GeofenceRow
from gateway.supervision.kept_word import as_reading, kept_word
from gateway.supervision.off_wrist import OffWristRow
from gateway.supervision.silence import SilenceRow
from gateway.supervision.standing import ToldState
from gateway.supervision.worn_time import WornTime

Verdicts = list[Finding | Clearing]

WATCHED = frozenset({"worn", "charging", "battery", "battery_low", "position"})
ROWS: tuple[BandRow, ...] = (SilenceRow(), OffWristRow(), BatteryRow(), GeofenceRow())
TABLE = "1"


class BandSupervision:
    """Of all bands that are enrolled. What is found has no room and no position yet."""

    def __init__(self, rules: BandRules, bands: Iterable[WatchedBand] = (), now_ms: int = 0) -> None:
        self._rules, self._now_ms = rules, now_ms
        self._bands: dict[str, WatchedBand] = {}
        self._records: dict[str, BandRecord] = {}
        self._by: dict[str, str] = {}  # the source that heard it last
        self._lost: frozenset[str] = frozenset()
        self._deaf: set[str] = set()  # bands that cannot be heard now
        self._places: dict[str, Reading] = {}  # the fix by which each band's wearer went out of the fence, or came back
        self._due = DueTimes()
        self._memory = BandMemory()
        self.enrol(bands, now_ms)

    # --- what may change while it runs --------------------------------------------------------------------------------

    def use(self, rules: BandRules, now_ms: int) -> None:
        """Other limits from now on; what was seen stays. What no row holds any more ends with the next `tick`."""
        hours_before, self._rules = self._rules.hours, rules
        for address, band in self._records.items():
            band.unheard = band.unheard and band.unheard.under_other_hours(hours_before, now_ms)
            band.off_since = band.off_since and band.off_since.under_other_hours(hours_before, now_ms)
            battery.judge(rules, band, now_ms)
            self._due.set(address, now_ms)

    def enrol(self, bands: Iterable[WatchedBand], now_ms: int) -> None:
        """These bands from now on. One that has another wearer is a new one; of one that is gone nothing is known any more."""
        self._bands = {band.address: band for band in bands}
        for address in self._records.keys() - self._bands.keys():
            self._drop(address)
        for address, band in self._bands.items():
            record = self._records.get(address)
            if record is None or record.wearer != band.wearer:
                self._drop(address)
                record = self._records[address] = BandRecord(wearer=band.wearer)
            if not band.worn:
                record.unheard = None
            elif record.unheard is None:
                record.unheard = WornTime(0, now_ms)
            self._due.set(address, now_ms)
        self._listen(now_ms)

    def forget(self, wearer: str, now_ms: int) -> None:
        """This wearer was erased: nothing that was seen of them counts any more."""
        for address in [address for address, band in self._records.items() if band.wearer == wearer]:
            self._drop(address)
            if address in self._bands:
                since = WornTime(0, now_ms) if self._bands[address].worn else None
                self._records[address] = BandRecord(wearer=wearer, unheard=since)
                self._due.set(address, now_ms)
        self._listen(now_ms)

    def _drop(self, address: str) -> None:
        self._records.pop(address, None)
        self._by.pop(address, None)
        self._places.pop(address, None)
        self._due.set(address, None)
        self._memory.drop(address)
        self._deaf.discard(address)

    # --- what is heard ------------------------------------------------------------------------------------------------

    def heard(self, address: str, now_ms: int, by: str = "") -> Verdicts:
        """A frame of this band, whatever is in it. `by`: the source that heard it; "": not known."""
        self._now_ms = now_ms
        band = self._records.get(address)
        if band is None:
            return []
        if by:
            self._by[address] = by
        if address in self._deaf:  # what it is heard through is there again, and nobody said so yet
            way = self._by.get(address)
            self._lost -= {way} if way else self._bands[address].ways
            self._listen(now_ms)
        if band.unheard is None:
            return []
        band.unheard = WornTime(0, now_ms)
        silence = band.standings.get("silent")
        return self._judge(address, now_ms) if silence and silence.told else []

    def see(self, reading: Reading, now_ms: int) -> Verdicts:
        """A reading of an enrolled band that was `heard` already: what it says of itself."""
        if reading.kind not in WATCHED or not self._learn(reading, now_ms):
            return []
        return self._judge(reading.device, now_ms)

    def recall(self, reading: Reading) -> None:
        """A reading of before the start: what the band said of itself. Readings come in their order."""
        if reading.kind in WATCHED:
            self._learn(reading, reading.received_ms)

    def _learn(self, reading: Reading, now_ms: int) -> bool:
        band = self._records.get(reading.device)
        if band is None or band.wearer != reading.wearer or not is_of_now(reading, now_ms):
            return False
        changed: list[AlertKind] = [row.kind for row in ROWS if row.see(self._rules, band, reading, now_ms)]
        if changed:
            if isinstance(reading.value, Position):
                self._places[reading.device] = reading  # of a wearer's places none goes to this disk
            else:
                band.evidence |= dict.fromkeys(changed, kept_word(reading))
        return bool(changed)

    def sources_lost(self, lost: Iterable[str], now_ms: int, through: Mapping[str, str] = MappingProxyType({})) -> None:
        """These sources hear nothing now: that the bands behind them are silent says nothing of the bands.

        `through`: the adapter that heard each band of the radio last, where there are several.
        """
        self._now_ms = max(self._now_ms, now_ms)
        of_radio = {name: adapter for name, adapter in through.items() if _is_radio(self._by.get(name, RADIO))}
        self._by |= {address: adapter for address, adapter in of_radio.items() if address in self._records}
        if (now_lost := frozenset(lost)) != self._lost:
            self._lost = now_lost
            self._listen(now_ms)

    def _listen(self, now_ms: int) -> None:
        """Count of each band that can be heard, and of no other."""
        for address, band in self._records.items():
            deaf = self._is_deaf(address)
            if band.unheard is not None:
                unheard = band.unheard
                band.unheard = unheard.paused(self._rules.hours, now_ms) if deaf else unheard.goes_on(now_ms)
            if deaf != (address in self._deaf):
                (self._deaf.add if deaf else self._deaf.discard)(address)
                self._due.set(address, now_ms)

    def _is_deaf(self, address: str) -> bool:
        by = self._by.get(address)
        return by in self._lost if by else bool(self._bands[address].ways & self._lost)

    # --- time ---------------------------------------------------------------------------------------------------------

    def tick(self, now_ms: int) -> Verdicts:
        """What the mere passing of time is a reason for, and what other rules or other bands are."""
        self._now_ms = now_ms
        return [verdict for address in self._due.take(now_ms) for verdict in self._judge(address, now_ms)]

    def next_ms(self) -> int | None:
        """When `tick` may have something to say; None: never, unless something is heard."""
        return self._due.next_ms()

    def clock_stepped(self, by_ms: int) -> None:
        """The wall clock was set: nothing lasts longer or shorter for it."""
        before_ms, hours = self._now_ms, self._rules.hours
        self._now_ms += by_ms
        for address, band in self._records.items():
            band.unheard = band.unheard and band.unheard.stepped(hours, before_ms, by_ms)
            band.off_since = band.off_since and band.off_since.stepped(hours, before_ms, by_ms)
            for stamped in (band.off, band.charging, band.whereabouts):
                stamped.at_ms += by_ms if stamped.at_ms else 0
            if band.charge.flag_ms is not None:
                band.charge.flag_ms += by_ms
            for standing in band.standings.values():
                if standing.closed_ms is not None:
                    standing.closed_ms += by_ms
            self._due.set(address, self._now_ms)

    # --- what people are told -----------------------------------------------------------------------------------------

    def _judge(self, address: str, now_ms: int) -> Verdicts:
        band = self._records.get(address)
        if band is None:
            return []
        found = [verdict for row in ROWS if (verdict := self._step(row, address, band, now_ms))]
        due = [at_ms for row in ROWS for at_ms in self._next_ms(row, band, now_ms)]
        self._due.set(address, min(due, default=None))
        return found

    def _step(self, row: BandRow, address: str, band: BandRecord, now_ms: int) -> Finding | Clearing | None:
        holds = row.holds(self._rules, band, now_ms)
        if holds is not None and row.kind == "silent" and address in self._deaf:
            return None
        standing = band.standings.get(row.kind)
        if standing is None:
            if holds is None:
                return None
            standing = band.standings[row.kind] = ToldState()
        telling = standing.step(holds, self._again_ms(standing), now_ms)
        readings = self._evidence(row, address, band)
        if telling == "find" and holds is not None:
            rule = RuleRef(row.id, TABLE)
            return Finding(
                kind=row.kind,
                priority=holds,
                at_ms=now_ms,
                rule=rule,
                wearer=band.wearer,
                device=address,
                readings=readings,
            )
        if telling == "clear":
            return Clearing(kind=row.kind, at_ms=now_ms, wearer=band.wearer, device=address, readings=readings)
        return None

    def _evidence(self, row: BandRow, address: str, band: BandRecord) -> tuple[Reading, ...]:
        """The reading by which this changed last, where it is known."""
        if row.kind == "geofence":
            return (self._places[address],) if address in self._places else ()
        word = band.evidence.get(row.kind)
        return (as_reading(word, address, band.wearer),) if word else ()

    def _next_ms(self, row: BandRow, band: BandRecord, now_ms: int) -> list[int]:
        standing = band.standings.get(row.kind)
        due = [row.next_ms(self._rules, band, now_ms), self._again_ms(standing) if standing else None]
        return [at_ms for at_ms in due if at_ms is not None and at_ms > now_ms]

    def _again_ms(self, standing: ToldState) -> int | None:
        """Never outside of wearing hours."""
        again_ms = standing.again_ms()
        return None if again_ms is None else self._rules.hours.opens(again_ms)

    def closed(self, alert: Alert, now_ms: int) -> None:
        """A person closed this alert. What still holds is told anew after its time."""
        band = self._records.get(alert.device)
        standing = band.standings.get(alert.kind) if band and band.wearer == alert.wearer else None
        if standing is not None and standing.told is not None:
            standing.closed_ms = now_ms
            self._due.set(alert.device, now_ms)

    # --- over a restart -----------------------------------------------------------------------------------------------

    def memory(self, now_ms: int) -> dict[str, bytes]:
        """What has changed since the last call and must survive a restart, by name."""
        self._now_ms = now_ms
        return self._memory.changed(self._records, self._rules.hours, now_ms)

    def load(self, memory: Mapping[str, bytes], now_ms: int) -> None:
        """What an earlier life remembered; what is damaged, or of another wearer, is left out."""
        self._now_ms = now_ms
        restored = self._memory.restored(memory, self._records, self._rules.hours, now_ms)
        self._records |= restored
        for address in restored:
            self._due.set(address, now_ms)
        self._listen(now_ms)

    def resume(self, alerts: Iterable[Alert], now_ms: int) -> None:
        """These alerts are open since before the start: they can end, and need not be raised again.

        What was told and is open no more was closed by a person, in the last minute before the end.
        """
        is_open = {(alert.device, alert.kind): alert for alert in alerts if alert.open and alert.condition == "active"}
        for (address, kind), alert in is_open.items():
            band = self._records.get(address)
            if band is not None and band.wearer == alert.wearer and kind in {row.kind for row in ROWS}:
                band.standings[kind] = ToldState(told=alert.priority)
        for address, band in self._records.items():
            for kind, standing in band.standings.items():
                if standing.told and standing.closed_ms is None and (address, kind) not in is_open:
                    standing.closed_ms = now_ms
            self._due.set(address, now_ms)


def _is_radio(source: str) -> bool:
    return source == RADIO or source.startswith(ADAPTER)
