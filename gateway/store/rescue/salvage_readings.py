"""The rows of readings.db: counters that do not fit are counted anew, whole batches come out of a damaged file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from gateway.errors import StoreBroken
from gateway.gap import unknown
from gateway.store import batches, gaps, stored
from gateway.store.alert_rows import NOT_WHOLE
from gateway.store.counters import WIDTH, Counters, rejected_with_it
from gateway.store.encryption import is_locked
from gateway.store.rescue.bare_pages import HIGHEST_ROWID, Row
from gateway.store.rescue.in_time import GiveUp, as_far_as_it_gets

Found = Sequence[tuple[str, int]]

HAS_WRONG_NUMBERS = "SELECT id FROM batch WHERE last_seq >= ? OR last_seq - first_seq < n - 1 ORDER BY id DESC LIMIT 1"
NEXT_TO_LOOK_AT = """
    SELECT * FROM batch WHERE (delivered = 0 OR id > ? OR last_seq >= ? OR last_seq - first_seq < n - 1) AND id < ?
    ORDER BY id DESC LIMIT 1"""
PUT_BATCH = "INSERT OR IGNORE INTO batch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
BODY = 8  # the place of this column
PUT_GAP = "INSERT OR IGNORE INTO gap VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


def locked(connection: sqlite3.Connection) -> bool:
    """Whether the first or the last batch is encrypted by a key that is not known."""
    ends = "SELECT body FROM batch WHERE id IN (SELECT min(id) FROM batch UNION SELECT max(id) FROM batch)"
    return any(is_locked(body) for (body,) in connection.execute(ends))


def not_whole(give_up: GiveUp, connection: sqlite3.Connection) -> Found:
    """The counters, where they do not fit what is there; as far as there is time to look at what is delivered."""
    with suppress(StoreBroken):
        counters = Counters.load(connection)
        sql = "SELECT total(n) FROM batch WHERE delivered = 0 AND id >= ?"
        pending = connection.execute(sql, (counters.oldest_batch,)).fetchone()[0]
        fits = not counters.faults() and counters.pending == pending and _newest_are_whole(connection)
        if fits and not _has_wrong_numbers(counters.next_seq, give_up, connection):
            return ()
    return (("counters", 1),)


def _newest_are_whole(connection: sqlite3.Connection) -> bool:
    """They alone say what came since the row was written: nothing else would show that one of them is wrong, or gone."""
    known = _number(connection, "SELECT last_batch FROM counters")
    rows = connection.execute("SELECT * FROM batch WHERE id > ? ORDER BY id", (known,))
    return all(row[0] == batch and _as_in_its_body(row, row[BODY]) == row for batch, row in enumerate(rows, known + 1))


def _has_wrong_numbers(next_seq: int, give_up: GiveUp, connection: sqlite3.Connection) -> bool:
    """Whether a batch tells of numbers that nobody has yet, or of fewer than it has readings."""
    found = None
    with as_far_as_it_gets(give_up, connection):
        found = connection.execute(HAS_WRONG_NUMBERS, (next_seq,)).fetchone()
    return found is not None


def mend(_found: Found, give_up: GiveUp, connection: sqlite3.Connection) -> bool:
    """Count anew, after a look at the rows that wait, the newest first, as far as there is time. Numbers may be lost."""
    known = _counters(connection.execute("SELECT * FROM counters").fetchone() or ())
    below = HIGHEST_ROWID
    newer = known.last_batch, known.next_seq
    while (row := connection.execute(NEXT_TO_LOOK_AT, (*newer, below)).fetchone()) and not give_up():
        below = row[0]
        if _as_in_its_body(row, row[BODY]) != row:
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
        case (int(), 0 | 1, int(), _, _, _, int(), str(), bytes(body), *_):
            if whole := _as_in_its_body(row, body):
                connection.execute(PUT_BATCH, whole)
        case (str(), str(), int(), str(), int(), int(), int(), *told):
            connection.execute(PUT_GAP, (*row[:7], *(told or (0,))))


def _as_in_its_body(row: Row, body: bytes) -> Row | None:
    """The body is right when its checksum is; what the row says of it may not be. None: the body is not."""
    with suppress(*NOT_WHOLE):
        batch, delivered, thinned, _, _, _, received_ms, boot, _, *counted = row
        seqs = stored.seqs(batches.unpack_body(body))
        return batch, delivered, thinned, len(seqs), seqs[0], seqs[-1], received_ms, boot, body, *_counted(counted)
    return None


def _counted(columns: Sequence[object]) -> tuple[int | None, str | None]:
    """As far as it can be believed; the first versions had none."""
    match columns:
        case [int(delivered), None | str() as rejected]:
            with suppress(StoreBroken):
                rejected_with_it(rejected)
                return delivered, rejected
    return None, None


def _recount(new: sqlite3.Connection, row: Counters) -> Counters:
    """What the row said, with what is there now. A number of delivered ones that cannot be is not believed."""
    old = row.caught_up(new)
    if old.pending < 0 or old.delivered < row.delivered:
        old = replace(old, delivered=row.delivered)
    numbered = row.stored + old.next_seq - row.next_seq if row.stored else 0  # each had the next number
    pending = _number(new, "SELECT total(n) FROM batch WHERE delivered = 0")
    delivered = max(old.delivered, _number(new, "SELECT total(n) FROM batch WHERE delivered = 1"))
    gone = _number(new, "SELECT total(n) FROM gap")
    everything = max(old.stored, numbered, delivered + pending + gone)
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
