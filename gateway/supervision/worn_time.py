"""How much of the wearing hours has passed since something: over steps of the clock, restarts and deaf times. Pure.

What was counted once stays counted. A step of the wall clock, a restart, a port that is lost end a stretch: from there on it is
counted anew by the clock as it is then, and on top. So a step fires, delays and expires nothing; nobody is told that a
band is silent for time in which the gateway did not listen; and a gateway that is restarted every half hour, or a
port that flaps, hides no band that has gone.
"""

from __future__ import annotations

from msgspec import Struct

from gateway.supervision.wearing_hours import WearingHours


class WornTime(Struct, frozen=True, omit_defaults=True):
    """`counted_ms`: of the stretches that are over. `since_ms`: when the one that goes on began; None: none does."""

    counted_ms: int = 0
    since_ms: int | None = None

    def elapsed(self, hours: WearingHours, now_ms: int) -> int:
        """Wearing hours in all until now, in ms."""
        return self.counted_ms + (0 if self.since_ms is None else hours.within(self.since_ms, now_ms))

    def reaches(self, hours: WearingHours, needed_ms: int) -> int | None:
        """When it will be so much; None: not as things are."""
        return None if self.since_ms is None else hours.after(self.since_ms, needed_ms - self.counted_ms)

    def paused(self, hours: WearingHours, at_ms: int) -> WornTime:
        """The stretch is over."""
        return WornTime(self.elapsed(hours, at_ms))

    def goes_on(self, from_ms: int) -> WornTime:
        """Another stretch begins, where none goes on."""
        return self if self.since_ms is not None else WornTime(self.counted_ms, from_ms)

    def stepped(self, hours: WearingHours, before_ms: int, by_ms: int) -> WornTime:
        """The clock was set by so much, just after `before_ms` of the time before."""
        return self if self.since_ms is None else self.paused(hours, before_ms).goes_on(before_ms + by_ms)

    def under_other_hours(self, before: WearingHours, now_ms: int) -> WornTime:
        """What was counted by the hours before stays counted; others count from now on."""
        return self.stepped(before, now_ms, 0)
