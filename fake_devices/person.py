"""A body: its vital signs over a day, a pure function of its seed, of the time, and of what has happened to it.

Time is in seconds of local time; midnight is a multiple of 86 400. Ranges are those of old people at home: a pulse that
sinks in the night, a pressure that rises with the morning, a temperature that is lowest before dawn.
"""

from __future__ import annotations

import functools
import math
import random
from dataclasses import dataclass
from typing import Literal

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
FOR_EVER = math.inf

# an hour of the day and how much people of this age move then: 0 rests, 1 walks briskly
DAY = [
    (0, 0),
    (6, 0),
    (7, 0.6),
    (8, 0.5),
    (9, 0.2),
    (10, 0.35),
    (12, 0.2),
    (13, 0),
    (14, 0.1),
    (16, 0.5),
    (18, 0.2),
    (21, 0.05),
    (22, 0),
]


@dataclass(frozen=True)
class VitalSigns:
    """What the body really does at one moment; units as in the names, `activity` from 0 (rests) to 1 (walks briskly)."""

    heart_rate_bpm: int
    systolic_mmhg: int
    diastolic_mmhg: int
    body_temperature_c: float
    skin_temperature_c: float
    oxygen_saturation_percent: int
    respiratory_rate_bpm: int
    activity: float


@dataclass(frozen=True)
class Constitution:
    """What a person is like at rest in the day."""

    pulse: float
    systolic: float
    diastolic: float
    temperature: float
    saturation: float
    rises_h: float  # how much earlier or later than others

    @classmethod
    def by_chance(cls, chance: random.Random) -> Constitution:
        """Somebody of about eighty."""
        systolic = chance.gauss(128, 6)
        return cls(
            pulse=chance.gauss(68, 4),
            systolic=systolic,
            diastolic=systolic * 0.6 + chance.gauss(0, 2),
            temperature=chance.gauss(36.4, 0.1),
            saturation=chance.gauss(97, 0.4),
            rises_h=chance.uniform(-0.5, 0.5),
        )


@dataclass(frozen=True)
class Episode:
    """Something that happens to the body, from when to when, and how strong it is (in the unit of what it moves)."""

    what: Literal["faint", "fever", "pressure", "off"]
    from_s: float
    to_s: float
    strength: float = 1.0
    fades_s: float = 1.0  # how long it takes to come and to go

    def at(self, at_s: float) -> float:
        """Its strength at this moment."""
        come = (at_s - self.from_s) / self.fades_s
        gone = (self.to_s - at_s) / self.fades_s + 1
        return self.strength * _between(0, min(come, gone), 1)


class Person:
    """Verbs tell what happens and when; `vital_signs` tells what the body does at any time, in any order."""

    def __init__(self, seed: int | str) -> None:
        self.seed = seed
        self.constitution = Constitution.by_chance(random.Random(f"{seed}"))
        self.episodes: list[Episode] = []

    # --- verbs

    def faints(self, at_s: float, lasting_s: float = 60) -> None:
        """Pulse and pressure drop within seconds, and recover."""
        self.episodes.append(Episode("faint", at_s, at_s + lasting_s, fades_s=5))

    def has_a_fever(self, at_s: float, by_c: float = 1.8) -> None:
        """The temperature rises within an hour, and the pulse with it."""
        self.episodes.append(Episode("fever", at_s, at_s + DAY_S, by_c, fades_s=HOUR_S))

    def pressure_rises(self, at_s: float, lasting_s: float = HOUR_S, by_mmhg: float = 55) -> None:
        """A hypertensive crisis within a minute."""
        self.episodes.append(Episode("pressure", at_s, at_s + lasting_s, by_mmhg, fades_s=60))

    def takes_it_off(self, at_s: float, lasting_s: float = FOR_EVER) -> None:
        """The band lies on the table."""
        self.episodes.append(Episode("off", at_s, at_s + lasting_s))

    # --- what there is to see

    def wears_it(self, at_s: float) -> bool:
        """Whether the band is on the wrist."""
        return not any(each.what == "off" and each.from_s <= at_s < each.to_s for each in self.episodes)

    def vital_signs(self, at_s: float) -> VitalSigns:
        """What the body does."""
        been = self.constitution
        awake, activity = self._awake(at_s), self._activity(at_s)
        faint, fever = self._episode("faint", at_s), self._episode("fever", at_s)
        pulse = been.pulse - 8 * (1 - awake) + 28 * activity + 9 * fever - 30 * faint + 2 * self._noise("pulse", at_s, 20)
        pressure = 8 * activity - 15 * (1 - awake) + self._morning(at_s) - 45 * faint + self._episode("pressure", at_s)
        core = been.temperature + 0.3 * _wave(at_s, 17.5) + fever + 0.05 * self._noise("core", at_s, 600)
        saturation = been.saturation - (1 - awake) - 2 * faint + 0.4 * self._noise("saturation", at_s, 60)
        breath = 13 + 2 * awake + 6 * activity + 2 * fever + 0.7 * self._noise("breath", at_s, 60)
        return VitalSigns(
            heart_rate_bpm=round(_between(34, pulse, 175)),
            systolic_mmhg=round(_between(70, been.systolic + pressure + 4 * self._noise("systolic", at_s, 900), 240)),
            diastolic_mmhg=round(_between(40, been.diastolic + pressure / 2 + 2 * self._noise("diastolic", at_s, 900), 135)),
            body_temperature_c=round(_between(34.5, core, 41), 2),
            skin_temperature_c=round(_between(28, core - 3.6 + 0.3 * self._noise("skin", at_s, 300), 38), 2),
            oxygen_saturation_percent=round(_between(85, saturation, 100)),
            respiratory_rate_bpm=round(_between(8, breath, 34)),
            activity=activity,
        )

    # --- parts

    def _hour(self, at_s: float) -> float:
        return (at_s / HOUR_S - self.constitution.rises_h) % 24

    def _awake(self, at_s: float) -> float:
        hour = self._hour(at_s)
        return _between(0, min(hour - 5.5, 22 - hour), 1)

    def _activity(self, at_s: float) -> float:
        planned = _interpolated(self._hour(at_s))
        return _between(0, planned * (1 + 0.5 * self._noise("activity", at_s, 240)), 1)

    def _morning(self, at_s: float) -> float:
        return 8 * _between(0, 1 - abs(self._hour(at_s) - 8) / 2, 1)

    def _episode(self, what: str, at_s: float) -> float:
        return max((each.at(at_s) for each in self.episodes if each.what == what), default=0.0)

    def _noise(self, name: str, at_s: float, period_s: float) -> float:
        return noise(f"{self.seed}/{name}", at_s, period_s)


def noise(name: str, at_s: float, period_s: float) -> float:
    """A smooth chance of about -2 to 2, the same for the same name and time, another after each period."""
    step, part = divmod(at_s / period_s, 1)
    weight = part * part * (3 - 2 * part)
    return _chance(name, int(step)) * (1 - weight) + _chance(name, int(step) + 1) * weight


@functools.lru_cache(maxsize=4096)
def _chance(name: str, step: int) -> float:
    return _between(-2, random.Random(f"{name}/{step}").gauss(0, 1), 2)


def _interpolated(hour: float) -> float:
    for (from_h, low), (to_h, high) in zip(DAY, [*DAY[1:], (24, 0)], strict=True):
        if from_h <= hour < to_h:
            return low + (high - low) * (hour - from_h) / (to_h - from_h)
    return 0.0


def _wave(at_s: float, highest_h: float) -> float:
    return math.cos((at_s / HOUR_S - highest_h) / 24 * math.tau)


def _between(low: float, value: float, high: float) -> float:
    return max(low, min(value, high))
