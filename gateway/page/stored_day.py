"""The last day of everybody's values out of the store, for the charts of a page that has just begun."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import structlog
from msgspec import Meta, Struct

from drivers.measurement import BloodPressure
from gateway.clock import Clock
from gateway.errors import StoreBroken
from gateway.formats.times import from_rfc3339
from gateway.page.day import DAY_S, Day, numbers_of
from gateway.store import export
from gateway.store.export_lines import Wanted
from gateway.store.readings import ReadingStore

log = structlog.get_logger()


class _Stored(Struct):
    """Of a READING, what is drawn."""

    wearer: str
    device: str
    kind: str
    value: Any
    at: Annotated[str, Meta(max_length=40)]
    quality: tuple[str, ...] = ()


_stored = msgspec.json.Decoder(_Stored).decode


async def take_up(day: Day, store: ReadingStore, clock: Clock) -> None:
    """Adds what was measured in the last 24 hours, in small pieces. A store that cannot be read leaves the day as it is."""
    since_ms = clock.wall_ms() - 1000 * DAY_S
    try:
        async for piece in export.readings(store, Wanted(from_ms=since_ms), came_since_ms=since_ms):
            reading = _stored(piece)
            value = reading.value
            if reading.kind == "blood_pressure":
                value = msgspec.convert(value, BloodPressure)
            key = (reading.wearer, reading.device, reading.kind)
            day.add(key, from_rfc3339(reading.at) // 1000, numbers_of(reading.kind, value, reading.quality))
    except StoreBroken as why:
        log.warning("charts begin now", why=str(why))
