"""The rows of readings.db: counters that do not fit are counted anew, whole batches come out of a damaged file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from gateway.errors import StoreBroken
from gateway.gap import unknown
from gateway.store import batches, gaps, stored
from gateway.store.alert_rows import NOT_WHOLE
from gateway.store.counters import WIDTH, Counters
from gateway.store.encryption import is_locked
from gateway.store.rescue.bare_pages import HIGHEST_ROWID, Row

Found = Sequence[tuple[str, int]]
GiveUp = Callable[[], bool]

NEXT_TO_LOOK_AT = "SELECT * FROM batch WHERE delivered = 0 AND id < ? ORDER BY id DESC LIMIT 1"
PUT_BATCH = "INSERT OR IGNORE INTO batch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
PUT_GAP = "INSERT OR IGNORE INTO gap VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


def locked(connection: sqlite3.Connection) -> bool:
    """Whether the first or the last batch is encrypted by a key that is not known."""
    ends = "SELECT body FROM batch WHERE id IN (SELECT min(id) FROM batch UNION SELECT max(id) FROM batch)"
    return any(is_locked(body) for (body,) in connection.execute(ends))


def not_whole(connection: sqlite3.Connection) -> Found:
    """The counters, where they do not fit what is there."""
    with suppress(StoreBroken):
        counters = Counters.load(connection)
        sql = "SELECT total(n) FROM batch WHERE delivered = 0 AND id >= ?"
        pending = connection.execute(sql, (counters.oldest_batch,)).fetchone()[0]
        newest = connection.execute("SELECT id, last_seq FROM batch ORDER BY id DESC LIMIT 1").fetchone() or (0, 0)
        too_new = newest[0] > counters.last_batch or newest[1] >= counters.next_seq
        if not counters.faults() and counters.pending == pending and not too_new:
            return ()
    return (("counters", 1),)


def mend(_found: Found, give_up: GiveUp, connection: sqlite3.Connection) -> bool:
    """Count anew, after a look at the rows that wait, the newest first, as far as there is time. Numbers may be lost."""
    known = _counters(connection.execute("SELECT * FROM counters").fetchone() or ())
    below = HIGHEST_ROWID
    while (row := connection.execute(NEXT_TO_LOOK_AT, (below,)).fetchone()) and not give_up():
        below = row[0]
        if _as_in_its_body(row, row[-1]) != row:
            connection.execute("DELETE FROM batch WHERE id = ?", (below,))
            _put(connection, row)
    _settle(connection, known)
    return True


def salvage(rows: Iterable[Row], connection: sqlite3.Connection) -> str:
    """Put those that are whole. What is missing of the old counters counts as evicted, with a gap record. Nothing in words."""
    old = Counters()
    for row in rows:
        if len(row) in (WIDTH, WIDTH + 1):  # the first version had one column more
            old = max(old, _counters(row[:WIDTH]), key=lambda counters: counters.received)
        else:
            _put(connection, row)
    _settle(connection, old)
    return ""


def _settle(connection: sqlite3.Connection, old: Counters) -> None:
    counters = _recount(connection, old)
    missing = counters.evicted - _number(connection, "SELECT total(n) FROM gap")
    if missing > 0:
        from_ms, to_ms = _span(connection)
        gaps.put(connection, [unknown(from_ms, missing, "damaged", to_ms)])
    connection.execute("INSERT OR IGNORE INTO counters VALUES (1, 0, 1, 0, 1, NULL, 0, 0, '{}', 0, 0, 0)")
    batches.settle(connection, counters)


def _counters(row: Row) -> Counters:
    """Out of the row of their table, if they can be believed; else the epoch at most."""
    with suppress(StoreBroken):
        found = Counters.of_row(row[1:])
        if not found.faults() and min(found.delivered, found.pending, found.evicted) >= 0:
            return found
        return Counters(epoch=found.epoch)
    return Counters()


def _put(connection: sqlite3.Connection, row: Row) -> None:
    """A batch or a gap, if it is one that is whole."""
    match row:
        case (int(), 0 | 1, int(), *_, int(), str(), bytes(body)):
            if whole := _as_in_its_body(row, body):
                connection.execute(PUT_BATCH, whole)
        case (str(), str(), int(), str(), int(), int(), int(), *told):
            connection.execute(PUT_GAP, (*row[:7], *(told or (0,))))


def _as_in_its_body(row: Row, body: bytes) -> Row | None:
    """The body is right when its checksum is; what the row says of it may not be. None: the body is not."""
    with suppress(*NOT_WHOLE):
        batch, delivered, thinned, *_, received_ms, boot, _ = row
        seqs = stored.seqs(batches.unpack_body(body))
        return batch, delivered, thinned, len(seqs), seqs[0], seqs[-1], received_ms, boot, body
    return None


def _recount(new: sqlite3.Connection, old: Counters) -> Counters:
    """The old counters, with what is there now."""
    pending = _number(new, "SELECT total(n) FROM batch WHERE delivered = 0")
    delivered = max(old.delivered, _number(new, "SELECT total(n) FROM batch WHERE delivered = 1"))
    gone = _number(new, "SELECT total(n) FROM gap")
    everything = max(old.stored, delivered + pending + gone)
    return replace(
        old,
        next_seq=max(old.next_seq, _number(new, "SELECT coalesce(max(last_seq), 0) + 1 FROM batch")),
        last_batch=max(old.last_batch, _number(new, "SELECT coalesce(max(id), 0) FROM batch")),
        oldest_batch=0,
        received=everything + sum(old.rejected.values()),
        stored=everything,
        delivered=delivered,
        pending=pending,
        evicted=everything - delivered - pending,
    )


def _span(new: sqlite3.Connection) -> tuple[int, int]:
    """What is missing came between the oldest and the newest that is there, as far as anybody knows."""
    first, last = new.execute("SELECT coalesce(min(received_ms), 0), coalesce(max(received_ms), 0) FROM batch").fetchone()
    return first, last


def _number(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])
