"""`[duty]`: what happens when nobody answers an alert."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from gateway.settings.sections.section import Section
from gateway.settings.values import DayTime, File, Program, Word, mistake


class DrillSection(Section):
    """When the first press of a wearer is a test."""

    wearer: Word
    """Whose press it is."""

    day: Annotated[int, Field(ge=1, le=31)]
    """Day of the month; of a shorter month its last."""

    from_: DayTime = Field(alias="from")
    """Local time at which it begins, such as "10:00"."""

    to: DayTime
    """Local time at which it ends; may be the next day."""

    @field_validator("to")
    @classmethod
    def _some_time_between(cls, to: str, info: ValidationInfo) -> str:
        if to == info.data.get("from_"):
            raise mistake("hours_are_empty", shown=f"{to}-{to}")
        return to


class DutySection(Section):
    """What happens when nobody answers an alert."""

    phones_file: File | None = None
    """CSV with the columns name,phone,days,hours,test: who is asked by SMS, in this order. UTF-8 or GB18030."""

    responders_file: File | None = None
    """CSV with the columns name,phone,latitude,longitude,days,hours: volunteers who are named to those who are asked."""

    receipt_s: Annotated[int, Field(ge=10, le=120)] = 30
    """Seconds without a receipt of the platform after which the second path opens."""

    person_s: Annotated[int, Field(ge=15, le=600)] = 60
    """Seconds without a person's answer after which the alert is escalated. Not below `receipt_s`."""

    again_s: Annotated[int, Field(ge=30, le=1800)] = 180
    """Seconds after which it is escalated again; also where it was acknowledged and nobody was sent. Above `person_s`."""

    repeat_s: Annotated[int, Field(ge=30, le=3600)] = 300
    """Seconds between all further escalations, until a person acknowledges."""

    next_phone_s: Annotated[int, Field(ge=20, le=300)] = 60
    """Seconds after which the next phone is asked."""

    second_path_for: Literal["critical", "warning"] = "critical"
    """These alerts, and what is more urgent, take the second path."""

    sms_per_day: Annotated[int, Field(ge=1, le=5000)] = 200
    """Parts of SMS in 24 hours at most; what is reached holds back all but critical alerts."""

    on_alert: Program | None = None
    """A local light or buzzer: a command and its arguments, run without a shell; the alert as one line of JSON on its stdin."""

    self_test: DayTime | None = None
    """Time of day, such as "09:00", at which both paths are tested; the result is told where it fails."""

    drill: tuple[DrillSection, ...] = ()
    """When the first press of a wearer is a test, once a month."""

    @field_validator("person_s")
    @classmethod
    def _a_person_after_the_platform(cls, person_s: int, info: ValidationInfo) -> int:
        least = info.data.get("receipt_s", person_s)
        if person_s < least:
            raise mistake("below_another", other="receipt_s", least=least, shown=str(person_s))
        return person_s

    @field_validator("again_s")
    @classmethod
    def _again_after_the_first_time(cls, again_s: int, info: ValidationInfo) -> int:
        least = info.data.get("person_s", again_s - 1)
        if again_s <= least:
            raise mistake("not_above_another", other="person_s", least=least, shown=str(again_s))
        return again_s
