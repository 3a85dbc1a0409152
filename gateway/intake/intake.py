"""Where all that is heard comes in: whose band it is, and whether a device that nobody enrolled calls for help."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import tzinfo
from types import MappingProxyType

import structlog

from drivers.driver import Advertisement, AdvertisementDriver, Decoded, Item, Refusal, Refused, SerialDriver, Status
from drivers.measurement import Measurement
from drivers.presses import PRESSES
from gateway.alerts.desk import Desk
from gateway.awake import Awake
from gateway.clock import Clock
from gateway.driver_bugs import DriverFaults, decode, validate_output
from gateway.intake.frame import Frame, ReceivedAt, traits_of
from gateway.intake.frames import Frames
from gateway.intake.hearing import Hearing
from gateway.intake.imitations import Imitations, Sign
from gateway.intake.known_records import KnownRecords
from gateway.intake.line_records import Chunk, Record, records
from gateway.intake.press_memories import PressMemories
from gateway.intake.reading_maker import ReadingMaker
from gateway.intake.repeats import Repeats, said_by_sender
from gateway.intake.serial_records import SerialRecords
from gateway.intake.sign_in import SignIns
from gateway.intake.status_changes import StatusChanges
from gateway.intake.stuck_contacts import StuckContacts
from gateway.intake.unregistered import UnregisteredDevices
from gateway.intake.unregistered_calls import UnregisteredCalls
from gateway.pipeline import Pipeline
from gateway.readings import Enrolment
from gateway.roster import Roster
from gateway.rules.help import calls_for_help
from gateway.store.readings import ReadingStore
from gateway.supervision.enrolled import RADIO, port_source

log = structlog.get_logger()

COUNTERS_EVERY_S = 600.0  # replay counters that moved without a press: a kill forgets no more than this
NOTHING: Mapping[str, object] = MappingProxyType({})  # the status of a band that comes with a record, mostly
LISTENS_S = 10.0  # counts as listened to between two ticks, which come every five seconds; the rest was a stand
SAME_FRAME_S = 10.0  # an advertisement that says the same within this is the same one, heard again


class Intake:
    """Takes what the sources hear, whatever it is, and waits for nothing (a `Receiver`): alerts share a commit."""

    def __init__(
        self,
        *,
        roster: Roster,
        pipeline: Pipeline,
        readings: ReadingStore,
        desk: Desk,
        clock: Clock,
        zone: tzinfo,
        sign_ins: SignIns,
        faults: DriverFaults,
    ) -> None:
        self._roster, self._readings, self._desk, self._clock = roster, readings, desk, clock
        self._pipeline = pipeline
        self._traits = {name: traits_of(driver) for name, driver in roster.drivers.items()}
        self._advertised = Repeats(SAME_FRAME_S)
        self._known_records = KnownRecords()
        self._status_changes = StatusChanges()
        self._contacts = StuckContacts()
        self._presses = PressMemories(clock.boot)
        self._counted_s = clock.monotonic_s()
        self._awake = Awake(clock.monotonic_s, LISTENS_S)
        self._maker = ReadingMaker(readings, zone)
        self._hearing = Hearing()
        self._imitations = Imitations()
        self._faults = faults
        advertised = [driver for driver in roster.drivers.values() if isinstance(driver, AdvertisementDriver)]
        self._unregistered = UnregisteredDevices(advertised, clock.boot, faults)
        self.unregistered_calls = UnregisteredCalls(desk, clock)
        self._frames = Frames(
            pipeline=pipeline,
            readings=readings,
            desk=desk,
            sign_ins=sign_ins,
            maker=self._maker,
            presses=self._presses,
        )
        self._lines = SerialRecords(
            roster=roster,
            traits=self._traits,
            frames=self._frames,
            readings=readings,
            sign_ins=sign_ins,
            known=self._known_records,
        )

    def warm_up(self, memories: Mapping[str, bytes]) -> None:
        """Before the first frame: remember the presses and the records of an earlier life."""
        self._presses.load(memories, self._clock.monotonic_s())
        self._known_records.load(memories)
        self._status_changes.load(memories)
        self._lines.warm_up(self._clock.monotonic_s())
        self.unregistered_calls.resume()

    # --- what the sources hear ------------------------------------------------------------------------------------

    def on_advertisement(self, advertisement: Advertisement) -> None:
        """An advertisement, of whatever device."""
        band = self._roster.band(advertisement.address)
        if band is None:
            self._from_unregistered(advertisement, self._clock.monotonic_s())
        else:
            self._advertisement(band, advertisement, RADIO, advertisement.by, self._now())

    def on_report(self, address: str, driver: str, decoded: Decoded) -> None:
        """What a connected band reported; nothing is made of it where the band was unenrolled meanwhile."""
        band = self._roster.band(address)
        if band is not None:
            at = self._now()
            self._heard(address, RADIO, at)
            decoded = validate_output(driver, decoded, self._faults)
            self._take_status(band, driver, decoded.status, at)
            if self._contacts.take(address, decoded, at.monotonic_s):
                log.warning("contact bit stuck", device=address)
            self._frames.take(Frame(band, self._traits[driver], at), decoded)

    def stuck_contacts(self) -> list[str]:
        """The enrolled bands whose sensor says for a day that it touches no skin, while it measures beats."""
        return [address for address in self._contacts.stuck(self._clock.monotonic_s()) if self._roster.band(address)]

    def imitated(self) -> list[str]:
        """The enrolled bands in whose name somebody else may speak."""
        return self._imitations.suspected(self._clock.monotonic_s())

    def on_clock_ahead(self, address: str, seconds: float) -> None:
        """How far a connected band's clock was ahead of ours."""
        self._maker.clock_ahead(address, seconds)

    def on_serial_items(self, port: str, driver: SerialDriver, items: list[Item]) -> None:
        """What became whole on a serial line, in order: records of bands, and advertisements that a hub heard."""
        chunk = Chunk(port, port_source(port), driver, self._traits[driver.name], self._now())
        head: Status | None = None
        for item in records(items):
            if isinstance(item, list):
                self._record(chunk, item, head)
                head = None
                continue
            self._lone_status(chunk, head)
            head = None
            if isinstance(item, Advertisement):
                self._forwarded(chunk, item)
            elif isinstance(item, Refusal):
                self._readings.reject(item.reason)
            else:
                self._lines.flush(port, chunk.at)  # it says what state it is in: values may end
                log.debug("serial device says", port=port, what=type(item).__name__)
                head = item if isinstance(item, Status) else None
        self._lone_status(chunk, head)

    def _forwarded(self, chunk: Chunk, advertisement: Advertisement) -> None:
        """An advertisement that a hub heard."""
        band = self._roster.band(advertisement.address)
        if band is None:
            self._from_unregistered(advertisement, chunk.at.monotonic_s)
        else:
            self._advertisement(band, advertisement, chunk.source, chunk.port, chunk.at)

    def _lone_status(self, chunk: Chunk, status: Status | None) -> None:
        """A status, where no record followed that it is the head of."""
        if status is not None:
            band = self._roster.band(status.address) if status.address else self._roster.docked_at(chunk.port)
            if band is not None:
                self._take_status(band, chunk.driver.name, status.fields, chunk.at)

    def _take_status(self, band: Enrolment, driver: str, status: Mapping[str, object], at: ReceivedAt) -> None:
        """Before all else that came with it: what a band on the charger measures counts for nothing."""
        self._take_changes(band, driver, self._status_changes.of_status(band.address, status), at)

    def _take_changes(self, band: Enrolment, driver: str, changes: list[Measurement], at: ReceivedAt) -> None:
        if changes:
            self._desk.remember(self._status_changes.new())
            self._frames.take(Frame(band, self._traits[driver], at), Decoded(changes))

    def _record(self, chunk: Chunk, record: Record, head: Status | None) -> None:
        first, driver = record[0], chunk.driver
        if head is not None and not (driver.hub and head.address == first.address):
            self._lone_status(chunk, head)
            head = None
        band = self._lines.band(chunk.port, record)
        if band is not None:
            self._heard(band.address, chunk.source, chunk.at, chunk.port)
            if driver.hub and not first.history:  # what a band had stored says nothing of now
                status = head.fields if head else NOTHING
                changes = self._status_changes.of_record(band.address, status, first.age_s)
                self._take_changes(band, driver.name, changes, chunk.at)
            self._lines.take(chunk, band, record)
        elif any(calls_for_help(measurement, driver.keys_call_for_help) for measurement in record):
            self.unregistered_calls.called(first.address or chunk.port)

    async def stored(self, *, calls_only: bool = False) -> None:
        """Returns when all that was taken so far is on the disk. `calls_only`: what calls for help, or is told without."""
        await self._desk.stored()  # no alert has a reading in hand
        if calls_only:
            return
        await self._readings.flush()
        if memories := self._known_records.new():
            self._desk.remember(memories)
        await self._desk.stored()

    async def tick(self) -> None:
        """To be called every few seconds, while the sources are listened to: it waits for room as they do.

        Ports that have fallen silent have said their last value, and who is enrolled no more is forgotten.
        """
        self._awake.look()
        for memory in (self._hearing, self._imitations):
            memory.forget_all_but(self._roster.bands.keys())
        for port in self._lines.silent(self._clock.monotonic_s()):
            self._lines.flush(port, self._now())
        now_s = self._clock.monotonic_s()
        if now_s - self._counted_s >= COUNTERS_EVERY_S:
            self._counted_s = now_s
            self._remember_counters()
        await self.room()

    def end(self) -> None:
        """The sources have ended, and with them the values that something is held back of."""
        for port in self._lines.silent(math.inf):
            self._lines.flush(port, self._now())
        self._remember_counters()

    def _remember_counters(self) -> None:
        if moved := self._presses.moved():
            self._desk.remember(moved, at_leisure=True)

    def _now(self) -> ReceivedAt:
        now_s = self._clock.monotonic_s()
        return ReceivedAt(self._pipeline.now_ms(), now_s, self._clock.state(), self._awake.stood_s(now_s))

    async def room(self) -> None:
        """Returns at once unless too much waits for the disk: until then the sources wait."""
        await self._desk.room()
        await self._readings.room()

    # --- advertisements -------------------------------------------------------------------------------------------

    def _from_unregistered(self, advertisement: Advertisement, now_s: float) -> None:
        if self._unregistered.calls_for_help(advertisement, now_s):
            self.unregistered_calls.called(advertisement.address)

    def _advertisement(self, band: Enrolment, advertisement: Advertisement, source: str, by: str, at: ReceivedAt) -> None:
        self._heard(band.address, source, at, by, advertisement.rssi)
        driver = self._roster.driver_of(band)
        if not isinstance(driver, AdvertisementDriver) or not advertisement.data:
            return  # it says "here I am"; what a connected one measured it tells then
        try:
            decoded = decode(driver, advertisement, band.key, self._faults)
        except Refused as refused:
            self._frames.refuse(band, refused.refusal)
            self._tell(band, self._imitations.refused(band.address, refused.refusal.reason, at.monotonic_s))
            return
        self._tell(band, self._imitations.take(advertisement, by, decoded, at.monotonic_s))
        self._take_status(band, driver.name, decoded.status, at)
        if self._advertised.seen(band.address, said_by_sender(advertisement.data), at.monotonic_s):
            decoded = self._only_presses(decoded, band.address)
        self._frames.take(Frame(band, self._traits[driver.name], at), decoded)

    def _tell(self, band: Enrolment, sign: Sign | None) -> None:
        """Nothing is refused for it: a press counts, whoever may have sent it."""
        if sign:
            log.warning(
                "wristband may be imitated", device=band.address, why=sign, times=self._imitations.count(band.address, sign)
            )

    def _only_presses(self, decoded: Decoded, address: str) -> Decoded:
        """Of an advertisement that came again, only what the memory of presses judges."""
        presses = [measurement for measurement in decoded.measurements if measurement.kind in PRESSES]
        if repeats := len(decoded.measurements) - len(presses):
            self._readings.reject("duplicate", repeats, address)
        return Decoded(presses, counter=decoded.counter, released=decoded.released)

    def _heard(self, address: str, source: str, at: ReceivedAt, by: str = "", rssi: int | None = None) -> None:
        self._hearing.heard(address, by, rssi, at.monotonic_s)
        self._pipeline.heard(address, source, at.wall_ms)

    def heard_by(self, address: str) -> tuple[str, int | None]:
        """Which port or adapter hears an enrolled band best, and how loud (dBm); "": its own connection, or none."""
        return self._hearing.nearest(address)

    def heard_ago_s(self, address: str) -> float | None:
        """How long ago an enrolled band was heard; None: not since the start."""
        heard_s = self._hearing.last_s(address)
        return None if heard_s is None else self._clock.monotonic_s() - heard_s
