"""What holds without a configuration: the defaults of its sections (those of `settings/schema.py`). Pure."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from gateway.choices import Choices
from gateway.rules.table import RuleTable
from gateway.supervision.band_record import BandRules
from gateway.supervision.wearing_hours import WearingHours

GATEWAY = "replay"
ZONE = "Asia/Shanghai"
WEARING_HOURS = "07:00-21:30"


def usual_choices(shipped: RuleTable) -> Choices:
    """The shipped rules, the defaults of `[duty]` and `[supervision]`, no phones, nobody enrolled, English."""
    zone = ZoneInfo(ZONE)
    rules = BandRules(hours=WearingHours.read(WEARING_HOURS, zone))
    return Choices(gateway=GATEWAY, zone=zone, table=shipped, bands={}, band_rules=rules)
