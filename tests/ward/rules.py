"""The rules as the daemon has them, all their parts, for wearers of a simulated ward."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from zoneinfo import ZoneInfo

from drivers import all_drivers
from drivers.driver import SensorTraits
from gateway.readings import Reading
from gateway.rules.engine import RuleEngine
from gateway.rules.table import RuleTable
from gateway.rules.wearer_situation import WearerSituations

ZONE = ZoneInfo("Asia/Shanghai")


def rules(table: RuleTable) -> RuleEngine:
    """Of this table, with nothing seen yet."""
    return RuleEngine(table, WearerSituations(traits, ZONE))


def traits(reading: Reading) -> SensorTraits:
    """What the driver says of its device."""
    return _sensors()[reading.driver]


@cache
def _sensors() -> Mapping[str, SensorTraits]:
    return {driver.name: driver.sensor for driver in all_drivers()}
