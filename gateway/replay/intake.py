"""Makes the reading of a line, as the gateway's intake makes one of a measurement, and judges its value anew."""

from __future__ import annotations

from drivers.measurement import Measurement
from gateway.clock import Clock
from gateway.intake.plausibility import WORDS, Plausibility
from gateway.readings import Reading
from gateway.replay.duplicates import Duplicates
from gateway.replay.enrolling import Enrolling
from gateway.replay.lines import ReadingLine
from gateway.replay.reading_ids import ReadingIds


class LineIntake:
    """One after the other. `begin_anew`: the gateway was started again, and has forgotten what it had in memory alone."""

    def __init__(self, enrolled: Enrolling, ids: ReadingIds, clock: Clock) -> None:
        self._enrolled, self._ids, self._clock = enrolled, ids, clock
        self._duplicates = Duplicates()
        self.begin_anew()

    def begin_anew(self) -> None:
        """What came is known still; what was plausible is not."""
        self._plausibility = Plausibility()

    def reading(self, line: ReadingLine) -> Reading | None:
        """The reading, which comes now; None: it came before."""
        device, driver = self._enrolled.device_and_driver(line)
        if not self._duplicates.is_new(device, line, self._clock.wall_ms()):
            return None
        told = tuple(word for word in line.quality if word not in WORDS) if line.quality else ()
        measurement = Measurement(kind=line.kind, value=line.value)
        judged = self._plausibility.judge(f"{device} {line.wearer}", measurement, line.at_ms)
        number = self._ids.number(line.id)
        return Reading(
            wearer=line.wearer,
            device=device,
            driver=driver,
            kind=line.kind,
            value=line.value,
            at_ms=line.at_ms,
            received_ms=self._clock.wall_ms(),
            clock=line.clock,
            quality=told + judged,
            history=line.history,
            rr_ms=line.rr_ms,
            epoch=number.epoch,
            seq=number.seq,
        )
