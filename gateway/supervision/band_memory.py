"""What is remembered of every band over a restart: the rows in the store, and how their times go on. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gateway.supervision.band_record import BandRecord
from gateway.supervision.wearing_hours import WearingHours
from gateway.supervision.worn_time import WornTime

T = TypeVar("T")

PREFIX = "supervision "  # in the store, before the address
ALIVE = PREFIX + "alive"
REMEMBERED_MS = 60_000  # a silence that is shorter is not worth a write


class Alive(Struct):
    """`at_ms`: until then the gateway listened (wall clock)."""

    at_ms: int


class BandMemory:
    """Knows which rows the store has, so that only what has changed is written."""

    def __init__(self) -> None:
        self._written: dict[str, bytes] = {}

    def changed(self, records: Mapping[str, BandRecord], hours: WearingHours, now_ms: int) -> dict[str, bytes]:
        """The rows that are to be written, by name."""
        lasting = {address: _lasting(record, hours, now_ms) for address, record in records.items()}
        rows = {PREFIX + address: msgspec.json.encode(record) for address, record in lasting.items()}
        if any(record.unheard is not None for record in lasting.values()):
            rows[ALIVE] = msgspec.json.encode(Alive(now_ms))
        empty = {PREFIX + address: _empty(record) for address, record in records.items()}
        changed = {name: row for name, row in rows.items() if self._written.get(name, empty.get(name)) != row}
        self._written |= changed
        return changed

    def drop(self, address: str) -> None:
        """This band is one of which nothing is known."""
        self._written.pop(PREFIX + address, None)

    def restored(
        self, memory: Mapping[str, bytes], records: Mapping[str, BandRecord], hours: WearingHours, now_ms: int
    ) -> dict[str, BandRecord]:
        """What an earlier life knew of these bands, going on now; what is damaged, or of another wearer, is left out."""
        alive = _decoded(memory.get(ALIVE), Alive)
        restored: dict[str, BandRecord] = {}
        for address, begun in records.items():
            record = _decoded(memory.get(PREFIX + address), BandRecord)
            if record is None or record.wearer != begun.wearer:
                continue
            self._written[PREFIX + address] = memory[PREFIX + address]
            record.unheard = begun.unheard and _resumed(record.unheard, hours, alive, now_ms)
            if record.off_since is not None and alive is not None and now_ms < alive.at_ms:  # another clock
                record.off_since = record.off_since.paused(hours, alive.at_ms).goes_on(now_ms)
            restored[address] = record
        return restored


def _lasting(record: BandRecord, hours: WearingHours, now_ms: int) -> BandRecord:
    """What of it is worth a write."""
    unheard = record.unheard
    is_short = unheard is not None and unheard.elapsed(hours, now_ms) < REMEMBERED_MS
    return replace(record, unheard=None) if is_short else record


def _empty(record: BandRecord) -> bytes:
    """Its row where nothing is known: not worth a write, and after an erasure there is none."""
    return msgspec.json.encode(BandRecord(wearer=record.wearer))


def _resumed(unheard: WornTime | None, hours: WearingHours, alive: Alive | None, now_ms: int) -> WornTime:
    """Goes on now: what was counted till the gateway was last known to listen counts."""
    if unheard is None:
        return WornTime(0, now_ms)
    until_ms = alive.at_ms if alive else (unheard.since_ms or 0)
    return unheard.paused(hours, until_ms).goes_on(now_ms)


def _decoded(row: bytes | None, type_: type[T]) -> T | None:
    if row is None:
        return None
    try:
        return msgspec.json.decode(row, type=type_)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
