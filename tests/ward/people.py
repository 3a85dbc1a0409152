"""The people of the simulated ward, and a month of each of them under the rules: 20 seeds, 10 wearers each."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

from gateway.readings import Reading
from gateway.rules.table import RuleTable
from tests.ward.band import DAY_MS, MIDNIGHT_MS, WornBand, band
from tests.ward.home import HomeDevices
from tests.ward.outcome import Outcome, outcome
from tests.ward.person import Person, person
from tests.ward.rules import supervision
from tests.ward.shipped import table
from tests.ward.station import Station

# Of ten wearers of a seed: how often the band measures, and for how much of the days it is simulated. A band of 5 s gives
# 17,280 readings a day: of those a part of the month stands for all of it.
BANDS: tuple[tuple[float, float], ...] = (
    (15, 0.2),
    (5, 0.13),
    (60, 1),
    (60, 1),
    (300, 1),
    (300, 1),
    (300, 1),
    (600, 1),
    (600, 1),
    (1800, 1),
)
FASTEST = (1.0, 0.03)  # the first of the first seeds: 86,400 readings a day
FASTEST_SEEDS = range(1, 5)
SEEDS = range(1, 21)
DAYS = 30
# NEWS2 scale 2 is set by a doctor for whoever has too little oxygen at all times.
SCALE_2 = {"critical_low": 83, "warning_low": 85, "advisory_low": 87}


def sampling(seed: int, place: int) -> tuple[float, float]:
    """How often this wearer's band measures (s), and the share of the days that is simulated."""
    return FASTEST if place == 0 and seed in FASTEST_SEEDS else BANDS[place]


class Wearer(NamedTuple):
    """One of them: the seed, and the place among the ten of it."""

    seed: int
    place: int
    days: int


TICK_MS = 60_000  # a minute more or less is no matter where nobody is in need


def wearers(seeds: Sequence[int] = SEEDS, days: int = DAYS) -> list[Wearer]:
    """All of them, those that take longest first."""
    every = [
        Wearer(seed, place, max(1, round(days * sampling(seed, place)[1]))) for seed in seeds for place in range(len(BANDS))
    ]
    return sorted(every, key=lambda one: -one.days / sampling(one.seed, one.place)[0])


def month(wearer: Wearer) -> Outcome:
    """What the rules make of this wearer's days; nothing happens to them, so every alert is one too many."""
    who, worn, home = made(wearer.seed, wearer.place)
    bands = supervision(who.name, [f"band-{who.name}"], MIDNIGHT_MS)
    station = Station(table_for(who), bands=bands, keep=False, tick_ms=TICK_MS)
    readings, worn_ms = 0, 0
    last_ms: int | None = None
    every_s = sampling(wearer.seed, wearer.place)[0]
    apart_ms = max(1_800_000, 3_000 * every_s)
    for day in range(wearer.days):
        heard = sorted(worn.next_day(day) + home.next_day(day), key=lambda reading: reading.received_ms)
        readings += len(heard)
        for reading in heard:
            if reading.kind == "heart_rate":
                if last_ms is not None and 0 < reading.at_ms - last_ms <= apart_ms:
                    worn_ms += reading.at_ms - last_ms
                last_ms = reading.at_ms if last_ms is None else max(last_ms, reading.at_ms)
        station.hear(heard)
    station.wait(MIDNIGHT_MS + wearer.days * DAY_MS)
    return outcome(who.name, worn_ms / DAY_MS, every_s, readings, station.finish(), station.events)


class Made(NamedTuple):
    """A person with all that measures them."""

    who: Person
    worn: WornBand
    home: HomeDevices


def made(seed: int, place: int) -> Made:
    """The one at this place of this seed, always the same."""
    chance = Random(f"{seed}/{place}")
    who = person(f"S-{seed:02}-{place}", chance)
    make = band(sampling(seed, place)[0], chance)
    return Made(who, WornBand(who, make, chance), HomeDevices(who, Random(f"{seed}/{place}/home")))


def table_for(who: Person) -> RuleTable:
    """The table as it is shipped, with what a doctor sets for people with COPD."""
    remarks: dict[str, Any] = {"reason": "hypercapnic, scale 2", "by": "simulated"}
    if not who.copd:
        return table()
    return table().with_overrides({}, {who.name: {"oxygen_saturation": SCALE_2 | remarks}})


def measured(wearer: Wearer) -> list[Reading]:
    """What is measured of the wearer, in the order of measuring, without what comes from a band that is on a table."""
    _, worn, home = made(wearer.seed, wearer.place)
    every = [one for day in range(wearer.days) for one in worn.next_day(day) + home.next_day(day)]
    away = {"worn": False, "charging": False}
    found = []
    for reading in sorted(every, key=lambda one: one.at_ms):
        if reading.kind in away:
            away[reading.kind] = reading.value is (reading.kind == "charging")
        elif not (reading.kind == "heart_rate" and any(away.values())):
            found.append(reading)
    return found
