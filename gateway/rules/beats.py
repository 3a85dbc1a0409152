"""Whether the times between beats of one minute are as irregular as in atrial fibrillation. Pure arithmetic.

Three measures must agree, each of which one of the harmless irregularities fails:

- the middle change from beat to beat, against the middle time between beats: small in sinus rhythm, also where a few beats
  come early (a mean would not be, which is why the usual RMSSD is not taken);
- the share of turning points (Dash and others 2009, PMID 19533358): in noise two of three beats are one; where the pulse only
  goes up and down with the breath fewer are, where every second beat comes early all are;
- the coefficient of sample entropy (Lake and Moorman 2011): whether the next beat can be told from the one before. Every third
  beat early, or many early beats in an even rhythm, can be told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from gateway.rules.sign_rows import IrregularPulseRow

MOST = 90  # beats of a minute that are looked at: the last measure takes the square of their number
NEAR_MS = 30  # beats as alike as this are the same
MATCHES = 5  # of pairs of beats, or likeness is taken wider
SHORTEST_MS, LONGEST_MS = 250, 2500  # what is outside is a lost or a doubled beat


def is_irregular(between_ms: Sequence[int], row: IrregularPulseRow) -> bool | None:
    """Of one minute; None: too few beats to say."""
    beats = [one for one in between_ms if SHORTEST_MS <= one <= LONGEST_MS][:MOST]
    if len(beats) < row.beats:
        return None
    if _middle([abs(after - before) for before, after in pairwise(beats)]) < row.change * _middle(beats):
        return False
    low, high = row.turning
    return low <= turning_points(beats) <= high and entropy(beats) > row.entropy


def _middle(numbers: list[int]) -> int:
    return sorted(numbers)[len(numbers) // 2]


def turning_points(beats: Sequence[int]) -> float:
    """The share of beats that are longer, or shorter, than both their neighbours."""
    turns = sum((b > a) == (b > c) for a, b, c in zip(beats, beats[1:], beats[2:], strict=False) if a != b != c)
    return turns / (len(beats) - 2)


def entropy(beats: Sequence[int]) -> float:
    """The coefficient of sample entropy, for templates of one beat; the higher the less a beat tells of the next."""
    steps = list(pairwise(beats))
    pairs = [
        (abs(one - other), abs(after_one - after_other))
        for place, (one, after_one) in enumerate(steps)
        for other, after_other in steps[place + 1 :]
    ]
    needed = sorted(max(pair) for pair in pairs)[MATCHES - 1]
    near = max(NEAR_MS, needed)
    alike = [after for before, after in pairs if before <= near]
    still_alike = sum(after <= near for after in alike)
    return math.log(len(alike) / still_alike) + math.log(2 * near) - math.log(sum(beats) / len(beats))
