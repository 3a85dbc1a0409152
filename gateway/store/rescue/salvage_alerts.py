"""What can be read of a damaged alerts.db goes into a new one, page by page: no alert hangs on a tree or an index."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from gateway.store import alert_rows, numbers
from gateway.store.alert_rows import PUT_ALERT, PUT_COMMAND, PUT_DELIVERY, PUT_EVENT, PUT_MEMORY, PUT_REFERENCED, Row
from gateway.store.chain import BEGINNING
from gateway.store.numbers import PUT_NUMBERS, Numbers
from gateway.store.rescue import page_salvage as carving

# Whether an event was delivered is unknown where that row is lost: better told twice than not at all.
TELL_AGAIN = """INSERT INTO delivery SELECT seq, 'mqtt', 'waiting', 0, NULL FROM event
    WHERE body IS NOT NULL AND seq NOT IN (SELECT event FROM delivery)"""


def salvage_alerts(old: Path, new: sqlite3.Connection, give_up: Callable[[], bool]) -> None:
    """Every row that makes sense. Numbers go on above all that may have been handed out."""
    handed_out = Numbers(epoch=0)
    page_size = new.execute("PRAGMA page_size").fetchone()[0]
    for row in carving.rows(old, page_size):
        if give_up():
            break
        match row:
            case (1, int(epoch), int(next_alert), int(next_seq), int(entry), bytes(last)):
                handed_out = Numbers(epoch, next_alert, next_seq, entry, last)
            case _ if known := _known(row):
                new.execute(known[0], known[1])
    new.execute(TELL_AGAIN)
    there = numbers.load(new)
    there.epoch = handed_out.epoch
    there.next_alert = max(there.next_alert, handed_out.next_alert)
    there.next_seq = max(there.next_seq, handed_out.next_seq)
    there.entry, there.hash = max((handed_out.entry, handed_out.hash), _last_entry(new))
    new.execute(PUT_NUMBERS, there.row())


def _last_entry(new: sqlite3.Connection) -> tuple[int, bytes]:
    """Of those that could be read; what the chain goes on from where its head could not."""
    found: tuple[int, bytes] | None = new.execute("SELECT entry, hash FROM event ORDER BY entry DESC LIMIT 1").fetchone()
    return found or (0, BEGINNING)


def _known(row: Row) -> tuple[str, Row] | None:
    """The table that has rows like this one, as the statement that puts it there; None: it is no use."""
    match row:
        case (int(), 0 | 1, int(), bytes()) if alert_rows.alerts([row]):
            return PUT_ALERT, row
        case (int(), int(), int(), None, int(), bytes(), bytes()):
            return PUT_EVENT, row
        case (int(), int(), int(), bytes(), int(), bytes(), bytes()) if alert_rows.events([row]):
            return PUT_EVENT, row
        case (int(), str(), str(), int(), int() | None) if alert_rows.deliveries([row]):
            return PUT_DELIVERY, row
        case (int(), str(), int(), str(), bytes()):
            return PUT_REFERENCED, row
        case (str(), bytes()):
            return PUT_MEMORY, row
        case (str(), int(), bytes(), bytes()):
            return PUT_COMMAND, row
    return None
