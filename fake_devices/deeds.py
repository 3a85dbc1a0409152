"""What a wearer does in a story, done with what the wearer has on, or takes to hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from fake_devices import life
from fake_devices.bands.cuff import BloodPressureCuff
from fake_devices.bands.ibeacon import IBeacon
from fake_devices.bands.kbeacon import KBeacon
from fake_devices.bands.moyoung import MoyoungWatch
from fake_devices.bands.oximeter import PulseOximeter
from fake_devices.bands.pendant import Pendant
from fake_devices.bands.thermometer import Thermometer
from fake_devices.bands.ycbt import YcbtWatch
from fake_devices.person import Person
from fake_devices.story import (
    ComesHome,
    Deed,
    GoesOut,
    LooksForPhone,
    MeasuresPressure,
    Presses,
    StrapIsCut,
    TakesItOff,
    TakesOxygen,
    TakesTemperature,
)
from fake_devices.worn import OnTheAir, Watch

B = TypeVar("B", BloodPressureCuff, Thermometer, PulseOximeter, KBeacon)


async def does(deed: Deed, person: Person, bands: Sequence[OnTheAir], at_s: float) -> None:
    """A deed of this person, who has these bands; `at_s` is the time of day. Raises ValueError where the story is wrong."""
    match deed:
        case Presses():
            _presses(bands)
        case MeasuresPressure():
            await _measures_pressure(deed, _the(BloodPressureCuff, bands))
        case TakesTemperature():
            await _the(Thermometer, bands).measures(deed.celsius)
        case TakesOxygen():
            await _takes_oxygen(deed, _the(PulseOximeter, bands))
        case TakesItOff():
            person.takes_it_off(at_s, deed.lasting_s)
        case StrapIsCut():
            _the(KBeacon, bands).strap_is_cut()
        case LooksForPhone():
            await _looks_for_phone(bands)
        case GoesOut():
            goes_out(bands)
        case ComesHome():
            _comes_home(deed, person, bands, at_s)


def goes_out(bands: Sequence[OnTheAir]) -> None:
    """Out of reach, all of them."""
    for band in bands:
        band.walks_away()


def _presses(bands: Sequence[OnTheAir]) -> None:
    for band in bands:
        if isinstance(band, Pendant | KBeacon | IBeacon | YcbtWatch):
            band.presses()


async def _measures_pressure(deed: MeasuresPressure, cuff: BloodPressureCuff) -> None:
    if deed.ago_s:
        cuff.has_measured(deed.systolic, deed.diastolic, deed.pulse, ago_s=deed.ago_s)
        await cuff.shows_for_a_while()
    else:
        await cuff.measures(deed.systolic, deed.diastolic, deed.pulse)


async def _takes_oxygen(deed: TakesOxygen, oximeter: PulseOximeter) -> None:
    if deed.ago_s:
        oximeter.has_measured(deed.percent, deed.pulse, ago_s=deed.ago_s)
    else:
        await oximeter.measures(deed.percent, deed.pulse)


async def _looks_for_phone(bands: Sequence[OnTheAir]) -> None:
    for band in bands:
        match band:
            case YcbtWatch():
                band.looks_for_its_phone()
            case MoyoungWatch():
                await band.looks_for_its_phone()


def _comes_home(deed: ComesHome, person: Person, bands: Sequence[OnTheAir], at_s: float) -> None:
    for band in bands:
        if isinstance(band, Watch):
            life.was_away(band, person, at_s, deed.away_s)
        band.comes_back()


def _the(kind: type[B], bands: Sequence[OnTheAir]) -> B:
    for band in bands:
        if isinstance(band, kind):
            return band
    raise ValueError(f"whose story tells of a {kind.__name__} has none")
