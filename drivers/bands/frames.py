"""A frame of a band whose bytes are all there is to it, with what it tells; and how the one that is waited for is known."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, field

from drivers.driver import Decoded
from drivers.measurement import Kind


class BandFrame(Struct, frozen=True):
    """A whole frame, and what was reported of it."""

    data: bytes
    decoded: Decoded = field(default_factory=Decoded)

    def measured(self, kind: Kind | None) -> bool:
        """Whether there is a value of this kind in it, or any."""
        return any(kind in (None, measurement.kind) for measurement in self.decoded.measurements)


def begins(*beginnings: bytes) -> Callable[[BandFrame], bool]:
    """Whether a frame begins with one of these."""
    return lambda frame: frame.data.startswith(beginnings)


def answers(data: bytes, decoded: Decoded) -> list[BandFrame]:
    """The frame, also when its value cannot be; none where it is broken: that answers nothing."""
    broken = any(refusal.reason != "implausible" for refusal in decoded.refusals)
    return [] if broken else [BandFrame(data, decoded)]
