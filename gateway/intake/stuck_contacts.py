"""Sensors that say for a day that they touch no skin, while they measure beats: that bit of theirs is stuck. Pure.

Their pulse counts; but that such a band is taken off is never told by it, and somebody should know. Times are monotonic (s).
"""

from __future__ import annotations

from drivers.driver import Decoded

DAY_S = 86_400.0
CONTRADICTED = "contact_contradicted"  # in the status of a frame


class StuckContacts:
    """Of all bands, since the start of the gateway."""

    def __init__(self) -> None:
        self._since_s: dict[str, float] = {}
        self._last_s: dict[str, float] = {}
        self._told_s: dict[str, float] = {}

    def take(self, address: str, decoded: Decoded, now_s: float) -> bool:
        """A frame of an enrolled band; whether somebody is to be told now: once a day of each."""
        if any(measurement.kind == "worn" and measurement.value is True for measurement in decoded.measurements):
            self._since_s.pop(address, None)  # it can say so
        if not decoded.status.get(CONTRADICTED):
            return False
        if now_s - self._last_s.get(address, now_s) >= DAY_S:
            self._since_s.pop(address, None)  # what was a day ago proves nothing any more
        self._last_s[address] = now_s
        if now_s - self._since_s.setdefault(address, now_s) < DAY_S:
            return False
        if now_s - self._told_s.get(address, -DAY_S) < DAY_S:
            return False
        self._told_s[address] = now_s
        return True

    def stuck(self, now_s: float) -> list[str]:
        """The bands of which it is known now."""
        lasts = (address for address, since_s in self._since_s.items() if self._last_s[address] - since_s >= DAY_S)
        return sorted(address for address in lasts if now_s - self._last_s[address] < DAY_S)
