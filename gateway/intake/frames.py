"""Frames of enrolled bands: what is new in each, whether it calls for help or signs in, and the readings it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import structlog

from drivers.driver import Decoded, Refusal
from drivers.measurement import Measurement
from drivers.presses import PRESSES, tells_of_presses
from gateway.alerts.desk import Desk
from gateway.intake.frame import Frame
from gateway.intake.press_memories import PressMemories
from gateway.intake.reading_maker import ReadingMaker
from gateway.intake.sign_in import SignIns
from gateway.pipeline import Pipeline
from gateway.readings import Enrolment, Reading
from gateway.rules.help import calls_for_help
from gateway.rules.wearer_situation import SPEAKING
from gateway.store.readings import ReadingStore

log = structlog.get_logger()

# Places first, as a call for help tells where; then presses; then what the wearer does, as rules judge by it; then the rest.
RANKS = {"position": 0, **dict.fromkeys(PRESSES, 1), **dict.fromkeys(SPEAKING, 2)}
THE_REST = 3

NO_MEMORIES: Mapping[str, bytes] = MappingProxyType({})


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
        self._not_understood = set[str]()

    def take(self, frame: Frame, came: Decoded) -> None:
        """What is in it. Refusals, and presses that came before, are counted."""
        new, memories = came, NO_MEMORIES
        if came.counter is not None or tells_of_presses(came):
            at, policy = frame.at, frame.traits.presses
            new, memories = self._presses.deduplicate(policy, frame.band.address, came, at.monotonic_s, at.stood_s)
            self._count_repeats(frame.band.address, came, new)
        for refusal in new.refusals:
            self.refuse(frame.band, refusal)
        calls = [measurement for measurement in new.measurements if _is_call(frame, measurement)]
        if memories and not calls:
            self._desk.remember(memories)
        for measurement in _in_order(new.measurements):
            reading = self._maker.reading(frame, measurement)
            if measurement in calls:
                self._pipeline.call_for_help(reading, memories)
                continue
            if measurement.kind == "button":
                self._sign_in(frame, measurement, reading)
            self._pipeline.take(reading)

    def refuse(self, band: Enrolment, refusal: Refusal) -> None:
        """Counts it. What the driver does not know yet may be a press: of each band that is told once."""
        self._readings.reject(refusal.reason, device=band.address)
        if refusal.reason == "unsupported" and band.address not in self._not_understood:
            self._not_understood.add(band.address)
            log.warning("frame not understood", device=band.address)

    def take_values(self, frame: Frame, measurements: Sequence[Measurement]) -> None:
        """The same of what is no press, nor refused: thousands a second."""
        for measurement in _in_order(measurements):
            self._pipeline.take(self._maker.reading(frame, measurement))

    def _count_repeats(self, address: str, came: Decoded, new: Decoded) -> None:
        replayed = new.refusals != came.refusals  # then the whole frame is refused, and counts once
        repeats = len(came.measurements) - sum(not measurement.late for measurement in new.measurements)
        if repeats and not replayed:
            self._readings.reject("duplicate", repeats, address)

    def _sign_in(self, frame: Frame, measurement: Measurement, reading: Reading) -> None:
        """A press that calls nobody signs its wearer in at a shared device."""
        if not (frame.band.port or measurement.late):
            at = frame.at
            self._sign_ins.pressed(frame.band.wearer, at.monotonic_s - (at.wall_ms - reading.at_ms) / 1000)


def _in_order(measurements: Sequence[Measurement]) -> Sequence[Measurement]:
    return measurements if len(measurements) == 1 else sorted(measurements, key=_rank)


def _rank(measurement: Measurement) -> int:
    return RANKS.get(measurement.kind, THE_REST)


def _is_call(frame: Frame, measurement: Measurement) -> bool:
    return measurement.kind in PRESSES and calls_for_help(measurement, frame.traits.keys_call_for_help, frame.band.sos_button)
