"""What a person does in a day: asleep, about the house, walking, at sport; and what becomes of the band meanwhile. Pure."""

from __future__ import annotations

import math
from random import Random
from typing import Literal, NamedTuple

from tests.ward.person import Person

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S

Doing = Literal["housework", "walk", "sport"]
Band = Literal["charging", "off", "away"]  # away: worn, but what it measures comes later, or is lost


class Activity(NamedTuple):
    """Something that makes the heart beat faster by `rise`, with so many steps a minute. Seconds since midnight."""

    doing: Doing
    begin_s: float
    end_s: float
    rise: float
    steps_a_min: float


class Spell(NamedTuple):
    """A time in which the band does not measure its wearer, or is not heard."""

    band: Band
    begin_s: float
    end_s: float


class Day(NamedTuple):
    """One day of one person: asleep before `rise_s` and after `bed_s`."""

    rise_s: float
    bed_s: float
    activities: tuple[Activity, ...]
    spells: tuple[Spell, ...]
    dips: tuple[tuple[float, float, float], ...]  # of the oxygen at night: from, to, how deep

    def asleep(self, at_s: float) -> bool:
        """Whether this second of the day is slept through."""
        return at_s < self.rise_s or at_s >= self.bed_s


def day_of(person: Person, chance: Random) -> Day:
    """A day; no two are alike."""
    rise_s = HOUR_S * (person.rise_h + chance.gauss(0, 0.5))
    bed_s = min(DAY_S - 600, HOUR_S * (person.bed_h + chance.gauss(0, 0.5)))
    return Day(rise_s, bed_s, _activities(person, rise_s, bed_s, chance), _spells(rise_s, bed_s, chance), _dips(person, chance))


def _activities(person: Person, rise_s: float, bed_s: float, chance: Random) -> tuple[Activity, ...]:
    made = []
    for _ in range(poisson(6, chance)):
        lasting_s = 60 * min(40.0, max(3.0, chance.lognormvariate(math.log(11), 0.8)))
        begin_s = chance.uniform(rise_s, bed_s - lasting_s)
        rise = chance.uniform(25, 62)
        made.append(Activity("walk", begin_s, begin_s + lasting_s, rise, chance.uniform(60, 110)))
    for _ in range(poisson(9, chance)):
        lasting_s = 60 * chance.uniform(5, 35)
        begin_s = chance.uniform(rise_s, bed_s - lasting_s)
        made.append(Activity("housework", begin_s, begin_s + lasting_s, chance.uniform(8, 25), chance.uniform(4, 25)))
    if person.sporty and chance.random() < 0.6:
        begin_s = chance.uniform(rise_s + HOUR_S, rise_s + 6 * HOUR_S)
        made.append(Activity("sport", begin_s, begin_s + 60 * chance.uniform(30, 70), chance.uniform(55, 80), 130))
    return tuple(sorted(made, key=lambda activity: activity.begin_s))


def _spells(rise_s: float, bed_s: float, chance: Random) -> tuple[Spell, ...]:
    begin_s = chance.uniform(rise_s, bed_s - HOUR_S)
    spells = [Spell("charging", begin_s, begin_s + 60 * max(10.0, chance.gauss(40, 8)))]
    for _ in range(poisson(0.4, chance)):
        lasting_s = 60 * min(300.0, max(10.0, chance.lognormvariate(math.log(75), 0.8)))
        begin_s = chance.uniform(rise_s, bed_s - 600)
        spells.append(Spell("off", begin_s, begin_s + lasting_s))
    for _ in range(poisson(0.2, chance)):
        lasting_s = 60 * min(240.0, max(5.0, chance.lognormvariate(math.log(35), 0.9)))
        begin_s = chance.uniform(rise_s, bed_s - 600)
        spells.append(Spell("away", begin_s, begin_s + lasting_s))
    return tuple(sorted(spells, key=lambda spell: spell.begin_s))


def _dips(person: Person, chance: Random) -> tuple[tuple[float, float, float], ...]:
    """Of the oxygen: most are short; while asleep, before the rise and after going to bed."""
    dips = []
    for _ in range(poisson(person.dips_a_night, chance)):
        begin_s = chance.uniform(0, HOUR_S * person.rise_h)
        dips.append((begin_s, begin_s + chance.uniform(15, 120), chance.uniform(3, 8)))
    return tuple(sorted(dips))


def poisson(mean: float, chance: Random) -> int:
    """How often something happens that happens so often on the average."""
    limit, product, number = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        number += 1
    return number
