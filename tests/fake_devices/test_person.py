"""A virtual body lives like an old person's, and a band on its wrist errs as real ones do."""

from __future__ import annotations

import pytest

from fake_devices.person import DAY_S, HOUR_S, Person, VitalSigns
from fake_devices.wrist import NO_PULSE, NO_SATURATION, sensed

DAY = range(0, int(2 * DAY_S), 97)
NIGHT, EVENING = 3 * HOUR_S, 17.5 * HOUR_S
NOON = 12 * HOUR_S


def human(body: VitalSigns) -> bool:
    return (
        34 <= body.heart_rate_bpm <= 130
        and 90 <= body.systolic_mmhg <= 170
        and 45 <= body.diastolic_mmhg <= 105
        and 35.5 <= body.body_temperature_c <= 37.8
        and 90 <= body.oxygen_saturation_percent <= 100
        and 9 <= body.respiratory_rate_bpm <= 30
    )


@pytest.mark.parametrize("seed", range(20))
def test_a_healthy_person_stays_within_human_range_for_days(seed: int) -> None:
    person = Person(seed)

    assert all(human(person.vital_signs(at_s)) for at_s in DAY)


@pytest.mark.parametrize("seed", range(20))
def test_pressure_never_turns_over(seed: int) -> None:
    person = Person(seed)
    person.pressure_rises(NOON)
    person.faints(NOON)

    assert all(10 < body.systolic_mmhg - body.diastolic_mmhg < 150 for body in map(person.vital_signs, DAY))


def test_the_same_seed_lives_the_same_day_in_any_order() -> None:
    one, other = Person("wang"), Person("wang")

    forwards = [one.vital_signs(at_s) for at_s in DAY]
    backwards = [other.vital_signs(at_s) for at_s in reversed(DAY)]

    assert forwards == backwards[::-1]
    assert forwards != [Person("chen").vital_signs(at_s) for at_s in DAY]


def test_pulse_pressure_and_temperature_sink_in_the_night() -> None:
    people = [Person(seed) for seed in range(20)]

    for quantity in ("heart_rate_bpm", "systolic_mmhg", "body_temperature_c"):
        night, evening = (sum(getattr(p.vital_signs(at), quantity) for p in people) for at in (NIGHT, EVENING))
        assert night < evening, quantity


def test_a_faint_lets_pulse_and_pressure_drop_and_recover() -> None:
    person = Person(1)
    before = person.vital_signs(NOON)
    person.faints(NOON, lasting_s=60)

    fainted, later = person.vital_signs(NOON + 30), person.vital_signs(NOON + 120)

    assert fainted.heart_rate_bpm < before.heart_rate_bpm - 20
    assert fainted.systolic_mmhg < 100
    assert later.systolic_mmhg > 110


def test_a_fever_raises_temperature_and_pulse() -> None:
    healthy, ill = Person(1), Person(1)
    ill.has_a_fever(NOON, by_c=2)

    calm, hot = healthy.vital_signs(NOON + 2 * HOUR_S), ill.vital_signs(NOON + 2 * HOUR_S)

    assert hot.body_temperature_c == pytest.approx(calm.body_temperature_c + 2, abs=0.01)
    assert hot.heart_rate_bpm > calm.heart_rate_bpm + 10


def test_a_pressure_that_rises_crosses_the_critical_line() -> None:
    person = Person(1)
    person.pressure_rises(NOON)

    assert person.vital_signs(NOON + 120).systolic_mmhg > 160
    assert person.vital_signs(NOON - 1).systolic_mmhg < 150


def test_a_band_on_the_table_goes_on_for_a_while_and_then_tells_no_measurement() -> None:
    person = Person(1)
    person.takes_it_off(NOON, lasting_s=HOUR_S)

    just_off, later, on_again = (sensed(person, NOON + after_s) for after_s in (10, 700, 3600))

    assert (just_off.worn, just_off.heart_rate_bpm > 40) == (False, True)
    assert (later.worn, later.heart_rate_bpm, later.oxygen_saturation_percent) == (False, NO_PULSE, NO_SATURATION)
    assert later.skin_temperature_c == 24
    assert on_again.worn


def test_walking_and_chance_give_artefacts_now_and_then_and_no_more() -> None:
    person = Person(1)
    truth = {at_s: person.vital_signs(at_s).heart_rate_bpm for at_s in DAY}

    wrong = [at_s for at_s in DAY if abs(sensed(person, at_s).heart_rate_bpm - truth[at_s]) > 15]

    assert 0 < len(wrong) < len(DAY) * 0.1
    assert sensed(person, DAY[0]) == sensed(person, DAY[0])
