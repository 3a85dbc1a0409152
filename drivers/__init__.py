"""The drivers there are: pure decoders of what wristbands say. They know nothing of the gateway.

Other packages add theirs through the entry point group `lifering.drivers`, each naming a `Driver`. One that is broken is
named in `plug_ins().broken`, and harms nothing else; one that takes a name of ours, or measures what there is no kind for,
counts as broken, and so does one whose import does not come back in time.
"""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from drivers.deadline import within
from drivers.driver import AdvertisementDriver, ConnectionDriver, Driver, SerialDriver
from drivers.measurement import UNITS
from drivers.soundness import unsound_declaration

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

DRIVERS: tuple[Driver, ...]  # ours, see `__getattr__`


def __getattr__(name: str) -> tuple[Driver, ...]:
    """`DRIVERS`: imported when somebody wants them; what only wants to know what a driver is shall not wait for all."""
    if name == "DRIVERS":
        return _ours()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _ours() -> tuple[Driver, ...]:
    from drivers import ours

    return ours.DRIVERS


@cache
def _by_name() -> dict[str, Driver]:
    return {one.name: one for one in _ours()}


NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
IMPORT_S = 5.0  # for one plug-in, with all that it imports, on a slow card


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
            driver = within(IMPORT_S, partial(_loaded, entry, found))
        except KeyboardInterrupt:
            raise
        except BaseException as why:
            broken[f"{entry.name} ({entry.value})"] = f"{type(why).__name__}: {_said(why)}"
        else:
            found[driver.name] = driver
    return PlugIns(tuple(found.values()), broken)


def _said(why: BaseException) -> str:
    """Its words, on one line of a fair length; they are another package's."""
    try:
        return " ".join(str(why).split())[:300]
    except Exception:
        return "it has no words"


def _loaded(entry: EntryPoint, found: dict[str, Driver]) -> Driver:
    driver = entry.load()
    if not isinstance(driver, AdvertisementDriver | ConnectionDriver | SerialDriver):
        raise TypeError(f"it names a {type(driver).__name__}, a driver is needed")
    if {type(driver.name), type(driver.title)} != {str}:
        raise TypeError("its name and its title must be text")
    if not NAME.fullmatch(driver.name):
        raise ValueError("its name must be small letters, digits and -, at most 40")
    if unknown := [str(kind) for kind in driver.measures if kind not in UNITS]:
        raise ValueError(f"it measures {', '.join(unknown)}; there are {', '.join(UNITS)}")
    if wrong := unsound_declaration(driver):
        raise TypeError(f"it is not declared as a driver should be: {wrong}")
    if driver.name in _by_name() or driver.name in found:
        raise ValueError(f"there is a driver {driver.name!r} already")
    return driver


def is_ours(name: str) -> bool:
    """Whether the driver of this name comes with lifering; the others are of other packages."""
    return name in _by_name()


def all_drivers() -> tuple[Driver, ...]:
    """Ours, and those of other packages."""
    return _ours() + plug_ins().drivers


def driver(name: str) -> Driver:
    """The driver of this name. Raises LookupError, which names the nearest there is."""
    if name in _by_name():
        return _by_name()[name]
    others = {one.name: one for one in plug_ins().drivers}
    if name in others:
        return others[name]
    from difflib import get_close_matches  # slow to import, and seldom wanted

    near = get_close_matches(name, [*_by_name(), *others], n=1)
    guess = f"Did you mean {near[0]}?" if near else f"There are: {', '.join([*_by_name(), *others])}."
    raise LookupError(f"there is no driver {name!r}. {guess}")
