"""The rows of alerts.db: the statements that put them, values into rows and out of them, and which are forgotten."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeVar

import msgspec
import structlog

from gateway import commands
from gateway.alert import Alert, AlertEvent, AuditEntry, Delivery
from gateway.commands import AnsweredCommand
from gateway.formats.reading_json import encode_reading
from gateway.readings import Reading
from gateway.store.chain import ChainLink, entry_hash
from gateway.store.encryption import decrypt, encrypt, is_locked
from gateway.store.sealed import SUM_BYTES, NotWhole, seal, unseal
from gateway.store.space import ALERTS_OWN, file_bytes, free_bytes
from gateway.store.stored import decode_alert, decode_entry, encode_alert

log = structlog.get_logger()

T = TypeVar("T")


def _over(table: str, key: tuple[str, ...], *others: str) -> str:
    """A row that takes the place of the one with its key, in the same place of the file: no index has to follow."""
    marks = ", ".join("?" * (len(key) + len(others)))
    new = ", ".join(f"{column} = excluded.{column}" for column in others)
    return f"INSERT INTO {table} VALUES ({marks}) ON CONFLICT ({', '.join(key)}) DO UPDATE SET {new}"  # noqa: S608 (fixed)


PUT_ALERT = _over("alert", ("number",), "open", "changed_ms", "body")
PUT_EVENT = _over("event", ("seq",), "alert", "at_ms", "body", "entry", "prev", "hash")
PUT_DELIVERY = _over("delivery", ("event", "channel"), "state", "tries", "late_s")
PUT_MEMORY = _over("memory", ("address",), "body")
PUT_COMMAND = _over("command", ("id",), "at_ms", "fingerprint", "reply")
PUT_REFERENCED = "INSERT OR IGNORE INTO referenced VALUES (?, ?, ?, ?, ?)"

OF_WEARERS = ("rules ", "shelves of ")  # so begin the names of memories in which a pseudonym stands
DIGEST, END_OF_NAME = "digest ", b"\0"

Row = tuple[Any, ...]
# What reading a row may raise whose bits have flipped: numbers are texts then, texts no UTF-8, JSON something else.
NOT_WHOLE = (ValueError, TypeError, AttributeError, OverflowError, RecursionError, msgspec.MsgspecError)
Key = tuple[str, object]  # a statement above, and the key of its row

_UNDELIVERED = "SELECT event FROM delivery WHERE state <> 'done'"
_OVER = f"open = 0 AND number NOT IN (SELECT alert FROM event WHERE seq IN ({_UNDELIVERED}))"  # noqa: S608 (fixed)
_FORGOTTEN = "alert > 0 AND alert NOT IN (SELECT number FROM alert)"


def key_of(put: str, row: Row) -> object:
    """What no other row of the same table has."""
    return row[:2] if put in (PUT_DELIVERY, PUT_REFERENCED) else row[0]


@dataclass
class ErasedNumbers:
    """Numbers of alerts and events that were erased in this life of the gateway, while somebody still had them in memory."""

    alerts: set[int] = field(default_factory=set)
    events: set[int] = field(default_factory=set)


def without(erased: ErasedNumbers, rows: Mapping[Key, Row]) -> dict[Key, Row]:
    """The rows that may still be stored. Of a new event of an erased alert that is its place in the chain, without a word."""
    erased.events |= {row[0] for (statement, _), row in rows.items() if statement == PUT_EVENT and row[1] in erased.alerts}
    left = {}
    for (statement, key), row in rows.items():
        if statement == PUT_EVENT and row[0] in erased.events:
            left[statement, key] = (*row[:3], None, *row[4:])
        elif not (statement == PUT_ALERT and row[0] in erased.alerts) and not (
            statement == PUT_DELIVERY and row[0] in erased.events
        ):
            left[statement, key] = row
    return left


def put(rows: Mapping[Key, Row], connection: sqlite3.Connection) -> None:
    """Each over what was there before."""
    for (statement, _), row in rows.items():
        connection.execute(statement, row)


def alert_row(alert: Alert, now_ms: int) -> Row:
    """For PUT_ALERT."""
    return alert.number, alert.open, now_ms, seal(f"alert {alert.number}", encrypt(encode_alert(alert)))


def event_row(event: AlertEvent, body: bytes, link: ChainLink) -> Row:
    """For PUT_EVENT."""
    return event.seq, event.alert.number, event.at_ms, encrypt(body), link.entry, link.prev, link.hash


def deed_row(deed: AuditEntry, body: bytes, link: ChainLink) -> Row:
    """For PUT_EVENT, too. In place of the number of an alert it has one that no other row has: it is erased alone."""
    return deed.seq, -deed.seq, deed.at_ms, encrypt(body), link.entry, link.prev, link.hash


def delivery_row(delivery: Delivery) -> Row:
    """For PUT_DELIVERY."""
    return delivery.event, delivery.channel, delivery.state, delivery.tries, delivery.late_s


def referenced_row(reading: Reading, origin: str, boot: str) -> Row:
    """For PUT_REFERENCED. `origin` is that of the store; the reading may have the epoch of a disk that refuses."""
    columns = reading.seq, origin, reading.received_ms, boot
    body = encode_reading(reading, f"{origin.rpartition('/')[0]}/{reading.epoch}")
    return *columns, seal(_referenced(*columns), encrypt(body))


def memory_row(name: str, body: bytes) -> Row:
    """For PUT_MEMORY. A pseudonym in the name goes into the body, which may be encrypted; a digest stands in its place."""
    if name.startswith(OF_WEARERS):
        name, body = DIGEST + sha256(name.encode()).hexdigest(), name.encode() + END_OF_NAME + body
    return name, seal(f"memory {name}", encrypt(body))


def command_row(answered: AnsweredCommand, now_ms: int) -> Row:
    """For PUT_COMMAND."""
    columns = answered.id, now_ms, answered.fingerprint
    return *columns, seal(_command(*columns), encrypt(commands.encode(answered.reply)))


def _referenced(seq: int, origin: str, received_ms: int, boot: str) -> str:
    return f"referenced {origin}/{seq} {received_ms} {boot}"


def _command(id_: str, at_ms: int, fingerprint: bytes) -> str:
    return f"command {id_} {at_ms} {fingerprint.hex()}"


# --- out again: those that are whole ----------------------------------------------------------------------------------


def alerts(rows: Iterable[Row]) -> list[Alert]:
    """A damaged one must not silence the others."""
    return _whole("an alert is damaged", lambda row: decode_alert(decrypt(unseal(f"alert {row[0]}", row[-1]))), rows)


def entries(rows: Iterable[Row]) -> list[AlertEvent | AuditEntry]:
    """Those that fit their hash and their columns, and are not erased."""
    return _whole("an event of an alert is damaged", _entry, (row for row in rows if row[3] is not None))


def events(rows: Iterable[Row]) -> list[AlertEvent]:
    """The same, without the deeds of people that are no events."""
    return [entry for entry in entries(rows) if isinstance(entry, AlertEvent)]


def _entry(row: Row) -> AlertEvent | AuditEntry:
    seq, alert, at_ms, stored, place, prev, own = row
    body = decrypt(stored)
    if entry_hash(prev, place, body) != own:
        raise NotWhole("event")
    entry = decode_entry(body)
    about = entry.alert.number if isinstance(entry, AlertEvent) else -entry.seq
    if (entry.seq, about, entry.at_ms) != (seq, alert, at_ms):
        raise NotWhole("event")
    return entry


def deliveries(rows: Iterable[Row]) -> list[Delivery]:
    """Those that make sense."""
    return _whole("a delivery is damaged", _delivery, rows)


def _delivery(row: Row) -> Delivery:
    return msgspec.convert(dict(zip(Delivery.__struct_fields__, row, strict=True)), Delivery)


def referenced(rows: Iterable[Row]) -> list[Row]:
    """With the bare READING at the end."""
    return _whole(
        "a reading that an alert names is damaged", lambda row: (*row[:4], _bare(unseal(_referenced(*row[:4]), row[4]))), rows
    )


def memories(rows: Iterable[Row]) -> list[tuple[str, bytes]]:
    """Name and content."""
    return _whole("a memory is damaged", _memory, rows)


def _memory(row: Row) -> tuple[str, bytes]:
    name, body = row[0], _bare(unseal(f"memory {row[0]}", row[1]))
    if not name.startswith(DIGEST):
        return name, body
    hidden, _, content = body.partition(END_OF_NAME)
    return hidden.decode(), content


def answers(rows: Iterable[Row]) -> list[AnsweredCommand]:
    """The answers to commands."""
    return _whole("an answer is damaged", _answer, rows)


def _answer(row: Row) -> AnsweredCommand:
    return AnsweredCommand(row[0], row[2], commands.decode(decrypt(unseal(_command(*row[:3]), row[3]))))


def _bare(stored: bytes) -> bytes:
    """Raises NotWhole where it is locked."""
    if is_locked(stored):
        raise NotWhole("locked")
    return decrypt(stored)


def _whole(what: str, read: Callable[[Row], T], rows: Iterable[Row]) -> list[T]:
    found = []
    for row in rows:
        try:
            found.append(read(row))
        except NOT_WHOLE:
            if not _is_locked(row):  # that is told once, of the whole file
                log.warning(what)
    return found


def _is_locked(row: Row) -> bool:
    stored = [cell for cell in row if isinstance(cell, bytes)]
    return any(is_locked(cell) or is_locked(cell[SUM_BYTES:]) for cell in stored)


def forget(closed_before_ms: int, answered_before_ms: int, stored_below: int, connection: sqlite3.Connection) -> bool:
    """Delete alerts that were closed before, and the oldest closed ones where there are too many; with what their events say.

    Answers given before (wall clock, UTC), and referenced readings with lower numbers, go too. Whether anything went.
    """
    before = connection.total_changes
    old = "BETWEEN 1577836800000 AND ?"  # from 2020 on: what is older was written by a clock that was not set
    connection.execute(f"DELETE FROM alert WHERE {_OVER} AND changed_ms {old}", (closed_before_ms,))  # noqa: S608 (fixed)
    if file_bytes(connection) - free_bytes(connection) > ALERTS_OWN:
        oldest = f"SELECT number FROM alert WHERE {_OVER} ORDER BY changed_ms LIMIT 500"  # noqa: S608 (fixed)
        connection.execute(f"DELETE FROM alert WHERE number IN ({oldest})")  # noqa: S608 (fixed)
    if connection.total_changes > before:
        gone = f"SELECT seq FROM event WHERE {_FORGOTTEN} AND seq NOT IN ({_UNDELIVERED})"  # noqa: S608 (fixed)
        connection.execute(f"UPDATE event SET body = NULL WHERE body IS NOT NULL AND seq IN ({gone})")  # noqa: S608 (fixed)
        connection.execute(f"DELETE FROM delivery WHERE event IN ({gone})")  # noqa: S608 (fixed)
    deeds = f"alert < 0 AND body IS NOT NULL AND at_ms {old}"
    connection.execute(f"UPDATE event SET body = NULL WHERE {deeds}", (closed_before_ms,))  # noqa: S608 (fixed)
    connection.execute(f"DELETE FROM command WHERE at_ms {old}", (answered_before_ms,))  # noqa: S608 (fixed)
    connection.execute("DELETE FROM referenced WHERE seq < ?", (stored_below,))
    return connection.total_changes > before
