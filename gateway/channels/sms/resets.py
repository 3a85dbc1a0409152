"""How often a modem may be reset: not more than once in five minutes and six times in an hour. Pure."""

from __future__ import annotations

from collections import deque

from gateway.channels.sms.timings import Timings

MOST_AN_HOUR = 6


class Resets:
    """Remembers them, also while the port is away."""

    def __init__(self, timings: Timings) -> None:
        self._timings = timings
        self._at_s: deque[float] = deque(maxlen=MOST_AN_HOUR)

    def may(self, now_s: float) -> bool:
        """Whether it may be reset now; if so, it counts."""
        if self._at_s and now_s - self._at_s[-1] < self._timings.between_resets_s:
            return False
        if len(self._at_s) == MOST_AN_HOUR and now_s - self._at_s[0] < self._timings.resets_hour_s:
            return False
        self._at_s.append(now_s)
        return True
