"""Where all that is heard comes in: whose band is it, did it come before, does a stranger call for help."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import structlog
from msgspec.structs import replace

from drivers.driver import (
    Advertisement,
    AdvertisementDriver,
    Decoded,
    Driver,
    Item,
    PressPolicy,
    Refusal,
    Refused,
    SerialDriver,
)
from drivers.presses import PRESSES
from gateway.alerts.desk import Desk
from gateway.alerts.technical import technical
from gateway.clock import Clock
from gateway.completion import run_to_completion
from gateway.driver_bugs import DriverFaults, decode
from gateway.intake.known_records import KnownRecords
from gateway.intake.line_records import Downsampler, Kept, Record, records
from gateway.intake.repeats import Repeats
from gateway.intake.sign_in import SignIns
from gateway.intake.unregistered import UnregisteredDevices
from gateway.pipeline import DriverTraits, Pipeline, ReceivedAt, refuse
from gateway.readings import Enrolment
from gateway.rules.help import calls_for_help
from gateway.store.readings import ReadingStore

log = structlog.get_logger()

SAME_FRAME_S = 10.0  # an advertisement with the same bytes within this is the same one, heard again


class Intake:
    """Takes what the sources hear, whatever it is (a `Receiver`). Each call returns when the next may come."""

    def __init__(
        self,
        *,
        enrolments: Mapping[str, Enrolment],
        drivers: Mapping[str, Driver],
        pipeline: Pipeline,
        readings: ReadingStore,
        desk: Desk,
        clock: Clock,
        sign_ins: SignIns,
        faults: DriverFaults,
    ) -> None:
        self._faults = faults
        self._enrolments, self._drivers, self._pipeline = enrolments, drivers, pipeline
        self._readings, self._desk, self._clock = readings, desk, clock
        self._sign_ins = sign_ins
        self._docked = {enrolment.port: enrolment for enrolment in enrolments.values() if enrolment.port}
        self._rooms = {enrolment.wearer: enrolment.room for enrolment in enrolments.values()}
        self._traitss = {name: _traits(driver) for name, driver in drivers.items()}
        self._records = {
            name: Repeats(driver.repeats_s) for name, driver in drivers.items() if isinstance(driver, SerialDriver)
        }
        self._known_records = KnownRecords()
        self._seconds = Downsampler()
        self._frames = Repeats(SAME_FRAME_S)
        only_heard = (driver for driver in drivers.values() if isinstance(driver, AdvertisementDriver))
        self._strangers = UnregisteredDevices(only_heard, clock.boot, faults)
        self._heard_s: dict[str, float] = {}

    def warm_up(self, memories: Mapping[str, bytes]) -> None:
        """Before the first frame: remember the records of an earlier life."""
        self._known_records.load(memories)

    # --- what the sources hear ------------------------------------------------------------------------------------

    async def on_advertisement(self, advertisement: Advertisement) -> None:
        """An advertisement, of whatever device."""
        who = self._enrolments.get(advertisement.address)
        if who is None:
            await self._stranger_heard(advertisement)
            return
        self._heard_s[who.address] = self._clock.monotonic_s()
        driver = self._drivers[who.driver]
        if not isinstance(driver, AdvertisementDriver):
            return  # it says "here I am"; what it measured it tells when it is connected
        try:
            decoded = decode(driver, advertisement, who.key, self._faults)
        except Refused as refused:
            refuse(self._readings, [refused.refusal])
            return
        arrival = await self._arrive()
        if self._frames.seen(who.address, advertisement.data, arrival.monotonic_s):
            decoded = self._only_presses(decoded)
        await self._take(who, self._traitss[who.driver], decoded, arrival)

    async def on_report(self, address: str, driver: str, decoded: Decoded) -> None:
        """What a connected band reported."""
        who = self._enrolments[address]  # a source connects to enrolled bands only
        await self._take(who, self._traitss[driver], decoded, await self._arrive())

    async def on_clock_ahead(self, address: str, seconds: float) -> None:
        """How far a connected band's clock was ahead of ours."""
        self._pipeline.clock_ahead(address, seconds)

    async def on_serial_items(self, port: str, driver: SerialDriver, items: list[Item]) -> None:
        """What became whole on a serial line, in order: records of bands, and advertisements that a hub heard.

        Taken to the end also when the source is stopped meanwhile: what was read from the line is nowhere else.
        """
        await run_to_completion(self._stream(port, driver, items))

    async def _stream(self, port: str, driver: SerialDriver, items: list[Item]) -> None:
        arrival = await self._arrive()
        for item in records(items):
            if isinstance(item, list):
                await self._record(port, driver, item, arrival)
            elif isinstance(item, Advertisement):
                await self.on_advertisement(item)
            elif isinstance(item, Refusal):
                refuse(self._readings, [item])
            else:
                await self._take_kept(port, self._seconds.rest(port), arrival)  # it says what state it is in: values may end
                log.debug("serial device says", port=port, what=type(item).__name__)

    async def stored(self) -> None:
        """Returns when all that was taken so far is on the disk."""
        await self._readings.flush()
        if memories := self._known_records.new():
            await self._desk.remember(memories)

    async def tick(self) -> None:
        """Time passes: ports that have fallen silent have said their last value."""
        for port in self._seconds.silent(self._clock.monotonic_s()):
            await self._take_kept(port, self._seconds.rest(port), await self._arrive())

    async def _arrive(self) -> ReceivedAt:
        """Now, once there is room; until then the source waits."""
        await self._readings.room()
        return ReceivedAt(self._clock.wall_ms(), self._clock.monotonic_s(), self._clock.state())

    async def _take(self, who: Enrolment, traits: DriverTraits, decoded: Decoded, arrival: ReceivedAt) -> None:
        self._heard_s[who.address] = arrival.monotonic_s
        await self._pipeline.take(who, traits, decoded, arrival)

    # --- records of a line ----------------------------------------------------------------------------------------

    async def _record(self, port: str, driver: SerialDriver, record: Record, arrival: ReceivedAt) -> None:
        """The measurements of one record of one band."""
        first = record[0]
        who = self._enrolments.get(first.address) if first.address else self._docked.get(port)
        traits = self._traitss[driver.name]
        if who is None:
            if any(calls_for_help(measurement, traits.keys_call_for_help) for measurement in record):
                await self._call_of_a_stranger(first.address, arrival)
        elif first.record is not None and self._told_before(who, driver, first.record, arrival):
            self._readings.reject("duplicate", len(record))
        elif driver.many_a_second and not first.history:
            kept = (self._seconds.take(port, measurement, arrival.monotonic_s) for measurement in record)
            await self._take_kept(port, [one for one in kept if one], arrival)
        else:
            await self._take(self._sitting_at(who, record, arrival), traits, Decoded(record), arrival)

    def _told_before(self, who: Enrolment, driver: SerialDriver, number: int, arrival: ReceivedAt) -> bool:
        if math.isinf(driver.repeats_s):
            return self._known_records.seen(who.address, number)
        return self._records[driver.name].seen(who.address, number, arrival.monotonic_s)

    async def _take_kept(self, port: str, kept: Sequence[Kept], arrival: ReceivedAt) -> None:
        """Values of a device that says many a second: each stands for some others."""
        who = self._docked.get(port)
        if who is None:
            return
        for measurement, repeats in kept:
            if repeats:
                self._readings.reject("duplicate", repeats)
            record = [measurement]
            await self._take(self._sitting_at(who, record, arrival), self._traitss[who.driver], Decoded(record), arrival)

    def _sitting_at(self, who: Enrolment, record: Record, arrival: ReceivedAt) -> Enrolment:
        """A docked device as that of the one who signed in at it, where somebody did; what it had stored is its own."""
        if not who.port or any(measurement.history for measurement in record):
            return who
        kinds = frozenset(measurement.kind for measurement in record)
        wearer = self._sign_ins.measured(who.port, kinds, arrival.monotonic_s)
        return replace(who, wearer=wearer, room=self._rooms.get(wearer, "")) if wearer else who

    # --- advertisements -------------------------------------------------------------------------------------------

    def _only_presses(self, decoded: Decoded) -> Decoded:
        """Of a frame that came again, only what the memory of presses judges."""
        presses = [measurement for measurement in decoded.measurements if measurement.kind in PRESSES]
        if repeats := len(decoded.measurements) - len(presses):
            self._readings.reject("duplicate", repeats)
        return Decoded(presses, counter=decoded.counter, released=decoded.released)

    async def _stranger_heard(self, advertisement: Advertisement) -> None:
        if self._strangers.calls_for_help(advertisement, self._clock.monotonic_s()):
            await self._call_of_a_stranger(advertisement.address, await self._arrive())

    async def _call_of_a_stranger(self, address: str, arrival: ReceivedAt) -> None:
        await self._desk.find(technical("unregistered_device", arrival.wall_ms, device=address, priority="advisory"))

    def heard_ago_s(self, address: str) -> float | None:
        """How long ago a band was heard; None: not since the start."""
        heard_s = self._heard_s.get(address)
        return None if heard_s is None else self._clock.monotonic_s() - heard_s


def _traits(driver: Driver) -> DriverTraits:
    presses = driver.presses if isinstance(driver, AdvertisementDriver) else PressPolicy()
    return DriverTraits(driver.name, presses, driver.keys_call_for_help)
