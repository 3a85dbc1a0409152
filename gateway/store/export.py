"""What the stores hold, given out in small pieces: between two of them every commit and every alert has its turn."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, Collection, Sequence
from functools import partial

import msgspec
import structlog
from msgspec import Struct

from gateway.formats.reading_json import Time
from gateway.formats.times import from_rfc3339
from gateway.store import alert_rows, batches, numbers, stored
from gateway.store.alert_rows import Row
from gateway.store.alerts import AlertStore
from gateway.store.chain import ChainHead
from gateway.store.chain_check import ChainEntry, ChainVerdict, Check
from gateway.store.encryption import decrypt
from gateway.store.export_lines import AlertLine, Step, Times, Wanted, alert_line, wearer_of
from gateway.store.readings import ReadingStore
from gateway.store.sealed import NotWhole

log = structlog.get_logger()

BATCHES_AT_ONCE = 2  # in one look at the readings: some 2 ms
EVENTS_AT_ONCE = 20  # in one look at the alerts


class _Whose(Struct):
    """Of a READING, what says whether it is wanted."""

    at: Time
    wearer: str


_whose = msgspec.json.Decoder(_Whose)


async def readings(store: ReadingStore, wanted: Wanted, came_since_ms: int | None = None) -> AsyncGenerator[bytes]:
    """Each reading that is on the disk as one READING of the contract, in the order in which they came. Raises StoreBroken.

    `came_since_ms`: what came before that is passed over, without being read, but for some in the batch that it falls into.
    """
    last = store.last_batch
    after = 0 if came_since_ms is None else await store.look(partial(_came_before, last, came_since_ms))
    while found := await store.look(partial(_bodies, after, last)):
        after = found[-1][0]
        for _, packed in found:
            for piece in _pieces(packed):
                whose = _whose.decode(piece)
                if wanted.takes(from_rfc3339(whose.at), whose.wearer):
                    yield piece


def _came_before(last: int, ms: int, connection: sqlite3.Connection) -> int:
    """The last batch that began before then, by halves: the rows of a day are too many to be looked at one by one."""
    sql = "SELECT id, received_ms FROM batch WHERE id > ? AND id <= ? ORDER BY id LIMIT 1"
    after, until = 0, last
    while after < until:
        middle = (after + until) // 2
        found = connection.execute(sql, (middle, until)).fetchone()
        if found is None or found[1] >= ms:
            until = middle
        else:
            after = found[0]
    return max(0, after - 1)


def _bodies(after: int, last: int, connection: sqlite3.Connection) -> list[tuple[int, bytes]]:
    sql = "SELECT id, body FROM batch WHERE id > ? AND id <= ? ORDER BY id LIMIT ?"
    return connection.execute(sql, (after, last, BATCHES_AT_ONCE)).fetchall()


def _pieces(packed: bytes) -> Sequence[bytes]:
    try:
        return stored.pieces(batches.unpack_body(packed))
    except ValueError:
        log.error("batches are damaged", batches=1)
        return ()


async def alert_lines(store: AlertStore, wanted: Wanted, *, gateway: str) -> AsyncGenerator[AlertLine]:
    """A line for each event, in the order of the chain. Raises StoreBroken.

    An erased event has a line where everything is wanted, for the chain; nobody knows whose it was.
    """
    head = await store.look(_head)
    after = 0
    while found := await store.look(partial(_events, after, head.entry)):
        after = found[-1][0]
        times = await store.look(partial(_times, {row[1] for row in found}))
        for row in found:
            event = next(iter(alert_rows.entries([row])), None)
            if wanted.everything or (event and wanted.takes(event.at_ms, wearer_of(event))):
                partly = not wanted.everything
                entry = _entry(row)
                yield alert_line(entry, row[0], event, times[row[1]], gateway=gateway, entries=head.entry, partly=partly)


async def verify(store: AlertStore) -> ChainVerdict:
    """Whether the chain of the events holds, up to the last one that there ever was. Raises StoreBroken."""
    head = await store.look(_head)
    check, after = Check(), 0
    while found := await store.look(partial(_events, after, head.entry)):
        after = found[-1][0]
        check.take(map(_entry, found))
    return check.end(head.entry, head.hash)


def _events(after: int, until: int, connection: sqlite3.Connection) -> list[Row]:
    """The next ones, up to this entry. They were numbered in the order of the chain."""
    sql = "SELECT * FROM event WHERE seq > ? AND entry <= ? ORDER BY seq LIMIT ?"
    return connection.execute(sql, (after, until, EVENTS_AT_ONCE)).fetchall()


def _entry(row: Row) -> ChainEntry:
    _, _, _, body, entry, prev, hash_ = row
    return ChainEntry(entry, prev, hash_, body and decrypt(body))


def _times(alerts: Collection[int], connection: sqlite3.Connection) -> dict[int, Times]:
    return {alert: _times_of(alert, connection) for alert in alerts}


def _times_of(alert: int, connection: sqlite3.Connection) -> Times:
    """When it came so far. The state of the alert knows of the receipt, which is no event."""
    events = alert_rows.events(connection.execute("SELECT * FROM event WHERE alert = ? ORDER BY at_ms DESC", (alert,)))
    came: dict[str, int] = {event.event: event.at_ms for event in events}
    state = next(iter(alert_rows.alerts(connection.execute("SELECT * FROM alert WHERE number = ?", (alert,)))), None)
    ends = [came[name] for name in ("resolved", "cancelled", "cleared") if name in came]
    steps: dict[Step, int | None] = {
        "received": state.received_ms if state else None,
        "acknowledged": came.get("acknowledged"),
        "dispatched": came.get("dispatched"),
        "on_scene": came.get("on_scene"),
        "closed": None if state and state.open else min(ends, default=None),
    }
    return {step: at_ms for step, at_ms in steps.items() if at_ms is not None}


def _head(connection: sqlite3.Connection) -> ChainHead:
    """The last entry that there ever was; one that fits nothing where that row is not whole."""
    try:
        known = numbers.load(connection)
    except NotWhole:
        return ChainHead(connection.execute("SELECT coalesce(max(entry), 0) FROM event").fetchone()[0], b"")
    return ChainHead(known.entry, known.hash)
