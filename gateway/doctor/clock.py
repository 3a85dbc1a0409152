"""The clock of this machine, and its time zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from gateway.doctor.diagnosis import Diagnosis
from gateway.doctor.host import answer, properties

SANE_YEARS = range(2025, 2100)


class ClockFacts(NamedTuple):
    """Of timedatectl(1) show; None: nobody can say."""

    year: int
    synced: bool | None
    follows_network: bool | None
    has_time_service: bool | None
    zone: str | None


def look() -> ClockFacts:
    """Now."""
    shown = properties(answer("timedatectl", "show"))

    def flag(key: str) -> bool | None:
        return shown[key] == "yes" if key in shown else None

    return ClockFacts(datetime.now(UTC).year, flag("NTPSynchronized"), flag("NTP"), flag("CanNTP"), shown.get("Timezone"))


def diagnoses(clock: ClockFacts, zone: str | None) -> Iterator[Diagnosis]:
    """What is wrong with it; `zone`: the configured one, None: not known. Pure."""
    if clock.year not in SANE_YEARS:
        yield Diagnosis("clock", "clock_year", {"year": clock.year})
    if clock.has_time_service is False:
        yield Diagnosis("clock", "clock_no_service")
    elif clock.follows_network is False:
        yield Diagnosis("clock", "clock_ntp_off")
    elif clock.synced is False:
        yield Diagnosis("clock", "clock_unsynced")
    if clock.zone and zone and clock.zone != zone:
        yield Diagnosis("clock", "clock_zone", {"machine": clock.zone, "zone": zone}, is_fault=False)
