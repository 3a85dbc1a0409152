"""How long to wait before the next try: 1, 2, 4 ... seconds, never in step with others. Pure."""

from __future__ import annotations

MOST_DOUBLINGS = 16  # beyond that only the longest pause counts, and the number stays small


def pause_s(failures: int, longest_s: float, chance: float) -> float:
    """Seconds to wait after so many failures in a row (1 or more); `chance`, from 0 to 1, makes it a half to the whole."""
    whole_s = min(longest_s, 2.0 ** min(failures - 1, MOST_DOUBLINGS))
    return whole_s * (1 + chance) / 2
