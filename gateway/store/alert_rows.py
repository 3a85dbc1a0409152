"""The rows of alerts.db: the statements that put them, values into rows and out of them, and which are forgotten."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import structlog

from gateway import messages
from gateway.alert import Alert, AlertEvent
from gateway.readings import Reading
from gateway.store.space import ALERTS_OWN, file_bytes, free_bytes
from gateway.store.stored import decode_alert, encode_alert

log = structlog.get_logger()


def _over(table: str, key: str, *others: str) -> str:
    """A row that takes the place of the one with its key, in the same place of the file: no index has to follow."""
    marks = ", ".join("?" * (1 + len(others)))
    new = ", ".join(f"{column} = excluded.{column}" for column in others)
    return f"INSERT INTO {table} VALUES ({marks}) ON CONFLICT ({key}) DO UPDATE SET {new}"  # noqa: S608 (our own words)


PUT_ALERT = _over("alert", "number", "open", "changed_ms", "body")
PUT_EVENT = _over("event", "seq", "alert", "event", "priority", "at_ms", "sent", "done", "fresh", "body")
PUT_MEMORY = _over("memory", "address", "body")
PUT_COMMAND = _over("command", "id", "at_ms", "reply")
PUT_CLAIMED = "INSERT OR IGNORE INTO claimed VALUES (?, ?, ?, ?, ?)"

Row = tuple[Any, ...]
Key = tuple[str, int | str]  # a statement above, and the key of its row

_OVER = "open = 0 AND NOT EXISTS (SELECT 1 FROM event WHERE event.alert = alert.number AND done = 0)"


def put(rows: Mapping[Key, Row], connection: sqlite3.Connection) -> None:
    """Each over what was there before."""
    for (statement, _), row in rows.items():
        connection.execute(statement, row)


def alert_row(alert: Alert, now_ms: int) -> Row:
    """For PUT_ALERT."""
    return alert.number, alert.open, now_ms, encode_alert(alert)


def event_row(event: AlertEvent) -> Row:
    """For PUT_EVENT."""
    told = (event.seq, event.alert, event.event, event.priority, event.at_ms)
    return *told, event.sent, event.done, event.fresh, event.body


def claimed_row(reading: Reading, origin: str, boot: str) -> Row:
    """For PUT_CLAIMED."""
    return reading.seq, origin, reading.received_ms, boot, messages.encode_reading(reading, origin)


def alerts(rows: Iterable[Row]) -> list[Alert]:
    """Those that can be read: a damaged one must not silence the others."""
    found = []
    for row in rows:
        try:
            found.append(decode_alert(row[-1]))
        except msgspec.DecodeError:
            log.warning("an alert is damaged")
    return found


def events(rows: Iterable[Row]) -> list[AlertEvent]:
    """Those that can be read."""
    found = []
    for row in rows:
        fields = dict(zip(AlertEvent.__struct_fields__, _in_order(row), strict=True))
        try:
            found.append(msgspec.convert(fields, AlertEvent))
        except msgspec.ValidationError:
            log.warning("an event of an alert is damaged")
    return found


def _in_order(row: Row) -> Row:
    """As the fields of AlertEvent come."""
    seq, alert, event, priority, at_ms, sent, done, fresh, body = row
    return alert, seq, event, priority, at_ms, body, bool(sent), bool(done), bool(fresh)


def forget(closed_before_ms: int, answered_before_ms: int, stored_below: int, connection: sqlite3.Connection) -> bool:
    """Delete alerts that were closed before, and the oldest closed ones where there are too many; with their events.

    Answers given before (wall clock, UTC), and claimed readings with lower numbers, go too. Whether anything went.
    """
    before = connection.total_changes
    connection.execute(f"DELETE FROM alert WHERE {_OVER} AND changed_ms < ?", (closed_before_ms,))  # noqa: S608 (fixed)
    if file_bytes(connection) - free_bytes(connection) > ALERTS_OWN:
        oldest = f"SELECT number FROM alert WHERE {_OVER} ORDER BY changed_ms LIMIT 500"  # noqa: S608 (fixed)
        connection.execute(f"DELETE FROM alert WHERE number IN ({oldest})")  # noqa: S608 (fixed)
    if connection.total_changes > before:
        connection.execute("DELETE FROM event WHERE done = 1 AND alert NOT IN (SELECT number FROM alert)")
    connection.execute("DELETE FROM command WHERE at_ms < ?", (answered_before_ms,))
    connection.execute("DELETE FROM claimed WHERE seq < ?", (stored_below,))
    return connection.total_changes > before
