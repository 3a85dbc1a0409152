"""A moment that durations are counted from, over steps of the wall clock and over restarts. Pure."""

from __future__ import annotations

from msgspec import Struct


class Moment(Struct, frozen=True):
    """The same moment on both clocks: wall clock (UTC), and monotonic seconds of this boot of the machine."""

    wall_ms: int
    monotonic_s: float
    boot: str

    def since(self, earlier: Moment) -> float:
        """Seconds from the earlier moment to this one: monotonic within a boot, by the wall clock across; never negative.

        To the millisecond: of two moments 30 s apart the difference of the fractions may be a little less.
        """
        if self.boot == earlier.boot:
            return max(0.0, round(self.monotonic_s - earlier.monotonic_s, 3))
        return max(0.0, (self.wall_ms - earlier.wall_ms) / 1000)

    def before(self, seconds: float) -> Moment:
        """The moment so many seconds earlier, on the clocks of this one."""
        return Moment(self.wall_ms - round(seconds * 1000), self.monotonic_s - seconds, self.boot)
