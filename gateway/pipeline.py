"""The journey of one frame: whose band is it, is it new, when was it measured, is it plausible, does somebody need help."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

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
from drivers.measurement import Measurement, Position
from drivers.presses import PRESSES, tells_of_presses
from gateway.alert import Clearing, Finding, LastPosition
from gateway.alerts.desk import Desk
from gateway.alerts.technical import technical
from gateway.clock import Clock, ClockState
from gateway.driver_bugs import decode, sound
from gateway.known_records import KnownRecords
from gateway.line_records import Kept, OneASecond, Record, records
from gateway.measured_at import measured_at
from gateway.messages import Wristbands
from gateway.plausibility import Plausibility
from gateway.press_memories import PressMemories
from gateway.readings import Enrolment, Reading
from gateway.repeats import Repeats
from gateway.rules.engine import RuleEngine
from gateway.rules.help import rule
from gateway.sign_in import SignIns
from gateway.store.database import to_the_end
from gateway.store.readings import ReadingStore
from gateway.strangers import Strangers, calls_for_help

log = structlog.get_logger()

SAME_FRAME_S = 10.0  # an advertisement with the same bytes within this is the same one, heard again
WARM_UP_MS = 30 * 60_000  # the longest that a rule looks back


class Arrival(NamedTuple):
    """When something came: wall clock (ms, UTC), monotonic (s), and whether the wall clock can be trusted."""

    wall_ms: int
    monotonic_s: float
    clock: ClockState


class Speaker(NamedTuple):
    """How a band speaks: its driver's name, how its presses are told apart, whether its keys are there to call for help."""

    driver: str
    presses: PressPolicy
    keys_call_for_help: bool


class Pipeline:
    """Takes what the sources hear, whatever it is. Each call returns when the next may come."""

    def __init__(
        self,
        *,
        enrolments: Mapping[str, Enrolment],
        drivers: Mapping[str, Driver],
        rules: RuleEngine,
        rules_version: str,
        readings: ReadingStore,
        desk: Desk,
        clock: Clock,
        sign_ins: SignIns | None = None,
    ) -> None:
        self._enrolments, self._drivers = enrolments, drivers
        self._rules, self._rules_version = rules, rules_version
        self._readings, self._desk, self._clock = readings, desk, clock
        self._docked = {enrolment.port: enrolment for enrolment in enrolments.values() if enrolment.port}
        self._rooms = {enrolment.wearer: enrolment.room for enrolment in enrolments.values()}
        self._speakers = {name: _speaker(driver) for name, driver in drivers.items()}
        self._records = {
            name: Repeats(driver.repeats_s) for name, driver in drivers.items() if isinstance(driver, SerialDriver)
        }
        self._known_records = KnownRecords()
        self._seconds = OneASecond()
        self._sign_ins = sign_ins or SignIns({})
        self._frames = Repeats(SAME_FRAME_S)
        self._presses = PressMemories(clock.boot)
        self._strangers = Strangers((d for d in drivers.values() if isinstance(d, AdvertisementDriver)), clock.boot)
        self._plausibility = Plausibility()
        self._positions: dict[str, LastPosition] = {}
        self._heard_s: dict[str, float] = {}
        self._ahead_s: dict[str, float] = {}

    async def warm_up(self, memories: Mapping[str, bytes]) -> None:
        """Before the first frame: remember the presses of an earlier life, and what the rules had seen."""
        self._presses.wake(memories, self._clock.monotonic_s())
        self._known_records.wake(memories)
        now_ms = self._clock.wall_ms()
        for reading in await self._readings.recent(now_ms - WARM_UP_MS):
            self._rules.take(reading, reading.received_ms)  # what they found then was raised then
        for finding in self._rules.resume(self._desk.open_alerts, now_ms):
            await self._act(finding)

    # --- what the sources hear ------------------------------------------------------------------------------------

    async def heard(self, advertisement: Advertisement) -> None:
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
            decoded = decode(driver, advertisement, who.key)
        except Refused as refused:
            self._refuse([refused.refusal])
            return
        arrival = await self._arrive()
        if self._frames.seen(who.address, advertisement.data, arrival.monotonic_s):
            decoded = self._only_presses(decoded)
        await self._take(who, self._speakers[who.driver], decoded, arrival)

    async def told(self, address: str, driver: str, decoded: Decoded) -> None:
        """What a connected band reported."""
        who = self._enrolments[address]  # a source connects to enrolled bands only
        ahead_s = decoded.status.get("clock_offset_s")
        if isinstance(ahead_s, int | float):
            self._ahead_s[address] = ahead_s
        await self._take(who, self._speakers[driver], decoded, await self._arrive())

    async def streamed(self, port: str, driver: SerialDriver, items: list[Item]) -> None:
        """What became whole on a serial line, in order: records of bands, and advertisements that a hub heard.

        Taken to the end also when the source is stopped meanwhile: what was read from the line is nowhere else.
        """
        await to_the_end(self._stream(port, driver, items))

    async def _stream(self, port: str, driver: SerialDriver, items: list[Item]) -> None:
        arrival = await self._arrive()
        for item in records(items):
            if isinstance(item, list):
                await self._record(port, driver, item, arrival)
            elif isinstance(item, Advertisement):
                await self.heard(item)
            elif isinstance(item, Refusal):
                self._refuse([item])
            else:
                await self._take_kept(port, self._seconds.rest(port), arrival)  # it says what state it is in: values may end
                log.debug("serial device says", port=port, what=type(item).__name__)

    async def stored(self) -> None:
        """Returns when all that was taken so far is on the disk."""
        await self._readings.flush()
        if memories := self._known_records.new():
            await self._desk.remember(memories)

    async def _arrive(self) -> Arrival:
        """Now, once there is room; until then the source waits."""
        await self._readings.room()
        return Arrival(self._clock.wall_ms(), self._clock.monotonic_s(), self._clock.state())

    async def _record(self, port: str, driver: SerialDriver, record: Record, arrival: Arrival) -> None:
        """The measurements of one record of one band."""
        first = record[0]
        who = self._enrolments.get(first.address) if first.address else self._docked.get(port)
        speaker = self._speakers[driver.name]
        if who is None:
            if any(calls_for_help(measurement, speaker.keys_call_for_help) for measurement in record):
                await self._call_of_a_stranger(first.address, arrival)
        elif first.record is not None and self._told_before(who, driver, first.record, arrival):
            self._readings.reject("duplicate", len(record))
        elif driver.many_a_second and not first.history:
            kept = (self._seconds.take(port, measurement, arrival.monotonic_s) for measurement in record)
            await self._take_kept(port, [one for one in kept if one], arrival)
        else:
            await self._take(self._sitting_at(who, record, arrival), speaker, Decoded(record), arrival)

    def _told_before(self, who: Enrolment, driver: SerialDriver, number: int, arrival: Arrival) -> bool:
        if math.isinf(driver.repeats_s):
            return self._known_records.seen(who.address, number)
        return self._records[driver.name].seen(who.address, number, arrival.monotonic_s)

    async def _take_kept(self, port: str, kept: Sequence[Kept], arrival: Arrival) -> None:
        """Values of a device that says many a second: each stands for some others."""
        who = self._docked.get(port)
        if who is None:
            return
        for measurement, repeats in kept:
            if repeats:
                self._readings.reject("duplicate", repeats)
            record = [measurement]
            await self._take(self._sitting_at(who, record, arrival), self._speakers[who.driver], Decoded(record), arrival)

    def _sitting_at(self, who: Enrolment, record: Record, arrival: Arrival) -> Enrolment:
        """A docked device as that of the one who signed in at it, where somebody did; what it had stored is its own."""
        if not who.port or any(measurement.history for measurement in record):
            return who
        kinds = frozenset(measurement.kind for measurement in record)
        wearer = self._sign_ins.measured(who.port, kinds, arrival.monotonic_s)
        return replace(who, wearer=wearer, room=self._rooms.get(wearer, "")) if wearer else who

    # --- one frame of an enrolled band ----------------------------------------------------------------------------

    async def _take(self, who: Enrolment, speaker: Speaker, decoded: Decoded, arrival: Arrival) -> None:
        """Calls for help first, each on the disk before anything else; then the rest."""
        self._heard_s[who.address] = arrival.monotonic_s
        decoded = sound(speaker.driver, decoded)
        memories: dict[str, bytes] = {}
        if decoded.counter is not None or tells_of_presses(decoded):
            decoded, memories = self._sift(who, speaker, decoded, arrival)
        self._refuse(decoded.refusals)
        measurements = decoded.measurements
        for measurement in measurements:
            if measurement.kind == "position":
                self._remember_place(who, measurement, arrival)
        for measurement in measurements:
            if calls_for_help(measurement, speaker.keys_call_for_help, who.sos_button):
                await self._call_for_help(who, self._reading(who, speaker, measurement, arrival), memories)
                memories = {}
        if memories:
            await self._desk.remember(memories)
        for measurement in measurements:
            if not calls_for_help(measurement, speaker.keys_call_for_help, who.sos_button):
                reading = self._reading(who, speaker, measurement, arrival)
                if measurement.kind == "button" and not (who.port or measurement.late):
                    self._sign_ins.pressed(who.wearer, arrival.monotonic_s - (arrival.wall_ms - reading.at_ms) / 1000)
                await self._keep(reading, arrival)

    def _sift(self, who: Enrolment, speaker: Speaker, decoded: Decoded, arrival: Arrival) -> tuple[Decoded, dict[str, bytes]]:
        """What is new of a frame with presses or a counter, and the memory that must be stored with it."""
        new, memories = self._presses.sift(speaker.presses, who.address, decoded, arrival.monotonic_s)
        replayed = new.refusals != decoded.refusals  # then the whole frame is refused, and counts once
        repeats = len(decoded.measurements) - sum(not measurement.late for measurement in new.measurements)
        if repeats and not replayed:
            self._readings.reject("duplicate", repeats)
        return new, memories

    def _reading(self, who: Enrolment, speaker: Speaker, measurement: Measurement, arrival: Arrival) -> Reading:
        at_ms, history, corrected = measured_at(measurement, arrival.wall_ms, self._ahead_s.get(who.address, 0.0))
        whose = f"{who.address} {who.wearer}"  # what two people measure at one device are no jumps
        quality = measurement.quality + self._plausibility.judge(whose, measurement, at_ms)
        return Reading(
            wearer=who.wearer,
            device=who.address,
            driver=speaker.driver,
            kind=measurement.kind,
            value=measurement.value,
            at_ms=at_ms,
            received_ms=arrival.wall_ms,
            clock=arrival.clock,
            quality=(*quality, "corrected_time") if corrected else quality,
            history=history,
        )

    async def _call_for_help(self, who: Enrolment, reading: Reading, memories: Mapping[str, bytes]) -> None:
        """SOS and fall: critical at once. Nothing filters, delays or merges them away."""
        kind: Literal["fall", "sos"] = "fall" if reading.kind == "fall" else "sos"
        self._readings.claim(reading)
        finding = Finding(
            kind=kind,
            priority="critical",
            at_ms=reading.at_ms,
            rule=rule(kind, self._rules_version),
            wearer=who.wearer,
            room=who.room,
            device=who.address,
            readings=(reading,),
            position=self._positions.get(who.wearer),
        )
        await self._desk.find(finding, claimed=[reading], memories=memories)

    async def _keep(self, reading: Reading, arrival: Arrival) -> None:
        """Ask the rules first: an alert is on the disk before the reading that was its reason."""
        for verdict in self._rules.take(reading, arrival.wall_ms):
            await self._act(verdict)
        if not reading.seq:
            self._readings.add(reading)

    async def _act(self, verdict: Finding | Clearing) -> None:
        """A rule has fired, or its cause is gone. The readings it names get their numbers now."""
        claimed = [reading for reading in verdict.readings if not reading.seq]
        for reading in claimed:
            self._readings.claim(reading)
        if isinstance(verdict, Clearing):
            await self._desk.clear(verdict, claimed=claimed)
            return
        room, position = self._rooms.get(verdict.wearer, ""), self._positions.get(verdict.wearer)
        await self._desk.find(replace(verdict, room=room, position=position), claimed=claimed)

    async def tick(self) -> None:
        """Time passes: what rules find without a new reading."""
        for verdict in self._rules.tick(self._clock.wall_ms()):
            await self._act(verdict)
        for port in self._seconds.silent(self._clock.monotonic_s()):
            await self._take_kept(port, self._seconds.rest(port), await self._arrive())

    # --- what else is noticed -------------------------------------------------------------------------------------

    def _remember_place(self, who: Enrolment, measurement: Measurement, arrival: Arrival) -> None:
        at_ms, _, _ = measured_at(measurement, arrival.wall_ms, 0.0)
        last = self._positions.get(who.wearer)
        if isinstance(measurement.value, Position) and (last is None or at_ms >= last.at_ms):
            self._positions[who.wearer] = LastPosition(measurement.value, at_ms)

    def _refuse(self, refusals: Sequence[Refusal]) -> None:
        for refusal in refusals:
            self._readings.reject(refusal.reason)

    def _only_presses(self, decoded: Decoded) -> Decoded:
        """Of a frame that came again, only what the memory of presses judges."""
        presses = [measurement for measurement in decoded.measurements if measurement.kind in PRESSES]
        if repeats := len(decoded.measurements) - len(presses):
            self._readings.reject("duplicate", repeats)
        return Decoded(presses, counter=decoded.counter, at_rest=decoded.at_rest)

    async def _stranger_heard(self, advertisement: Advertisement) -> None:
        if self._strangers.calls_for_help(advertisement, self._clock.monotonic_s()):
            await self._call_of_a_stranger(advertisement.address, await self._arrive())

    async def _call_of_a_stranger(self, address: str, arrival: Arrival) -> None:
        await self._desk.find(technical("unregistered_device", arrival.wall_ms, device=address, priority="advisory"))

    def wristbands(self, heard_within_s: float) -> Wristbands:
        """How many are enrolled, and heard lately."""
        since_s = self._clock.monotonic_s() - heard_within_s
        return Wristbands(known=len(self._enrolments), heard=sum(at_s >= since_s for at_s in self._heard_s.values()))


def _speaker(driver: Driver) -> Speaker:
    presses = driver.presses if isinstance(driver, AdvertisementDriver) else PressPolicy()
    return Speaker(driver.name, presses, driver.keys_call_for_help)
