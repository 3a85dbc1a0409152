"""What goes on between the deeds of a story: a person lives, and once in a while what is worn tells of it."""

from __future__ import annotations

from fake_devices.bands.moyoung import MoyoungWatch
from fake_devices.bands.strap import HeartRateStrap
from fake_devices.bands.tracker import LocationTracker
from fake_devices.bands.veepoo import VeepooWatch
from fake_devices.bands.ycbt import YcbtWatch
from fake_devices.person import Person, noise
from fake_devices.worn import OnTheAir, Watch
from fake_devices.wrist import sensed

PARK_DEG = (31.23, 121.47)  # where everybody walks
STROLL_DEG, STROLL_S = 0.0005, 300.0  # about fifty metres in five minutes
KEEPS_EVERY_S = 600.0  # how often a watch measures by itself


async def goes_on(band: OnTheAir, person: Person, at_s: float) -> None:
    """A second of the wearer's life, as this band notices it; what is used now and then only notices nothing."""
    match band:
        case HeartRateStrap():
            told = sensed(person, at_s)
            await band.measures(told.heart_rate_bpm, contact=told.worn)
        case LocationTracker():
            await band.is_at(*_strolls(person, at_s))
        case YcbtWatch():
            await _is_worn(band, person, at_s)
        case VeepooWatch() | MoyoungWatch():
            band.body = person.vital_signs(at_s) if person.wears_it(at_s) else None


def was_away(watch: Watch, person: Person, at_s: float, away_s: float) -> None:
    """The watch has measured by itself, for so long, and kept it."""
    for number in range(int(away_s // KEEPS_EVERY_S), 0, -1):
        ago_s = number * KEEPS_EVERY_S
        watch.keeps(person.vital_signs(at_s - ago_s), ago_s=ago_s)


async def _is_worn(watch: YcbtWatch, person: Person, at_s: float) -> None:
    wears_it, body = person.wears_it(at_s), person.vital_signs(at_s)
    if not wears_it and watch.body is not None:
        await watch.is_taken_off()
    elif wears_it and watch.body is None:
        await watch.is_put_on(body)
    elif wears_it:
        watch.body = body


def _strolls(person: Person, at_s: float) -> tuple[float, float]:
    north = noise(f"{person.seed}/north", at_s, STROLL_S) * STROLL_DEG
    east = noise(f"{person.seed}/east", at_s, STROLL_S) * STROLL_DEG
    return PARK_DEG[0] + north, PARK_DEG[1] + east
