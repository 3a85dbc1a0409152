"""The rules as the daemon has them, all their parts, for wearers of a simulated ward."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from zoneinfo import ZoneInfo

from drivers import all_drivers
from drivers.driver import SensorTraits
from gateway.readings import Reading
from gateway.rules.engine import RuleEngine
from gateway.rules.other_parts import other_parts
from gateway.rules.table import RuleTable
from gateway.rules.wearer_situation import WearerSituations
from gateway.supervision.band_record import BandRules, WatchedBand
from gateway.supervision.bands import BandSupervision
from gateway.supervision.wearing_hours import WearingHours

ZONE = ZoneInfo("Asia/Shanghai")


def rules(table: RuleTable) -> RuleEngine:
    """Of this table, with nothing seen yet."""
    return RuleEngine(table, WearerSituations(traits, ZONE), other_parts(table, ZONE))


def supervision(wearer: str, devices: Iterable[str], now_ms: int) -> BandSupervision:
    """Of bands that are worn, by the defaults of `[supervision]`."""
    limits = BandRules(hours=WearingHours.read("07:00-21:30", ZONE))
    return BandSupervision(limits, [WatchedBand(address=one, wearer=wearer, worn=True) for one in devices], now_ms)


def traits(reading: Reading) -> SensorTraits:
    """What the driver says of its device."""
    return _sensors()[reading.driver]


@cache
def _sensors() -> Mapping[str, SensorTraits]:
    return {driver.name: driver.sensor for driver in all_drivers()}
