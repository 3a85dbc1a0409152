"""Records of serial lines: of which band each is, whether it came before, who sits at a shared device, one sample a second."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from drivers.driver import Decoded, SerialDriver
from drivers.presses import PRESSES
from gateway.intake.downsampling import Downsampler, Sample
from gateway.intake.frame import DriverTraits, Frame, ReceivedAt
from gateway.intake.frames import Frames
from gateway.intake.known_records import KnownRecords
from gateway.intake.line_records import Chunk, Record
from gateway.intake.repeats import Repeats
from gateway.intake.sign_in import SignIns
from gateway.readings import Enrolment
from gateway.roster import Roster
from gateway.store.readings import ReadingStore


class SerialRecords:
    """Takes one record after the other, as a hub or a docked device says them."""

    def __init__(
        self,
        *,
        roster: Roster,
        traits: Mapping[str, DriverTraits],
        frames: Frames,
        readings: ReadingStore,
        sign_ins: SignIns,
        known: KnownRecords,
    ) -> None:
        self._roster, self._traits, self._frames = roster, traits, frames
        self._readings, self._sign_ins, self._known = readings, sign_ins, known
        self._downsampler = Downsampler()
        drivers = [driver for driver in roster.drivers.values() if isinstance(driver, SerialDriver)]
        self._lately = {driver.name: Repeats(driver.repeats_s) for driver in drivers}

    def warm_up(self, now_s: float) -> None:
        """Before the first record: remember those that were heard just before the start."""
        for driver, device, number, heard_s in self._readings.tail.heard.before():
            lately = self._lately.get(driver)
            if lately is not None and 0 <= now_s - heard_s < lately.lasting_s:
                lately.seen(device, number, heard_s)

    def band(self, port: str, record: Record) -> Enrolment | None:
        """Whose record of this port it is: of the band that it names, or of the device that is docked there."""
        address = record[0].address
        return self._roster.band(address) if address else self._roster.docked_at(port)

    def take(self, chunk: Chunk, band: Enrolment, record: Record) -> None:
        """The measurements of one record of an enrolled band."""
        first, at = record[0], chunk.at
        pressed = _has_press(record)
        # A press is never a repeat of a measurement: the band may count anew, with a new battery.
        if first.record is not None and self._came_before(band, chunk.driver, ~first.record if pressed else first.record, at):
            self._readings.reject("duplicate", len(record), band.address)
        elif chunk.driver.many_a_second and not first.history:
            samples = [self._downsampler.take(chunk.port, measurement, at.monotonic_s) for measurement in record]
            self._take_samples(band, [sample for sample in samples if sample], at)
        else:
            frame = Frame(self._sitting_at(band, record, at), chunk.traits, at)
            if pressed:
                self._frames.take(frame, Decoded(record))
            else:
                self._frames.take_values(frame, record)

    def flush(self, port: str, at: ReceivedAt) -> None:
        """The values of this port have ended: what was held back of them is taken."""
        band = self._roster.docked_at(port)
        samples = self._downsampler.flush(port)
        if band is not None:
            self._take_samples(band, samples, at)

    def silent(self, now_s: float) -> list[str]:
        """The ports whose values have ended without a word."""
        return self._downsampler.silent(now_s)

    def _came_before(self, band: Enrolment, driver: SerialDriver, number: int, at: ReceivedAt) -> bool:
        if math.isinf(driver.repeats_s):
            return self._known.seen(band.address, number)
        seen = self._lately[driver.name].seen(band.address, number, at.monotonic_s - at.stood_s)
        if not seen and driver.repeats_s:
            self._readings.tail.heard.add(driver.name, band.address, number)
        return seen

    def _take_samples(self, band: Enrolment, samples: Sequence[Sample], at: ReceivedAt) -> None:
        for measurement, repeats in samples:
            if repeats:
                self._readings.reject("duplicate", repeats, band.address)
            frame = Frame(self._sitting_at(band, [measurement], at), self._traits[band.driver], at)
            self._frames.take(frame, Decoded([measurement]))

    def _sitting_at(self, band: Enrolment, record: Record, at: ReceivedAt) -> Enrolment:
        """A docked device as that of the one who signed in at it, where somebody did; what it had stored is its own."""
        if not band.port or any(measurement.history for measurement in record):
            return band
        kinds = frozenset(measurement.kind for measurement in record)
        wearer = self._sign_ins.measured(band.port, kinds, at.monotonic_s)
        return replace(band, wearer=wearer) if wearer else band


def _has_press(record: Record) -> bool:
    for measurement in record:  # noqa: SIM110 (thousands a second: a generator takes three times as long)
        if measurement.kind in PRESSES:
            return True
    return False
