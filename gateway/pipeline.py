"""The journey of one frame of an enrolled band: is it new, when was it measured, is it plausible, does somebody need help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Literal, NamedTuple

from msgspec.structs import replace

from drivers.driver import Decoded, PressPolicy, Refusal
from drivers.measurement import Measurement, Position
from drivers.presses import tells_of_presses
from gateway.alert import Clearing, Finding, LastPosition
from gateway.alerts.desk import Desk
from gateway.clock import Clock, ClockState
from gateway.driver_bugs import DriverFaults, validate_output
from gateway.intake.measured_at import measured_at
from gateway.intake.plausibility import Plausibility
from gateway.intake.press_memories import PressMemories
from gateway.intake.sign_in import SignIns
from gateway.last_readings import LastReadings
from gateway.readings import Enrolment, Reading
from gateway.rules.engine import RuleEngine
from gateway.rules.help import calls_for_help, rule
from gateway.store.readings import ReadingStore

WARM_UP_MS = 30 * 60_000  # the longest that a rule looks back


class ReceivedAt(NamedTuple):
    """When something came: wall clock (ms, UTC), monotonic (s), and whether the wall clock can be trusted."""

    wall_ms: int
    monotonic_s: float
    clock: ClockState


class DriverTraits(NamedTuple):
    """How a band speaks: its driver's name, how its presses are told apart, whether its keys are there to call for help."""

    driver: str
    presses: PressPolicy
    keys_call_for_help: bool


class Pipeline:
    """Takes one frame after the other; each call returns when the next may come. `last_readings`: of every band."""

    def __init__(
        self,
        *,
        rooms: Mapping[str, str],
        rules: RuleEngine,
        rules_version: str,
        readings: ReadingStore,
        desk: Desk,
        clock: Clock,
        zone: tzinfo,
        sign_ins: SignIns,
        faults: DriverFaults,
    ) -> None:
        self._rooms, self._zone = rooms, zone
        self._faults = faults
        self._rooms = rooms
        self._rules, self._rules_version = rules, rules_version
        self._readings, self._desk, self._clock = readings, desk, clock
        self._sign_ins = sign_ins
        self.last_readings = LastReadings()
        self._presses = PressMemories(clock.boot)
        self._plausibility = Plausibility()
        self._positions: dict[str, LastPosition] = {}
        self._ahead_s: dict[str, float] = {}

    async def warm_up(self, memories: Mapping[str, bytes]) -> None:
        """Before the first frame: remember the presses of an earlier life, and what the rules had seen."""
        self._presses.load(memories, self._clock.monotonic_s())
        now_ms = self._clock.wall_ms()
        for reading in await self._readings.recent(now_ms - WARM_UP_MS):
            self.last_readings.take(reading)
            self._rules.take(reading, reading.received_ms)  # what they found then was raised then
        for finding in self._rules.resume(self._desk.open_alerts, now_ms):
            await self._act(finding)

    async def take(self, who: Enrolment, traits: DriverTraits, decoded: Decoded, arrival: ReceivedAt) -> None:
        """Calls for help first, each on the disk before anything else; then the rest."""
        decoded = validate_output(traits.driver, decoded, self._faults)
        memories: dict[str, bytes] = {}
        if decoded.counter is not None or tells_of_presses(decoded):
            decoded, memories = self._deduplicate(who, traits, decoded, arrival)
        refuse(self._readings, decoded.refusals)
        measurements = decoded.measurements
        for measurement in measurements:
            if measurement.kind == "position":
                self._remember_place(who, measurement, arrival)
        for measurement in measurements:
            if calls_for_help(measurement, traits.keys_call_for_help, who.sos_button):
                await self._call_for_help(who, self._reading(who, traits, measurement, arrival), memories)
                memories = {}
        if memories:
            await self._desk.remember(memories)
        for measurement in measurements:
            if not calls_for_help(measurement, traits.keys_call_for_help, who.sos_button):
                reading = self._reading(who, traits, measurement, arrival)
                self._sign_in(who, measurement, reading, arrival)
                await self._keep(reading, arrival)

    def _sign_in(self, who: Enrolment, measurement: Measurement, reading: Reading, arrival: ReceivedAt) -> None:
        """A press that calls nobody signs its wearer in at a shared device."""
        if measurement.kind == "button" and not (who.port or measurement.late):
            self._sign_ins.pressed(who.wearer, arrival.monotonic_s - (arrival.wall_ms - reading.at_ms) / 1000)

    def clock_ahead(self, address: str, seconds: float) -> None:
        """How far the device's clock was ahead before it was set: what it stamped is wrong by so much."""
        self._ahead_s[address] = seconds

    def _deduplicate(
        self, who: Enrolment, traits: DriverTraits, decoded: Decoded, arrival: ReceivedAt
    ) -> tuple[Decoded, dict[str, bytes]]:
        """What is new of a frame with presses or a counter, and the memory that must be stored with it."""
        new, memories = self._presses.deduplicate(traits.presses, who.address, decoded, arrival.monotonic_s)
        replayed = new.refusals != decoded.refusals  # then the whole frame is refused, and counts once
        repeats = len(decoded.measurements) - sum(not measurement.late for measurement in new.measurements)
        if repeats and not replayed:
            self._readings.reject("duplicate", repeats)
        return new, memories

    def _reading(self, who: Enrolment, traits: DriverTraits, measurement: Measurement, arrival: ReceivedAt) -> Reading:
        at_ms, history, corrected = measured_at(measurement, arrival.wall_ms, self._ahead_s.get(who.address, 0.0), self._zone)
        whose = f"{who.address} {who.wearer}"  # what two people measure at one device are no jumps
        quality = measurement.quality + self._plausibility.judge(whose, measurement, at_ms)
        reading = Reading(
            wearer=who.wearer,
            device=who.address,
            driver=traits.driver,
            kind=measurement.kind,
            value=measurement.value,
            at_ms=at_ms,
            received_ms=arrival.wall_ms,
            clock=arrival.clock,
            quality=(*quality, "corrected_time") if corrected else quality,
            history=history,
        )
        self.last_readings.take(reading)
        return reading

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
        await self._desk.find(finding, referenced=[reading], memories=memories)

    async def _keep(self, reading: Reading, arrival: ReceivedAt) -> None:
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
            await self._desk.clear(verdict, referenced=claimed)
            return
        room, position = self._rooms.get(verdict.wearer, ""), self._positions.get(verdict.wearer)
        await self._desk.find(replace(verdict, room=room, position=position), referenced=claimed)

    async def tick(self) -> None:
        """Time passes: what rules find without a new reading."""
        for verdict in self._rules.tick(self._clock.wall_ms()):
            await self._act(verdict)

    def _remember_place(self, who: Enrolment, measurement: Measurement, arrival: ReceivedAt) -> None:
        at_ms, _, _ = measured_at(measurement, arrival.wall_ms, 0.0, self._zone)
        last = self._positions.get(who.wearer)
        if isinstance(measurement.value, Position) and (last is None or at_ms >= last.at_ms):
            self._positions[who.wearer] = LastPosition(measurement.value, at_ms)


def refuse(readings: ReadingStore, refusals: Sequence[Refusal]) -> None:
    """Count what was refused, by reason."""
    for refusal in refusals:
        readings.reject(refusal.reason)
