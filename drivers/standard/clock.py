"""The clock of a standard device: read before it is set, since what was stamped until then is wrong by the difference.

Date Time (2A08) of the measuring service goes before Current Time (2A2B), where a device has both. Where it also takes Local
Time Information (2A0F), it is told the offset from UTC that holds now, summer time included.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from drivers.bluetooth_uuid import full_uuid
from drivers.date_time import (
    decode_date_time,
    encode_current_time,
    encode_date_time,
    encode_local_time_information,
)
from drivers.driver import ClockAhead, Conversation, Services, Write
from drivers.standard.battery import CURRENT_TIME, DATE_TIME
from drivers.steps import Step, read
from drivers.talk import NotDone

LOCAL_TIME_INFORMATION = full_uuid(0x2A0F)


def set_clock(services: Services, measuring: Sequence[str], local: datetime) -> Conversation:
    """Reads and sets the clock. `measuring`: the services that may have one of their own. Raises NotDone."""
    places = [(DATE_TIME, service) for service in measuring] + [(CURRENT_TIME, None)]
    yield from _report_offset((yield from _first_read(services, places)), local.replace(tzinfo=None))
    yield from _set_zone(services, local)
    for clock, service in places:
        if "write" in (services.find(clock, service) or ()):
            encode = encode_date_time if clock == DATE_TIME else encode_current_time
            if (yield Write(clock, encode(local.replace(microsecond=0)), service)) is not True:
                raise NotDone("it does not take the time")
            return
    raise NotDone("it has no clock that can be set", "unsupported")


def _first_read(services: Services, places: Sequence[tuple[str, str | None]]) -> Step[bytes | None]:
    for characteristic, service in places:
        data = yield from read(services, characteristic, service)
        if data is not None:
            return data
    return None


def _report_offset(device: bytes | None, local: datetime) -> Step[None]:
    at = decode_date_time(device) if device else None
    if at is not None:
        yield ClockAhead(round((at - local).total_seconds()))


def _set_zone(services: Services, local: datetime) -> Step[None]:
    offset = local.utcoffset()
    if offset is not None and "write" in (services.find(LOCAL_TIME_INFORMATION) or ()):
        yield Write(LOCAL_TIME_INFORMATION, encode_local_time_information(offset))
