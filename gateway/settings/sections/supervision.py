"""`[supervision]`: which silence is told."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from gateway.settings.sections.section import Section
from gateway.settings.values import DayHours, mistake

Minutes = Annotated[int, Field(ge=0, le=1440)]


class SupervisionSection(Section):
    """When the silence of a band, or one that is not worn, is told. 0: never."""

    silent_warning_min: Minutes = 60
    """Minutes of wearing hours without a word of a band that is worn, until a warning."""

    silent_critical_min: Minutes = 0
    """Minutes of wearing hours until the silence is critical."""

    off_wrist_min: Minutes = 30
    """Minutes of wearing hours off the wrist, until a warning."""

    wearing_hours: DayHours = "07:00-21:30"
    """When bands are worn, local time; time outside does not count."""

    battery_percent: Annotated[int, Field(ge=0, le=99)] = 20
    """Charge at which a band's battery is told; at half of it once more. 0: never."""

    @field_validator("wearing_hours")
    @classmethod
    def _some_time_between(cls, hours: str) -> str:
        begin, _, end = hours.partition("-")
        if begin == end:
            raise mistake("hours_are_empty", shown=hours)
        return hours
