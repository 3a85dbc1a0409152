"""What a band on the wrist makes of a body: motion that looks like a pulse, a band on the table that goes on counting,
numbers that mean "no measurement". A pure function of person and time.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from fake_devices.person import Person

STEP_S = 5.0  # an artefact begins or ends with such a step
CADENCE_BPM = 112  # steps a minute of somebody who walks: optical sensors take them for the pulse
MOVES = 0.45  # from this activity on
GOES_ON_S = 40.0  # a band that was taken off goes on with its last number for so long
ROOM_C = 24.0
COOLS_S = 600.0

NO_PULSE, NO_SATURATION = 0, 127  # "no measurement" in most protocols


@dataclass(frozen=True)
class Sensed:
    """What the band tells, artefacts and all: a rate of 0 and a saturation of 127 mean that there is none."""

    heart_rate_bpm: int
    oxygen_saturation_percent: int
    skin_temperature_c: float
    worn: bool


def sensed(person: Person, at_s: float) -> Sensed:
    """What the wearer's band tells at this time."""
    off_s = _off_since_s(person, at_s)
    if off_s is not None:
        return _on_the_table(person, at_s, off_s)
    body = person.vital_signs(at_s)
    chance = Random(f"{person.seed}/wrist/{int(at_s // STEP_S)}")
    pulse, saturation = body.heart_rate_bpm, body.oxygen_saturation_percent
    if body.activity > MOVES and chance.random() < 0.3:
        pulse = CADENCE_BPM + chance.randint(-4, 4)
    if chance.random() < 0.01:
        pulse = NO_PULSE
    if chance.random() < 0.02 + 0.5 * max(0.0, body.activity - MOVES):
        saturation = NO_SATURATION
    return Sensed(pulse, saturation, body.skin_temperature_c, True)


def _on_the_table(person: Person, at_s: float, off_s: float) -> Sensed:
    last = person.vital_signs(at_s - off_s)
    cooled = min(1.0, off_s / COOLS_S)
    skin_c = round(last.skin_temperature_c + (ROOM_C - last.skin_temperature_c) * cooled, 2)
    pulse = last.heart_rate_bpm if off_s < GOES_ON_S else NO_PULSE
    return Sensed(pulse, NO_SATURATION, skin_c, False)


def _off_since_s(person: Person, at_s: float) -> float | None:
    """How long the band has been off; None while it is worn."""
    off = [each for each in person.episodes if each.what == "off" and each.from_s <= at_s < each.to_s]
    return max((at_s - each.from_s for each in off), default=None)
