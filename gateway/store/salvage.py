"""What can be read of a damaged database goes into a new one, row by row."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

import msgspec

from gateway.errors import StoreBroken
from gateway.store import account as accounts
from gateway.store import alert_rows, batches, gaps, numbers, stored
from gateway.store.account import Account
from gateway.store.alert_rows import PUT_ALERT, PUT_CLAIMED, PUT_COMMAND, PUT_EVENT, PUT_MEMORY, Row
from gateway.store.gaps import Gap

T = TypeVar("T")

STEPS_AT_MOST = 100_000  # rows looked for one by one

GiveUp = Callable[[], bool]  # whether the time for it is over


def readable(old: sqlite3.Connection, what: str, give_up: GiveUp) -> Iterator[Row]:
    """Every row that can be read: up to the damage from both ends, then one by one in between.

    `what` is a SELECT of a rowid and columns that ends in WHERE or AND. The rows come without the rowid.
    """
    low, high = 0, 1 << 62
    with suppress(sqlite3.DatabaseError):
        for row in old.execute(f"{what} rowid > 0 ORDER BY rowid"):
            if give_up():
                return
            low = row[0]
            yield row[1:]
        return
    with suppress(sqlite3.DatabaseError):
        for row in old.execute(f"{what} rowid > ? ORDER BY rowid DESC", (low,)):
            if give_up():
                return
            high = row[0]
            yield row[1:]
    yield from _between(old, what, range(low + 1, min(high, low + STEPS_AT_MOST)), give_up)


def _between(old: sqlite3.Connection, what: str, rowids: range, give_up: GiveUp) -> Iterator[Row]:
    for rowid in rowids:
        if give_up():
            return
        with suppress(sqlite3.DatabaseError):
            yield from (row[1:] for row in old.execute(f"{what} rowid = ?", (rowid,)))


Mend = Callable[[Row], Row | None]  # the row as it should be; None: it is no use


def _carry(old: sqlite3.Connection, new: sqlite3.Connection, what: str, put: str, mended: Mend, give_up: GiveUp) -> None:
    for row in readable(old, what, give_up):
        good = mended(row)
        if good:
            with suppress(sqlite3.IntegrityError):  # a column has not the type that it should have
                new.execute(put, good)


# --- alerts ---------------------------------------------------------------------------------------------------------


def alerts(old: sqlite3.Connection, new: sqlite3.Connection, give_up: GiveUp) -> None:
    """What still needs somebody, then the rest. Numbers go on above all that may have been handed out."""
    for what, put, mended in (
        ("SELECT rowid, * FROM alert WHERE open = 1 AND", PUT_ALERT, _alert),
        ("SELECT rowid, * FROM event WHERE done = 0 AND", PUT_EVENT, _event),
        ("SELECT rowid, * FROM claimed WHERE", PUT_CLAIMED, _claimed),
        ("SELECT rowid, * FROM memory WHERE", PUT_MEMORY, tuple),
        ("SELECT rowid, * FROM command WHERE", PUT_COMMAND, tuple),
        ("SELECT rowid, * FROM alert WHERE open <> 1 AND", PUT_ALERT, _alert),
        ("SELECT rowid, * FROM event WHERE done <> 0 AND", PUT_EVENT, _event),
    ):
        _carry(old, new, what, put, mended, give_up)
    known, carried = _or_none(numbers.load, old), numbers.load(new)
    if known:
        carried.epoch = known.epoch
        carried.next_alert = max(known.next_alert, carried.next_alert)
        carried.next_seq = max(known.next_seq, carried.next_seq)
    new.execute(numbers.PUT_NUMBERS, carried.row())


def _alert(row: Row) -> Row | None:
    found = alert_rows.alerts([row])
    return (found[0].number, found[0].open, *row[2:]) if found else None


def _event(row: Row) -> Row | None:
    found = alert_rows.events([row])
    return alert_rows.event_row(found[0]) if found else None


def _claimed(row: Row) -> Row | None:
    try:
        origin, seq = stored.id_of(row[-1])
    except (msgspec.DecodeError, TypeError, ValueError):
        return None
    return (seq, origin, *row[2:])


# --- readings -------------------------------------------------------------------------------------------------------


def readings(old: sqlite3.Connection, new: sqlite3.Connection, give_up: GiveUp) -> None:
    """Pending batches first; what is missing of the old account is counted as evicted, with a gap record."""
    put = "INSERT OR REPLACE INTO batch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    for delivered in (0, 1):
        what = f"SELECT rowid, * FROM batch WHERE delivered = {delivered} AND"  # noqa: S608 (fixed)
        _carry(old, new, what, put, _batch, give_up)
    put_gap = "INSERT OR REPLACE INTO gap VALUES (?, ?, ?, ?, ?, ?, ?)"
    _carry(old, new, "SELECT rowid, * FROM gap WHERE", put_gap, tuple, give_up)
    account = _recount(new, _or_none(accounts.load, old) or Account())
    missing = account.evicted - account.refused - _number(new, "SELECT total(n) FROM gap")
    if missing > 0:
        from_ms, to_ms = _span(new)
        gaps.put(new, [Gap(wearer="", kind="", from_ms=from_ms, to_ms=to_ms, n=missing, reason="damaged")])
    batches.settle(new, account)


def _batch(row: Row) -> Row | None:
    """The body is right, its checksum says; the row may not be."""
    batch, delivered, thinned, _, _, _, received_ms, boot, body = row
    try:
        seqs = [stored.id_of(piece)[1] for piece in stored.pieces(zlib.decompress(body))]
    except (zlib.error, msgspec.DecodeError, TypeError, ValueError):
        return None
    return batch, delivered, thinned, len(seqs), seqs[0], seqs[-1], received_ms, boot, body


def _recount(new: sqlite3.Connection, old: Account) -> Account:
    """The old account, as far as it can be believed, with what is there now."""
    if old.faults() or min(old.evicted, old.refused, old.evicted - old.refused, old.delivered) < 0:
        old = Account(epoch=old.epoch)
    pending = _number(new, "SELECT total(n) FROM batch WHERE delivered = 0")
    delivered = max(old.delivered, _number(new, "SELECT total(n) FROM batch WHERE delivered = 1"))
    gone = _number(new, "SELECT total(n) FROM gap") + old.refused
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


def _or_none(load: Callable[[sqlite3.Connection], T], old: sqlite3.Connection) -> T | None:
    try:
        return load(old)
    except (sqlite3.DatabaseError, StoreBroken):
        return None


def _number(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])
