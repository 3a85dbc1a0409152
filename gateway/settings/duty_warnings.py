"""What a valid configuration should be asked about its second path: where a duty would have none, or nobody would come."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Set

from gateway.duty.duty_list import DutyList
from gateway.duty.phone_numbers import is_usual
from gateway.duty.responders import Volunteers
from gateway.duty.shift import DAYS, first_gap
from gateway.settings.schema import SettingsFile
from gateway.settings.toml_lines import KeyPath

A_DAY, LONG_DRILL = 24 * 60, 4 * 60  # minutes

Doubt = tuple[KeyPath, str, Mapping[str, object]]  # the key, the code, and its facts


def warnings(settings: SettingsFile, wearers: Set[str], phones: DutyList, volunteers: Volunteers) -> Iterator[Doubt]:
    """Every doubt about it. `wearers`: those who have a band."""
    yield from _second_path(settings, phones)
    yield from _people(settings, phones, volunteers)
    duty = settings.duty
    for number, drill in enumerate(duty.drill):
        if drill.wearer not in wearers:
            yield ("duty", "drill", number, "wearer"), "unknown_wearer", {}
        if (minutes := (_minute(drill.to) - _minute(drill.from_)) % A_DAY) > LONG_DRILL:
            yield ("duty", "drill", number, "to"), "long_drill", {"hours": minutes // 60}
    if duty.on_alert and shutil.which(duty.on_alert[0]) is None:
        yield ("duty", "on_alert"), "no_such_program", {"path": duty.on_alert[0]}


def _minute(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)


def _second_path(settings: SettingsFile, phones: DutyList) -> Iterator[Doubt]:
    """Who is asked when the network is down."""
    if settings.modem is None and phones.phones:
        yield ("duty", "phones_file"), "phones_without_modem", {}
    elif settings.modem is None and "duty" in settings.model_fields_set:
        yield ("duty",), "only_the_local_light" if settings.duty.on_alert else "no_second_path", {}
    elif settings.modem and not phones.phones:
        yield ("modem",), "modem_without_phones", {}


def _people(settings: SettingsFile, phones: DutyList, volunteers: Volunteers) -> Iterator[Doubt]:
    gap = first_gap(phone.shift for phone in phones.phones) if phones.phones else None
    if gap:
        day, minute = gap
        facts = {"day": DAYS[day], "time": f"{minute // 60:02}:{minute % 60:02}"}
        yield ("duty", "phones_file"), "nobody_on_duty", facts
    if settings.modem:
        unusual = [phone.name for phone in phones.phones if not is_usual(phone.number, phones.country)]
        yield from ((("duty", "phones_file"), "unusual_phone", {"name": name}) for name in unusual)
    if volunteers.all and not phones.phones:
        yield ("duty", "responders_file"), "responders_for_nobody", {}
