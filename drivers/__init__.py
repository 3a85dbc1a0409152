"""The drivers there are: pure decoders of what wristbands say. They know nothing of the gateway.

Other packages add theirs through the entry point group `lifering.drivers`, each naming a `Driver`. One that is broken is
named in `plug_ins().broken`, and harms nothing else; one that takes a name of ours, or measures what there is no kind for,
counts as broken.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from drivers.advertisements import (
    bthome,
    eddystone,
    ela_touch,
    exvital,
    holyiot,
    ibeacon,
    ingics,
    kbeacon,
    kontakt,
    mi_band,
    mibeacon,
    minew,
    moko_button,
    polar,
    vitalband,
)
from drivers.bands import colmi_ring, fitpro, lefun, moyoung, omron_bp, veepoo, wearfit, ycbt
from drivers.driver import AdvertisementDriver, ConnectionDriver, Driver, SerialDriver
from drivers.measurement import UNITS
from drivers.serial_line import (
    beurer_bm58,
    ble_hub_gprp,
    contec_cms50,
    masimo_ascii,
    nmea_position,
    nonin_df2,
    nonin_df7,
    nonin_df8,
    nonin_df13,
    omg_serial,
    omron_hbp9030,
    oximeter_bci,
    raycome_rbp,
    serial_hub,
)
from drivers.standard import profiles

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

DRIVERS: tuple[Driver, ...] = (
    *profiles.DRIVERS,
    bthome.DRIVER,
    eddystone.DRIVER,
    ela_touch.DRIVER,
    exvital.DRIVER,
    holyiot.DRIVER,
    ibeacon.DRIVER,
    ingics.DRIVER,
    kbeacon.DRIVER,
    kontakt.DRIVER,
    mi_band.DRIVER,
    mibeacon.DRIVER,
    minew.DRIVER,
    moko_button.DRIVER,
    polar.DRIVER,
    vitalband.DRIVER,
    colmi_ring.DRIVER,
    fitpro.DRIVER,
    lefun.DRIVER,
    moyoung.DRIVER,
    omron_bp.DRIVER,
    veepoo.DRIVER,
    wearfit.DRIVER,
    ycbt.DRIVER,
    beurer_bm58.DRIVER,
    ble_hub_gprp.DRIVER,
    contec_cms50.DRIVER,
    masimo_ascii.DRIVER,
    nmea_position.DRIVER,
    nonin_df2.DRIVER,
    nonin_df7.DRIVER,
    nonin_df8.DRIVER,
    nonin_df13.DRIVER,
    omg_serial.DRIVER,
    omron_hbp9030.DRIVER,
    oximeter_bci.DRIVER,
    raycome_rbp.DRIVER,
    serial_hub.DRIVER,
)

_BY_NAME = {one.name: one for one in DRIVERS}


class PlugIns(NamedTuple):
    """The drivers of other packages, and those that could not be had: entry point -> why."""

    drivers: tuple[Driver, ...]
    broken: dict[str, str]


@cache
def plug_ins() -> PlugIns:
    """Looks for them once; importing them is their authors' code."""
    from importlib.metadata import entry_points  # slow to import, and our own drivers do without

    found: dict[str, Driver] = {}
    broken: dict[str, str] = {}
    for entry in entry_points(group="lifering.drivers"):
        try:
            driver = _loaded(entry, found)
        except (Exception, SystemExit) as why:
            broken[f"{entry.name} ({entry.value})"] = f"{type(why).__name__}: {why}"
        else:
            found[driver.name] = driver
    return PlugIns(tuple(found.values()), broken)


def _loaded(entry: EntryPoint, found: dict[str, Driver]) -> Driver:
    driver = entry.load()
    if not isinstance(driver, AdvertisementDriver | ConnectionDriver | SerialDriver):
        raise TypeError(f"it names a {type(driver).__name__}, a driver is needed")
    if {type(driver.name), type(driver.title)} != {str}:
        raise TypeError("its name and its title must be text")
    if unknown := [str(kind) for kind in driver.measures if kind not in UNITS]:
        raise ValueError(f"it measures {', '.join(unknown)}; there are {', '.join(UNITS)}")
    if driver.name in _BY_NAME or driver.name in found:
        raise ValueError(f"there is a driver {driver.name!r} already")
    return driver


def all_drivers() -> tuple[Driver, ...]:
    """Ours, and those of other packages."""
    return DRIVERS + plug_ins().drivers


def driver(name: str) -> Driver:
    """The driver of this name. Raises LookupError, which names the nearest there is."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    others = {one.name: one for one in plug_ins().drivers}
    if name in others:
        return others[name]
    near = get_close_matches(name, [*_BY_NAME, *others], n=1)
    guess = f"Did you mean {near[0]}?" if near else f"There are: {', '.join([*_BY_NAME, *others])}."
    raise LookupError(f"there is no driver {name!r}. {guess}")
