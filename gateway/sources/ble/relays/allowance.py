"""How much one relay may say: one that floods is hung up on before it takes the gateway from the others. Pure.

A full house is 500 advertisements a second of some 60 octets, a batch of which comes in a message each tenth of a second.
A gateway that stood for a minute finds what its kernel kept, 2 MB at most: that must not count as a flood.
"""

from __future__ import annotations

OCTETS_PER_S = 128_000
OCTETS_AT_ONCE = 4_000_000
OCTETS_OF_A_MESSAGE = 100  # what an empty one costs to take in, as many octets of a long one


class Allowance:
    """Fills with the time (monotonic seconds), up to what may come at once."""

    def __init__(self, now_s: float) -> None:
        self._left = float(OCTETS_AT_ONCE)
        self._at_s = now_s

    def takes(self, octets: int, now_s: float) -> bool:
        """A message of so many octets came; whether it was allowed."""
        self._left = min(OCTETS_AT_ONCE, self._left + (now_s - self._at_s) * OCTETS_PER_S)
        self._at_s = now_s
        self._left -= octets + OCTETS_OF_A_MESSAGE
        return self._left >= 0
