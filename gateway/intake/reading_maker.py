"""Makes a reading of a measurement: gives it its wearer, the time of measuring, a verdict on its value, and its number."""

from __future__ import annotations

from datetime import tzinfo

from drivers.measurement import Measurement
from gateway.intake.frame import Frame, ReceivedAt
from gateway.intake.measured_at import MeasuredAt, measured_at
from gateway.intake.plausibility import Plausibility
from gateway.readings import Reading
from gateway.store.readings import ReadingStore


class ReadingMaker:
    """Knows the last plausible value of each device, and how far the clocks of devices were ahead. `zone`: where it stands."""

    def __init__(self, readings: ReadingStore, zone: tzinfo) -> None:
        self._readings, self._zone = readings, zone
        self._plausibility = Plausibility()
        self._ahead_s: dict[str, float] = {}

    def clock_ahead(self, address: str, seconds: float) -> None:
        """How far this device's clock was ahead before it was set: what it stamped is wrong by so much."""
        self._ahead_s[address] = seconds

    def reading(self, frame: Frame, measurement: Measurement) -> Reading:
        """The reading, numbered last: its number is in hand, and whoever gets it must add it."""
        band, at = frame.band, frame.at
        measured = measured_at(measurement, at, self._ahead_s.get(band.address, 0.0), self._zone)
        quality = measurement.quality + self._plausibility.judge(band.address, measurement, measured.at_ms, band.wearer)
        return Reading(
            wearer=band.wearer,
            device=band.address,
            driver=frame.traits.driver,
            kind=measurement.kind,
            value=measurement.value,
            at_ms=measured.at_ms,
            received_ms=at.wall_ms,
            clock=at.clock,
            quality=(*quality, "corrected_time") if measured.corrected else quality,
            history=measured.history,
            rr_ms=measurement.rr_ms,
            epoch=self._readings.epoch,
            seq=self._readings.next_seq(),
            monotonic_ms=_monotonic_ms(at, measured) if at.clock == "unsynced" and measured.ours else None,
        )


def _monotonic_ms(at: ReceivedAt, measured: MeasuredAt) -> int:
    return round(at.monotonic_s * 1000) - (at.wall_ms - measured.at_ms)
