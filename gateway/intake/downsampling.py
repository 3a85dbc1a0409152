"""One sample a second of a device that says its values many times a second. Pure.

An oximeter says its numbers up to a hundred times a second. Of each kind one a second is kept: the first at once, then the
median of each second, and what is left over when the values end. So a frame that a lost byte made wrong, and that no
checksum betrays, moves nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct, field

from drivers.measurement import Kind, Measurement

SECOND_S = 1.0


class Sample(NamedTuple):
    """A measurement that stands for some others: `repeats` of them are dropped for it."""

    measurement: Measurement
    repeats: int


class Second(Struct):
    """What came of one kind since its last sample, and when that was."""

    began_s: float
    held: list[Measurement] = field(default_factory=list)

    def flush(self) -> Sample | None:
        """The median of what is held, by itself a measurement that came; None where nothing is."""
        if not self.held:
            return None
        held, self.held = self.held, []
        ordered = sorted(held, key=_number)
        return Sample(ordered[(len(ordered) - 1) // 2], len(held) - 1)


def _number(measurement: Measurement) -> float:
    """By what values are put in order; what is no number stays in the order in which it came."""
    return measurement.value if isinstance(measurement.value, int | float) else 0


class Downsampler:
    """Of all ports whose devices say their values many times a second."""

    def __init__(self) -> None:
        self._seconds: dict[tuple[str, Kind], Second] = {}

    def take(self, port: str, measurement: Measurement, at_s: float) -> Sample | None:
        """A value that came; the sample that stands for it and those before it, where it is time for one."""
        key = (port, measurement.kind)
        second = self._seconds.get(key)
        if second is None:  # it appears
            self._seconds[key] = Second(at_s)
            return Sample(measurement, 0)
        second.held.append(measurement)
        if at_s - second.began_s < SECOND_S:
            return None
        second.began_s = at_s
        return second.flush()

    def flush(self, port: str) -> list[Sample]:
        """The values of a port have ended: what was held back. The next ones appear anew."""
        ended = [self._seconds.pop(key) for key in [key for key in self._seconds if key[0] == port]]
        return [sample for second in ended if (sample := second.flush())]

    def silent(self, at_s: float) -> list[str]:
        """The ports that have said nothing for longer than a second."""
        return sorted({port for (port, _), second in self._seconds.items() if at_s - second.began_s > 2 * SECOND_S})
