"""The rows of alerts.db, each on its own: what is not whole goes out of a sound file, what is whole comes out of a damaged one.

An alert stands in its own row and in its newest event: either brings back the other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from gateway.store import alert_rows, numbers
from gateway.store.alert_rows import PUT_ALERT, Row
from gateway.store.chain import ChainHead
from gateway.store.encryption import is_locked
from gateway.store.numbers import Numbers
from gateway.store.rescue.in_time import GiveUp
from gateway.store.sealed import NotWhole

Found = Sequence[tuple[str, int]]

# Whether an event was delivered is unknown where that row is lost: better told twice than not at all.
TELL_AGAIN = """INSERT INTO delivery SELECT seq, 'mqtt', 'waiting', 0, NULL FROM event
    WHERE alert > 0 AND body IS NOT NULL AND seq NOT IN (SELECT event FROM delivery)"""
UNTOLD = "DELETE FROM delivery WHERE event NOT IN (SELECT seq FROM event)"
NEWEST_OF_EACH = "SELECT * FROM event WHERE seq IN (SELECT max(seq) FROM event WHERE body IS NOT NULL GROUP BY alert)"
NEWEST = "SELECT * FROM event ORDER BY entry DESC LIMIT 1"

READ: dict[str, tuple[str, Callable[[Iterable[Row]], Collection[object]]]] = {
    "alert": ("open = 1", alert_rows.alerts),
    "event": ("body IS NOT NULL AND seq IN (SELECT event FROM delivery WHERE state <> 'done')", alert_rows.events),
    "delivery": ("state <> 'done'", alert_rows.deliveries),
    "referenced": ("1", alert_rows.referenced),
    "memory": ("1", alert_rows.memories),
    "command": ("1", alert_rows.answers),
}


def locked(connection: sqlite3.Connection) -> bool:
    """Whether the first or the last event is encrypted by a key that is not known."""
    ends = "SELECT min(seq) FROM event WHERE body IS NOT NULL UNION SELECT max(seq) FROM event WHERE body IS NOT NULL"
    return any(is_locked(body) for (body,) in connection.execute(f"SELECT body FROM event WHERE seq IN ({ends})"))  # noqa: S608


def not_whole(_give_up: GiveUp, connection: sqlite3.Connection) -> Found:
    """Rows that the next hours depend on and that are not as they were written, by table and rowid: all of them are few."""
    found = []
    for table, (which, read) in READ.items():
        rows = connection.execute(f"SELECT rowid, * FROM {table} WHERE {which}")  # noqa: S608 (fixed)
        found += [(table, row[0]) for row in rows if not read([row[1:]])]
    try:
        numbers.load(connection)
    except NotWhole:
        found.append(("numbers", 1))
    return found


def mend(found: Found, _give_up: GiveUp, connection: sqlite3.Connection) -> bool:
    """Take them out, and restore what others say of them. Whether numbers may be lost."""
    for table, rowid in found:
        if table != "numbers":
            connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (rowid,))  # noqa: S608 (fixed)
    _restore(connection)
    renewed = ("numbers", 1) in found
    if renewed:
        _begin_numbers(Numbers(epoch=0), connection)
    return renewed


def salvage(rows: Iterable[Row], connection: sqlite3.Connection) -> str:
    """Put those that are whole, the first one of each; how many entries of the chain are missing, in words, "" where none is.

    Numbers go on above all that may have been handed out, and the chain from its last entry that is known.
    """
    handed_out = _numbers(connection.execute("SELECT * FROM numbers").fetchone() or ())
    for row in rows:
        if known := _known(row):
            connection.execute(*known)
        else:
            handed_out = max(handed_out, _numbers(row), key=lambda known: (known.epoch, known.next_seq))
    _restore(connection)
    there = _begin_numbers(handed_out, connection)
    lost = there.entry - connection.execute("SELECT count(*) FROM event").fetchone()[0]
    return f"{lost} events lost" if lost > 0 else ""


def _begin_numbers(handed_out: Numbers, connection: sqlite3.Connection) -> Numbers:
    there = numbers.above_all(handed_out, connection)
    newest = connection.execute(NEWEST).fetchone()
    head = max(ChainHead(there.entry, there.hash), ChainHead(*newest[4::2]) if newest else ChainHead())
    there = replace(there, entry=head.entry, hash=head.hash)
    there.put(connection)
    return there


def _numbers(row: Row) -> Numbers:
    """Out of the row of their table; epoch 0: it is none, or not whole."""
    with suppress(NotWhole):
        return numbers.of_row(row[1:])
    return Numbers(epoch=0)


def _restore(connection: sqlite3.Connection) -> None:
    """No alert stays behind its newest event, and every event is told."""
    for event in alert_rows.events(connection.execute(NEWEST_OF_EACH).fetchall()):
        known = alert_rows.alerts(connection.execute("SELECT * FROM alert WHERE number = ?", (event.alert.number,)))
        if not known or known[0].seq < event.alert.seq:
            connection.execute(PUT_ALERT, alert_rows.alert_row(event.alert, event.at_ms))
    connection.execute(UNTOLD)
    connection.execute(TELL_AGAIN)


def _known(row: Row) -> tuple[str, Row] | None:
    """The statement that puts it where it belongs; None: it is no use."""
    match row:
        case (int(), 0 | 1, int(), bytes()) if alerts := alert_rows.alerts([row]):
            return "INSERT OR IGNORE INTO alert VALUES (?, ?, ?, ?)", (row[0], alerts[0].open, *row[2:])
        case (int(), int(), int(), None, int(), bytes(), bytes()):
            return "INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", row
        case (int(), int(), int(), bytes(), int(), bytes(), bytes()) if alert_rows.entries([row]):
            return "INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", row
        case (int(), str(), str(), int(), int() | None) if alert_rows.deliveries([row]):
            return "INSERT OR IGNORE INTO delivery VALUES (?, ?, ?, ?, ?)", row
        case (int(), str(), int(), str(), bytes()) if alert_rows.referenced([row]):
            return "INSERT OR IGNORE INTO referenced VALUES (?, ?, ?, ?, ?)", row
        case (str(), bytes()) if alert_rows.memories([row]):
            return "INSERT OR IGNORE INTO memory VALUES (?, ?)", row
        case (str(), int(), bytes(), bytes()) if alert_rows.answers([row]):
            return "INSERT OR IGNORE INTO command VALUES (?, ?, ?, ?)", row
    return None
