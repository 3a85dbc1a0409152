"""Who is simulated: an old person with a heart rate, a pressure, a temperature and an oxygen saturation of their own. Pure.

The numbers are those of docs/ward.md; `tests/ward/test_simulator.py` holds them against real people.
"""

from __future__ import annotations

from random import Random

from msgspec import Struct


class Person(Struct, frozen=True, kw_only=True):
    """What stays the same about one wearer. Rates in /min, pressures in mm[Hg], temperatures in Cel, oxygen in %."""

    name: str
    age: int
    female: bool
    resting: float
    dip: float  # how much lower the heart beats asleep, as a share
    sporty: bool
    atrial_fibrillation: bool
    copd: bool
    oxygen_awake: float
    oxygen_asleep: float
    dips_a_night: float
    systolic: float
    pulse_pressure: float
    temperature: float
    bed_h: float
    rise_h: float


def person(name: str, chance: Random) -> Person:
    """One of them."""
    copd = chance.random() < 0.06
    asleep = min(98.5, chance.gauss(95.0, 1.4)) - (3.5 if copd else 0)
    return Person(
        name=name,
        age=chance.randint(66, 95),
        female=chance.random() < 0.6,
        resting=min(95.0, max(48.0, chance.gauss(70, 9))),
        dip=chance.uniform(0.10, 0.15),
        sporty=chance.random() < 0.10,
        atrial_fibrillation=chance.random() < 0.08,
        copd=copd,
        oxygen_awake=min(99.0, asleep + chance.uniform(1.0, 2.0)),
        oxygen_asleep=asleep,
        dips_a_night=chance.expovariate(1 / 3),
        systolic=chance.gauss(112, 6) if chance.random() < 0.05 else min(178.0, max(108.0, chance.gauss(140.5, 14))),
        pulse_pressure=min(95.0, max(35.0, chance.gauss(60, 11))),
        temperature=chance.gauss(36.64, 0.26),
        bed_h=chance.gauss(21.8, 0.7),
        rise_h=chance.gauss(6.3, 0.7),
    )
