"""The bands: how often they measure, what they report besides, and what they get wrong. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from msgspec import Struct

from drivers.measurement import Kind, Value
from gateway.readings import Reading
from tests.ward.day import Activity, Day, Spell, day_of
from tests.ward.heart import Heart
from tests.ward.person import Person

MIDNIGHT_MS = 1_780_243_200_000  # 2026-06-01 00:00 in Shanghai
DAY_MS = 86_400_000
OXYGEN_EVERY_S = 600.0
STEPS_EVERY_S = 119.0


class Band(Struct, frozen=True, kw_only=True):
    """One make of band: it measures the heart rate every `every_s` seconds, give or take `jitter`."""

    every_s: float
    jitter: float = 0.03
    tells_steps: bool = True
    tells_worn: bool = True
    tells_charging: bool = True
    tells_oxygen: bool = False
    noisy_off_wrist: bool = False  # its light finds a pulse in a table, too


def band(every_s: float, chance: Random) -> Band:
    """Some make of those that measure so often."""
    return Band(
        every_s=every_s,
        tells_steps=chance.random() < 0.8,
        tells_worn=chance.random() < 0.75,
        tells_charging=chance.random() < 0.7,
        tells_oxygen=chance.random() < 0.5,
        noisy_off_wrist=chance.random() < 0.4,
    )


class WornBand:
    """A band on a person: gives the readings of one day after another, by the time they are received."""

    def __init__(self, person: Person, make: Band, chance: Random, driver: str = "serial-hub") -> None:
        self._person, self._make, self._chance, self._driver = person, make, chance, driver
        self.heart = Heart(person, chance)
        self._midnight_ms = MIDNIGHT_MS
        self._battery = 100.0
        self.day: Day | None = None

    def next_day(self, number: int) -> list[Reading]:
        """All that comes of this day. What was kept while the band was away comes after it is back."""
        self._midnight_ms = MIDNIGHT_MS + number * DAY_MS
        self.day = day_of(self._person, self._chance)
        self.heart.begin(self.day)
        readings = list(self._delivered(self.day))
        readings.sort(key=lambda reading: reading.received_ms)
        return readings

    def _delivered(self, day: Day) -> Iterator[Reading]:
        aways = [spell for spell in day.spells if spell.band == "away"]
        for reading in self._measured(day):
            at_s = (reading.at_ms - self._midnight_ms) / 1000
            away = next((spell for spell in aways if spell.begin_s <= at_s < spell.end_s), None)
            if away is None:
                yield reading
                if self._chance.random() < 0.01:
                    yield reading  # some come twice
            elif away.begin_s % 2 < 1:  # half of the bands keep what they measure
                late_ms = self._midnight_ms + round((away.end_s + 5) * 1000)
                yield _received(reading, late_ms)

    def _measured(self, day: Day) -> Iterator[Reading]:
        yield from self._words_of(day)
        make, chance, at_s = self._make, self._chance, self._chance.uniform(0, self._make.every_s)
        steps, steps_at_s, oxygen_at_s = 0.0, 0.0, self._chance.uniform(0, OXYGEN_EVERY_S)
        told_s = at_s
        stuck_until_s, stuck = self._stuck_spell()
        while at_s < 86_400:
            spell = next((spell for spell in day.spells if spell.begin_s <= at_s < spell.end_s and spell.band != "away"), None)
            rate = self.heart.rate(at_s)
            if spell is not None:
                yield from self._off_wrist(spell, at_s)
            else:
                activity = self.heart.now
                steps += _steps(activity, at_s - told_s, chance)
                lost = 0.2 if activity and activity.doing != "housework" else 0.01
                if stuck <= at_s < stuck_until_s:
                    rate = 72.0
                if chance.random() >= lost:
                    yield self._reading("heart_rate", round(self.heart.at_the_wrist(rate)), at_s)
                if make.tells_oxygen and at_s >= oxygen_at_s:
                    oxygen_at_s = at_s + OXYGEN_EVERY_S
                    if activity is None or activity.doing == "housework":
                        yield self._reading("oxygen_saturation", self._oxygen(day, at_s), at_s)
            if make.tells_steps and at_s >= steps_at_s:
                steps_at_s = at_s + STEPS_EVERY_S
                yield self._reading("steps", int(steps), at_s)
            told_s = at_s
            at_s += make.every_s * (1 + chance.uniform(-make.jitter, make.jitter))

    def _stuck_spell(self) -> tuple[float, float]:
        """Until and since when a sensor says the same for ever; mostly never."""
        if self._chance.random() >= 0.1:
            return 0.0, 0.0
        begin_s = self._chance.uniform(0, 80_000)
        return begin_s + self._chance.uniform(600, 2400), begin_s

    def _words_of(self, day: Day) -> Iterator[Reading]:
        """What a band says of itself."""
        for spell in day.spells:
            if spell.band == "charging" and self._make.tells_charging:
                yield self._reading("charging", True, spell.begin_s)
                yield self._reading("charging", False, spell.end_s)
            elif spell.band == "off" and self._make.tells_worn:
                yield self._reading("worn", False, spell.begin_s + 20)
                yield self._reading("worn", True, spell.end_s + 5)
        charge_s = next((spell.end_s for spell in day.spells if spell.band == "charging"), 43_200.0)
        for hour in range(24):
            self._battery = 100.0 if hour * 3600 - charge_s > 0 and hour * 3600 - charge_s <= 3600 else self._battery - 2.5
            yield self._reading("battery", round(max(25.0, self._battery)), hour * 3600 + 30)

    def _off_wrist(self, spell: Spell, at_s: float) -> Iterator[Reading]:
        told = self._make.tells_worn if spell.band == "off" else self._make.tells_charging
        if told and self._make.noisy_off_wrist and self._chance.random() < 0.5:
            yield self._reading("heart_rate", self._chance.randint(60, 180), at_s)

    def _oxygen(self, day: Day, at_s: float) -> int:
        person, chance = self._person, self._chance
        value = (person.oxygen_asleep if day.asleep(at_s) else person.oxygen_awake) + chance.gauss(0, 1.2)
        for begin_s, end_s, depth in day.dips:
            if begin_s <= at_s < end_s:
                value -= depth
        if chance.random() < 0.01:
            value -= chance.uniform(3, 9)  # a wrist is a bad place for it
        return round(min(100.0, max(70.0, value)))

    def _reading(self, kind: Kind, value: Value, at_s: float) -> Reading:
        at_ms = self._midnight_ms + round(at_s * 1000)
        return Reading(
            wearer=self._person.name,
            device=f"band-{self._person.name}",
            driver=self._driver,
            kind=kind,
            value=value,
            at_ms=at_ms,
            received_ms=at_ms + 200,
            clock="synced",
        )


def _steps(activity: Activity | None, seconds: float, chance: Random) -> float:
    """How many since the sample before; someone who sits takes one now and then."""
    if activity is None:
        return 0.0
    return activity.steps_a_min * min(seconds, 300.0) / 60 * chance.uniform(0.8, 1.2)


def _received(reading: Reading, received_ms: int) -> Reading:
    return Reading(
        wearer=reading.wearer,
        device=reading.device,
        driver=reading.driver,
        kind=reading.kind,
        value=reading.value,
        at_ms=reading.at_ms,
        received_ms=received_ms,
        clock=reading.clock,
        history=True,
    )
