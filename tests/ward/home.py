"""The cuff and the thermometer at home: once a day or so, most people measure once more. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from drivers.measurement import BloodPressure, Kind, Value
from gateway.readings import Reading
from tests.ward.band import DAY_MS, MIDNIGHT_MS
from tests.ward.person import Person

WITHIN = 10.5  # mm[Hg], from one reading of a person to another
WHITE_COAT = 8.0
FIRST_TOO_LOW = 0.4


class HomeDevices:
    """Of one person."""

    def __init__(self, person: Person, chance: Random) -> None:
        self._person, self._chance = person, chance

    def next_day(self, number: int) -> list[Reading]:
        """What they measure on this day."""
        midnight_ms = MIDNIGHT_MS + number * DAY_MS
        found = [*self._pressures(midnight_ms), *self._temperatures(midnight_ms)]
        return sorted(found, key=lambda reading: reading.received_ms)

    def _pressures(self, midnight_ms: int) -> Iterator[Reading]:
        chance, person = self._chance, self._person
        if chance.random() < 0.15:
            return
        at_ms = midnight_ms + round(3_600_000 * (person.rise_h + chance.uniform(0.7, 3)))
        today = chance.gauss(0, WITHIN * 0.8)
        for number in range(2 if chance.random() < 0.35 else 1):
            white_coat = WHITE_COAT * chance.random() if number == 0 else 0.0
            systolic = person.systolic - 4 + today + white_coat + chance.gauss(0, WITHIN * 0.6)
            pulse_pressure = max(25.0, person.pulse_pressure + 0.5 * (systolic - person.systolic) + chance.gauss(0, 4))
            value = BloodPressure(round(systolic), round(systolic - min(pulse_pressure, 0.52 * systolic)))
            yield self._reading("cuff", "ble-blood-pressure", "blood_pressure", value, at_ms)
            at_ms += round(1000 * chance.uniform(30, 180))

    def _temperatures(self, midnight_ms: int) -> Iterator[Reading]:
        chance, person = self._chance, self._person
        if chance.random() < 0.3:
            return
        at_ms = midnight_ms + round(3_600_000 * (person.rise_h + chance.uniform(1, 12)))
        today = person.temperature + chance.gauss(0.05, 0.2)
        for number in range(chance.choice((2, 2, 3))):
            low = FIRST_TOO_LOW * chance.uniform(0.7, 1.3) if number == 0 else 0.0
            value = round(today - low + chance.gauss(0, 0.12), 1)
            yield self._reading("thermometer", "ble-thermometer", "body_temperature", value, at_ms)
            at_ms += round(1000 * chance.uniform(15, 40))

    def _reading(self, device: str, driver: str, kind: Kind, value: Value, at_ms: int) -> Reading:
        return Reading(
            wearer=self._person.name,
            device=f"{device}-{self._person.name}",
            driver=driver,
            kind=kind,
            value=value,
            at_ms=at_ms,
            received_ms=at_ms + 500,
            clock="synced",
        )
