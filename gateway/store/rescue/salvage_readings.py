"""What can be read of a damaged readings.db goes into a new one: by SQL, which is quick, and behind a damage page by page."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import msgspec

from gateway.errors import StoreBroken
from gateway.gap import Gap
from gateway.store import batches, gaps, stored
from gateway.store.counters import WIDTH, Counters
from gateway.store.rescue import bare_pages
from gateway.store.rescue.bare_pages import Row
from gateway.store.rescue.journal import JournalFrame
from gateway.store.rescue.soundness import GiveUp

PUT_BATCH = "INSERT OR IGNORE INTO batch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
PUT_GAP = "INSERT OR IGNORE INTO gap VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError)  # the second: SQLite's own message quotes what is damaged


def salvage_readings(old: Path, frames: Sequence[JournalFrame], new: sqlite3.Connection, give_up: GiveUp) -> str:
    """Pending batches first; what is missing of the old counters is counted as evicted, with a gap record. Nothing in words."""
    empty = not old.exists() or old.stat().st_size == 0  # SQLite deletes the journal of an empty file
    counters = _recount(new, (_by_page if empty else _with_sql)(old, frames, new, give_up))
    missing = counters.evicted - _number(new, "SELECT total(n) FROM gap")
    if missing > 0:
        from_ms, to_ms = _span(new)
        gaps.put(new, [Gap(wearer="", kind="", from_ms=from_ms, to_ms=to_ms, n=missing, reason="damaged")])
    batches.settle(new, counters)
    return ""


def take_up_nothing(_frames: Sequence[JournalFrame], _new: sqlite3.Connection) -> None:
    """Of a sound file: what SQLite left behind of its journal may be sent already, and whether it was nobody knows."""


def _with_sql(old: Path, frames: Sequence[JournalFrame], new: sqlite3.Connection, give_up: GiveUp) -> Counters:
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        pending = _by_sql(connection, new, "batch WHERE delivered = 0 AND", give_up)
        gone = _by_sql(connection, new, "gap WHERE", give_up)
        by_page = Counters() if pending and gone else _by_page(old, frames, new, give_up)
        _by_sql(connection, new, "batch WHERE delivered = 1 AND", give_up)
        try:
            return Counters.load(connection)
        except (*UNREADABLE, StoreBroken):
            return by_page


def _by_sql(old: sqlite3.Connection, new: sqlite3.Connection, what: str, give_up: GiveUp) -> bool:
    """From both ends up to the damage; whether there was none."""
    low = 0
    with suppress(*UNREADABLE):
        for row in old.execute(f"SELECT rowid, * FROM {what} rowid > 0 ORDER BY rowid"):  # noqa: S608 (our own words)
            if give_up():
                return True
            low = row[0]
            _put(new, row[1:])
        return True
    with suppress(*UNREADABLE):
        for row in old.execute(f"SELECT rowid, * FROM {what} rowid > {low} ORDER BY rowid DESC"):  # noqa: S608 (the same)
            _put(new, row[1:])
    return False


def _by_page(old: Path, frames: Sequence[JournalFrame], new: sqlite3.Connection, give_up: GiveUp) -> Counters:
    """What is not there yet; and the counters, if they can be read."""
    counters = Counters()
    page_size = new.execute("PRAGMA page_size").fetchone()[0]
    for row in bare_pages.rows(old, page_size, frames):
        if give_up():
            break
        if len(row) in (WIDTH, WIDTH + 1):  # the first version had one column more
            with suppress(StoreBroken):
                counters = Counters.of_row(row[1:WIDTH])
        else:
            _put(new, row)
    return counters


def _put(new: sqlite3.Connection, row: Row) -> None:
    """A batch or a gap, if it is one."""
    match row:
        case (int(), 0 | 1, int(), *_, int(), str(), bytes(body)):
            _put_batch(new, row, body)
        case (str(), str(), int(), str(), int(), int(), int(), *told):
            new.execute(PUT_GAP, (*row[:7], *(told or (0,))))


def _put_batch(new: sqlite3.Connection, row: Row, body: bytes) -> None:
    """The body is right when its checksum is; what the row says of it may not be."""
    batch, delivered, thinned, *_, received_ms, boot, _ = row
    with suppress(zlib.error, msgspec.DecodeError, ValueError):
        seqs = stored.seqs(zlib.decompress(body))
        new.execute(PUT_BATCH, (batch, delivered, thinned, len(seqs), seqs[0], seqs[-1], received_ms, boot, body))


def _recount(new: sqlite3.Connection, old: Counters) -> Counters:
    """The old counters, as far as they can be believed, with what is there now."""
    if old.faults() or min(old.delivered, old.evicted) < 0:
        old = Counters(epoch=old.epoch)
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
