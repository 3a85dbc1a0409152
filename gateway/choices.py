"""What a configuration decides of the rules and of who is told: plain values, for a daemon and for a replay. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, tzinfo
from typing import TYPE_CHECKING

from msgspec import Struct

from drivers.measurement import Position
from gateway.alerts.drills import Drill
from gateway.alerts.ladder import Duty
from gateway.duty.duty_list import DutyList
from gateway.duty.responders import Volunteers
from gateway.language import Language
from gateway.readings import Enrolment
from gateway.rules.table import RuleTable
from gateway.supervision.band_record import BandRules, Fence
from gateway.supervision.enrolled import HearingWays
from gateway.supervision.wearing_hours import WearingHours

if TYPE_CHECKING:
    from gateway.settings.configuration import Settings


NO_VOLUNTEERS, NO_PHONES = Volunteers(), DutyList()


class Choices(Struct, frozen=True, kw_only=True):
    """Of one gateway. `zone`: where it stands; `bands`: those that are enrolled, by address; `homes`: by wearer, where that is
    known; `center`: where all others are.

    `band_rules`: when what a band should tell, and does not, is told; `ways`: what can hear bands.
    """

    gateway: str
    zone: tzinfo
    table: RuleTable
    bands: Mapping[str, Enrolment]
    band_rules: BandRules
    ways: HearingWays = HearingWays()
    language: Language = "en"
    duty: Duty = Duty()
    drills: tuple[Drill, ...] = ()
    homes: Mapping[str, Position] = {}
    center: Position | None = None
    volunteers: Volunteers = Volunteers()
    duty_list: DutyList = DutyList()
    sms_per_day: int = 200
    has_modem: bool = False


def choices_of(
    settings: Settings,
    bands: Mapping[str, Enrolment],
    shipped: RuleTable,
    volunteers: Volunteers = NO_VOLUNTEERS,
    duty_list: DutyList = NO_PHONES,
) -> Choices:
    """Those of a valid configuration; `shipped`: the table of rules that comes with the program."""
    who, home = settings.gateway, settings.home
    return Choices(
        gateway=who.id,
        zone=who.zone,
        table=shipped.with_overrides(settings.rules, settings.limits_by_wearer),
        bands=bands,
        band_rules=band_rules_of(settings),
        ways=HearingWays(
            ports={port.name: port.driver for port in settings.serial} | {one.name: one.driver for one in settings.watches},
            radio=settings.bluetooth.enabled or bool(settings.relay),
        ),
        language=who.language,
        duty=Duty(**settings.duty.times),
        drills=tuple(
            Drill(wearer=one.wearer, day=one.day, begins=_time(one.from_), ends=_time(one.to)) for one in settings.duty.drill
        ),
        homes={wearer: Position(one.latitude, one.longitude) for wearer, one in settings.geofences.items()},
        center=Position(home.latitude, home.longitude) if home else None,
        volunteers=volunteers,
        duty_list=duty_list,
        sms_per_day=settings.duty.sms_per_day,
        has_modem=settings.modem is not None,
    )


def band_rules_of(settings: Settings) -> BandRules:
    """`[supervision]`, `[home]` and the fences of wearers."""
    what, home = settings.supervision, settings.home
    fence = Fence(home.latitude, home.longitude, home.geofence_m) if home and home.geofence_m else None
    own = settings.geofences.items()
    return BandRules(
        hours=WearingHours.read(what.wearing_hours, settings.gateway.zone),
        silent_warning_min=what.silent_warning_min,
        silent_critical_min=what.silent_critical_min,
        off_wrist_min=what.off_wrist_min,
        battery_percent=what.battery_percent,
        fence=fence,
        fences={wearer: Fence(one.latitude, one.longitude, one.radius_m) if one.radius_m else None for wearer, one in own},
    )


def _time(text: str) -> time:
    """Of the day; "24:00" is the first of the next."""
    hours, minutes = map(int, text.split(":"))
    return time(hours % 24, minutes)
