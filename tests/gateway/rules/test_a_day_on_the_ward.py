"""A day of people with healthy profiles and all the artefacts of their bands: quiet where it should be, loud where it must."""

from __future__ import annotations

from functools import cache

from drivers.measurement import Kind, Measurement, Value
from fake_devices.person import Person
from fake_devices.wrist import sensed
from gateway.intake.plausibility import judge
from gateway.readings import Reading
from tests.gateway.rules.ward import HOUR_S, Ward, pressure, reading
from tests.thorough import times

WEARERS = times(4, 8)
DAY_S = 24 * HOUR_S
EVERY_S = 30


def a_day(person: Person, wearer: str) -> list[Reading]:
    """What band, cuff and thermometer tell of one day, with the verdicts of plausibility."""
    day: list[Reading] = []

    def tell(kind: Kind, value: Value, at_s: float) -> None:
        verdict = judge(Measurement(kind=kind, value=value), 0, None)
        day.append(reading(kind, value, at_s, wearer=wearer, quality=verdict))

    for at_s in range(0, DAY_S, EVERY_S):
        band, body = sensed(person, at_s), person.vital_signs(at_s)
        tell("heart_rate", band.heart_rate_bpm, at_s)
        tell("oxygen_saturation", band.oxygen_saturation_percent, at_s)
        if at_s % (6 * HOUR_S) in (2 * HOUR_S, 2 * HOUR_S + 120):
            day.append(pressure(body.systolic_mmhg, body.diastolic_mmhg, at_s, wearer=wearer))
            tell("body_temperature", body.body_temperature_c, at_s + 1)
    return day


@cache
def a_quiet_ward() -> Ward:
    ward = Ward()
    for number in range(WEARERS):
        ward.takes(*a_day(Person(number), f"W-{number}"))
    return ward


def test_nobody_is_called_to_somebody_who_is_well() -> None:
    ward = a_quiet_ward()

    assert ward.priorities.count("critical") <= 0.1 * WEARERS
    assert ward.priorities.count("warning") <= 0.5 * WEARERS


def test_a_pressure_that_rises_is_found() -> None:
    person, ward = Person(1), Ward()
    person.pressure_rises(13 * HOUR_S, 3 * HOUR_S, by_mmhg=95)

    ward.takes(*a_day(person, "W-1"))

    found = [finding.priority for finding in ward.findings if finding.kind == "blood_pressure"]
    assert "critical" in found


def test_a_fever_is_found() -> None:
    person, ward = Person(2), Ward()
    person.has_a_fever(10 * HOUR_S)

    ward.takes(*a_day(person, "W-2"))

    assert "body_temperature" in [finding.kind for finding in ward.findings if finding.priority == "warning"]
