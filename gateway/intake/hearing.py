"""Who hears each band, and how loud: of several adapters, relays and hubs the one that it is nearest to. Pure.

Times are monotonic (s), strengths in dBm. A receiver is an adapter, a relay or a port, by its name; "": the band's own
connection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

AT_ONCE_S = 30.0  # what was heard longer before the last frame says nothing of where the band was then

Loudness = tuple[int | None, float]  # as a receiver heard a band last, where it says so; and when


class Hearing:
    """Of the enrolled bands, since the start."""

    def __init__(self) -> None:
        self._last_s: dict[str, float] = {}
        self._receivers: defaultdict[str, dict[str, Loudness]] = defaultdict(dict)  # by band: as many as are configured

    def heard(self, address: str, by: str, rssi: int | None, at_s: float) -> None:
        """A frame of this band; thousands a second."""
        self._last_s[address] = at_s
        self._receivers[address][by] = rssi, at_s

    def last_s(self, address: str) -> float | None:
        """When it was heard last, by whomever; None: not since the start."""
        return self._last_s.get(address)

    def nearest(self, address: str) -> tuple[str, int | None]:
        """The receiver that heard it loudest around its last frame, and how loud; where none says so, the last one."""
        if address not in self._last_s:
            return "", None
        since_s = self._last_s[address] - AT_ONCE_S
        lately = {by: loudness for by, loudness in self._receivers[address].items() if loudness[1] >= since_s}
        by = max(lately, key=lambda one: _rank(*lately[one]))
        return by, lately[by][0]

    def forget_all_but(self, enrolled: Collection[str]) -> None:
        """Who is enrolled no more."""
        for address in self._last_s.keys() - enrolled:
            del self._last_s[address], self._receivers[address]


def _rank(rssi: int | None, at_s: float) -> tuple[float, float]:
    return float("-inf") if rssi is None else rssi, at_s
