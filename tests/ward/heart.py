"""What a heart does through a day, and what a sensor at the wrist makes of it. Pure.

Second by second is never computed: from one sample to the next the rate goes its way to where it wants to be (time
constant 60 s upwards, 90 s back to rest), and wavers about it.
"""

from __future__ import annotations

import math
from random import Random

from tests.ward.day import Activity, Day
from tests.ward.person import Person

UP_S, DOWN_S = 60.0, 90.0
WAVERING_S = 300.0  # how long a wavering lasts
AF_BIAS = ((140.0, -69.0), (120.0, -48.0), (100.0, -28.0))  # a wrist in atrial fibrillation (docs/ward.md)


class Heart:
    """Of one person. Ask for later and later moments; `begin` with each new day."""

    def __init__(self, person: Person, chance: Random) -> None:
        self._person, self._chance = person, chance
        self._extra = 0.0
        self._wavering = 0.0
        self._at_s = 0.0
        self._activities: tuple[Activity, ...] = ()
        self._next = 0
        self._day: Day | None = None
        self._awake_rise = 0.0
        self.now: Activity | None = None  # what the person did when the rate was asked for last

    def begin(self, day: Day) -> None:
        """A new day, from its midnight on."""
        self._day, self._activities, self._next, self._at_s = day, day.activities, 0, 0.0
        self._awake_rise = self._chance.gauss(7, 3)

    def activity(self, at_s: float) -> Activity | None:
        """What the person does now, the liveliest of what overlaps; None: sits or sleeps."""
        while self._next < len(self._activities) and self._activities[self._next].end_s + 1800 < at_s:
            self._next += 1
        best = None
        for activity in self._activities[self._next :]:
            if activity.begin_s > at_s:
                break
            if at_s < activity.end_s and (best is None or activity.rise > best.rise):
                best = activity
        return best

    def rate(self, at_s: float) -> float:
        """Beats a minute, as they are."""
        assert self._day is not None
        person, chance = self._person, self._chance
        passed_s = max(0.0, at_s - self._at_s)
        self._at_s = at_s
        activity = self.now = self.activity(at_s)
        wanted = activity.rise if activity else 0.0
        tau_s = UP_S if wanted > self._extra else DOWN_S
        self._extra = wanted + (self._extra - wanted) * math.exp(-passed_s / tau_s)
        kept = math.exp(-passed_s / WAVERING_S)
        asleep = self._day.asleep(at_s)
        spread = 2.5 if asleep else 6.0
        self._wavering = self._wavering * kept + chance.gauss(0, spread) * math.sqrt(1 - kept * kept)
        base = person.resting * (1 - person.dip) if asleep else person.resting + self._awake_rise
        rate = (
            base + self._extra + self._wavering + (chance.gauss(0, 9) if person.atrial_fibrillation else chance.gauss(0, 1.5))
        )
        return min(rate, 0.95 * (220 - person.age) + 8)

    def at_the_wrist(self, rate: float) -> float:
        """What a wrist band says of such a rate."""
        if self._person.atrial_fibrillation:
            for above, bias in AF_BIAS:
                if rate >= above:
                    return rate + bias + self._chance.gauss(0, 12)
        return rate
