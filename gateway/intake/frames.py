"""Frames of enrolled bands: what is new in each, whether it calls for help or signs in, and the readings it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from drivers.driver import Decoded
from drivers.measurement import Measurement
from drivers.presses import PRESSES, tells_of_presses
from gateway.alerts.desk import Desk
from gateway.intake.frame import Frame
from gateway.intake.press_memories import PressMemories
from gateway.intake.reading_maker import ReadingMaker
from gateway.intake.sign_in import SignIns
from gateway.pipeline import Pipeline
from gateway.readings import Reading
from gateway.rules.help import calls_for_help
from gateway.rules.wearer_situation import SPEAKING
from gateway.store.readings import ReadingStore


class Frames:
    """Takes one frame after the other, each in one go: all that follows from it is one transaction."""

    def __init__(
        self,
        *,
        pipeline: Pipeline,
        readings: ReadingStore,
        desk: Desk,
        sign_ins: SignIns,
        maker: ReadingMaker,
        presses: PressMemories,
    ) -> None:
        self._pipeline, self._readings, self._desk = pipeline, readings, desk
        self._sign_ins, self._maker = sign_ins, maker
        self._presses = presses

    def take(self, frame: Frame) -> None:
        """Places first, as a call for help tells where; then the calls; then the rest: by what the wearer does rules judge
        what was measured.
        """
        decoded, memories = self._new(frame, frame.decoded)
        places, calls, others = self._sorted(frame, decoded.measurements)
        for measurement in places:
            self._pipeline.take(self._maker.reading(frame, measurement))
        for call in calls:
            self._pipeline.call_for_help(self._maker.reading(frame, call), memories)
        if memories and not calls:
            self._desk.remember(memories)
        for measurement in others:
            reading = self._maker.reading(frame, measurement)
            if measurement.kind == "button":
                self._sign_in(frame, measurement, reading)
            self._pipeline.take(reading)

    def _new(self, frame: Frame, came: Decoded) -> tuple[Decoded, Mapping[str, bytes]]:
        """What did not come before, and the memory of presses that must be stored with it; refusals and repeats are counted."""
        new = came
        memories: Mapping[str, bytes] = {}
        if came.counter is not None or tells_of_presses(came):
            new, memories = self._presses.deduplicate(frame.traits.presses, frame.band.address, came, frame.at.monotonic_s)
            self._count_repeats(frame.band.address, came, new)
        for refusal in new.refusals:
            self._readings.reject(refusal.reason, device=frame.band.address)
        return new, memories

    def _count_repeats(self, address: str, came: Decoded, new: Decoded) -> None:
        replayed = new.refusals != came.refusals  # then the whole frame is refused, and counts once
        repeats = len(came.measurements) - sum(not measurement.late for measurement in new.measurements)
        if repeats and not replayed:
            self._readings.reject("duplicate", repeats, address)

    def _sorted(self, frame: Frame, measurements: Sequence[Measurement]) -> tuple[list[Measurement], ...]:
        places: list[Measurement] = []
        calls: list[Measurement] = []
        doing: list[Measurement] = []
        others: list[Measurement] = []
        for measurement in measurements:
            if measurement.kind == "position":
                places.append(measurement)
            elif measurement.kind in PRESSES and calls_for_help(
                measurement, frame.traits.keys_call_for_help, frame.band.sos_button
            ):
                calls.append(measurement)
            else:
                (doing if measurement.kind in SPEAKING else others).append(measurement)
        return places, calls, doing + others

    def _sign_in(self, frame: Frame, measurement: Measurement, reading: Reading) -> None:
        """A press that calls nobody signs its wearer in at a shared device."""
        if not (frame.band.port or measurement.late):
            at = frame.at
            self._sign_ins.pressed(frame.band.wearer, at.monotonic_s - (at.wall_ms - reading.at_ms) / 1000)
