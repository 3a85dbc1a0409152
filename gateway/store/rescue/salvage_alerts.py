"""What can be read of a damaged alerts.db goes into a new one, page by page: no alert hangs on a tree or an index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from gateway.alert import Alert
from gateway.store import alert_rows, numbers
from gateway.store.alert_rows import PUT_ALERT, PUT_COMMAND, PUT_DELIVERY, PUT_EVENT, PUT_MEMORY, PUT_REFERENCED, Row
from gateway.store.chain import BEGINNING, ChainHead, entry_hash
from gateway.store.numbers import PUT_NUMBERS, Numbers
from gateway.store.rescue import bare_pages
from gateway.store.rescue.journal import JournalFrame
from gateway.store.rescue.soundness import GiveUp

# Whether an event was delivered is unknown where that row is lost: better told twice than not at all.
TELL_AGAIN = """INSERT INTO delivery SELECT seq, 'mqtt', 'waiting', 0, NULL FROM event
    WHERE body IS NOT NULL AND seq NOT IN (SELECT event FROM delivery)"""
NEWEST_EVENTS = "SELECT * FROM event WHERE seq IN (SELECT max(seq) FROM event WHERE body IS NOT NULL GROUP BY alert)"


def salvage_alerts(old: Path, frames: Sequence[JournalFrame], new: sqlite3.Connection, give_up: GiveUp) -> str:
    """Every row that is whole; how many entries of the chain are missing, in words, "" where none is.

    Numbers go on above all that may have been handed out, and the chain from its last entry that is known.
    """
    handed_out = _carry_over(old, frames, new, give_up)
    _restore_alerts(new)
    new.execute(TELL_AGAIN)
    there = numbers.load(new)
    there.epoch = handed_out.epoch
    there.next_alert = max(there.next_alert, handed_out.next_alert)
    there.next_seq = max(there.next_seq, handed_out.next_seq)
    there.entry, there.hash = max((handed_out.entry, handed_out.hash), _last_entry(new))
    new.execute(PUT_NUMBERS, there.row())
    lost = there.entry - new.execute("SELECT count(*) FROM event").fetchone()[0]
    return f"{lost} events lost" if lost > 0 else ""


def _carry_over(old: Path, frames: Sequence[JournalFrame], new: sqlite3.Connection, give_up: GiveUp) -> Numbers:
    """The numbers that had been handed out, if that row can be read."""
    handed_out = Numbers(epoch=0)
    page_size = new.execute("PRAGMA page_size").fetchone()[0]
    for row in bare_pages.rows(old, page_size, frames):
        if give_up():
            break
        match row:
            case (1, int(epoch), int(next_alert), int(next_seq), int(entry), bytes(last)):
                handed_out = Numbers(epoch, next_alert, next_seq, entry, last)
            case _ if known := _known(row):
                new.execute(known[0], known[1])
    return handed_out


def take_up_events(frames: Sequence[JournalFrame], connection: sqlite3.Connection) -> None:
    """Into a sound file, from frames of its journal that SQLite left behind: events that come after the last one that it has.

    Each has a hash of its own, so what is taken up is what was written.
    """
    known = numbers.load(connection)
    page_size = connection.execute("PRAGMA page_size").fetchone()[0]
    for link, row in sorted(_links(bare_pages.rows_in(frames, page_size))):
        if link.entry > known.entry:
            connection.execute(PUT_EVENT, row)
            known.entry, known.hash = link
            for event in alert_rows.events([row]):
                connection.execute(PUT_ALERT, alert_rows.alert_row(event.alert, event.at_ms))
    connection.execute(TELL_AGAIN)
    there = numbers.load(connection)  # above all that is there now
    there.entry, there.hash = known.entry, known.hash
    connection.execute(PUT_NUMBERS, there.row())


def _links(rows: Iterable[Row]) -> Iterator[tuple[ChainHead, Row]]:
    """Of the events among them: the place in the chain, and the row."""
    for row in rows:
        match row:
            case (int(), int(), int(), bytes(body), int(entry), bytes(prev), bytes(own)) if (
                entry_hash(prev, entry, body) == own
            ):
                yield ChainHead(entry, own), row


def _restore_alerts(new: sqlite3.Connection) -> None:
    """A flipped bit in the state of an alert is not seen; its events have a hash, so they say whose it is and where."""
    for row in new.execute(NEWEST_EVENTS).fetchall():
        for event in alert_rows.events([row]):
            known = alert_rows.alerts(new.execute("SELECT * FROM alert WHERE number = ?", (event.alert.number,)))
            alert = _as_in_its_event(known[0], event.alert) if known else event.alert
            new.execute(PUT_ALERT, alert_rows.alert_row(alert, event.at_ms))


def _as_in_its_event(alert: Alert, event_state: Alert) -> Alert:
    """What never changes in the life of an alert is as its event told it."""
    return replace(
        alert,
        epoch=event_state.epoch,
        kind=event_state.kind,
        wearer=event_state.wearer,
        room=event_state.room,
        device=event_state.device,
        raised_ms=event_state.raised_ms,
    )


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
        case (int(), int(), int(), bytes(body), int(entry), bytes(prev), bytes(own)) if entry_hash(prev, entry, body) == own:
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
