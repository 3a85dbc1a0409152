"""What a configuration decides of the rules and of who is told: plain values, for a daemon and for a replay. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING

from msgspec import Struct

from gateway.alerts.ladder import Duty
from gateway.language import Language
from gateway.readings import Enrolment
from gateway.rules.table import RuleTable

if TYPE_CHECKING:
    from gateway.settings.schema import Settings


class Choices(Struct, frozen=True, kw_only=True):
    """Of one gateway. `zone`: where it stands; `bands`: those that are enrolled, by address."""

    gateway: str
    zone: tzinfo
    table: RuleTable
    bands: Mapping[str, Enrolment]
    language: Language = "en"
    duty: Duty = Duty()


def choices_of(settings: Settings, bands: Mapping[str, Enrolment], shipped: RuleTable) -> Choices:
    """Those of a valid configuration; `shipped`: the table of rules that comes with the program."""
    who = settings.gateway
    return Choices(
        gateway=who.id,
        zone=who.zone,
        table=shipped.with_overrides(settings.rules, settings.limits_by_wearer),
        bands=bands,
        language=who.language,
        duty=Duty(**settings.duty.times),
    )
