"""Takes one wearer's alerts, and all that names them, out of alerts.db. Their events leave a hash, so the chain still holds."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncGenerator, Callable, Collection, Iterator
from functools import partial

import msgspec
from msgspec import Struct

from gateway.alert import AuditEntry
from gateway.errors import LiferingError
from gateway.store import alert_rows, stored
from gateway.store.alert_rows import ErasedNumbers
from gateway.store.alerts import AlertStore
from gateway.store.encryption import decrypt
from gateway.store.sealed import SUM_BYTES

AT_ONCE = 100  # rows in one look

Named = tuple[int | str, bytes]  # whose it is or what it is called, and the body


class StillOpen(LiferingError):
    """Somebody still needs to look after this wearer: nothing may be erased now."""


class ErasedAlerts(Struct, frozen=True, kw_only=True):
    """How many rows of each were erased."""

    alerts: int
    events: int
    readings: int
    memories: int
    replies: int


class _Found(Struct, frozen=True, kw_only=True):
    """What names the wearer: alerts by number, memories by their name, commands by id."""

    alerts: Collection[int | str]
    memories: Collection[int | str]
    commands: Collection[int | str]


async def erase(store: AlertStore, wearer: str) -> ErasedAlerts:
    """All of theirs, in one transaction. Raises StillOpen and StoreBroken, and has erased nothing then."""
    found = await _find(store, wearer)
    return await store.erase(partial(_erase, wearer, found))


async def _find(store: AlertStore, wearer: str) -> _Found:
    """Looked for in small pieces: an alert must not wait for it."""
    whose = partial(_is_of, wearer)
    of_rows = {number async for number, body in _all(store, "alert", "number") if whose(body, _wearer_of_alert)}
    of_events = {number async for number, body in _all(store, "event", "alert") if whose(body, _wearer_of_event)}
    memories = {name async for name, body in _all(store, "memory", "address") if names(wearer, name, body)}
    commands = {name async for name, body in _all(store, "command", "id", "reply") if names(wearer, name, body)}
    return _Found(alerts=of_rows | of_events, memories=memories, commands=commands)


async def _all(store: AlertStore, table: str, key: str, body: str = "body") -> AsyncGenerator[Named]:
    sql = f"SELECT rowid, {key}, {body} FROM {table} WHERE rowid > ? AND {body} IS NOT NULL ORDER BY rowid LIMIT ?"  # noqa: S608 (fixed)
    after = 0
    while rows := await store.look(partial(_rows, sql, (after, AT_ONCE))):
        after = rows[-1][0]
        for _, name, found in rows:
            yield name, decrypt(found if table == "event" else found[SUM_BYTES:])


def _rows(sql: str, values: tuple[int, int], connection: sqlite3.Connection) -> list[tuple[int, int | str, bytes]]:
    return connection.execute(sql, values).fetchall()


# --- whose it is ------------------------------------------------------------------------------------------------------


def _wearer_of_alert(body: bytes) -> str:
    return stored.decode_alert(body).wearer


def _wearer_of_event(body: bytes) -> str:
    entry = stored.decode_entry(body)
    return entry.wearer if isinstance(entry, AuditEntry) else entry.alert.wearer


def _is_of(wearer: str, body: bytes, wearer_of: Callable[[bytes], str]) -> bool:
    """Whether it is this wearer's; where it cannot be read, whether the pseudonym is in it."""
    escaped = msgspec.json.encode(wearer)[1:-1]
    if escaped not in body:
        return False
    try:
        return wearer_of(body) == wearer
    except (msgspec.DecodeError, ValueError):
        return True


def names(wearer: str, name: int | str, body: bytes) -> bool:
    """Whether the pseudonym is a word of this name or of a text in the body, which is JSON (W-01 is not in W-017)."""
    word = re.compile(rf"(?<![\w-]){re.escape(wearer)}(?![\w-])")
    return any(word.search(text) for text in (str(name), *_texts(body)))


def _texts(body: bytes) -> Iterator[str]:
    try:
        yield from _texts_in(msgspec.json.decode(body))
    except (msgspec.DecodeError, ValueError):
        yield body.decode(errors="replace")


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from (key, *_texts_in(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts_in(inner)


# --- the transaction --------------------------------------------------------------------------------------------------


def _erase(wearer: str, found: _Found, connection: sqlite3.Connection) -> tuple[ErasedNumbers, ErasedAlerts]:
    _refuse_while_open(wearer, found.alerts, connection)
    alerts = [(number,) for number in found.alerts]
    seqs = [seq for number in alerts for seq in connection.execute("SELECT seq FROM event WHERE alert = ?", number).fetchall()]
    # Overwritten in their place first: whatever SQLite moves after that, no page keeps a copy.
    connection.executemany("UPDATE alert SET body = zeroblob(length(body)) WHERE number = ?", alerts)
    connection.executemany("UPDATE event SET body = zeroblob(length(body)) WHERE seq = ? AND body IS NOT NULL", seqs)
    events = _many(connection, "UPDATE event SET body = NULL WHERE seq = ? AND body IS NOT NULL", seqs)
    _many(connection, "DELETE FROM delivery WHERE event = ?", seqs)
    gone = ErasedNumbers({number for (number,) in alerts if isinstance(number, int)}, {seq for (seq,) in seqs})
    return gone, ErasedAlerts(
        alerts=_many(connection, "DELETE FROM alert WHERE number = ?", alerts),
        events=events,
        readings=_many(connection, "DELETE FROM referenced WHERE rowid = ?", _referenced(wearer, connection)),
        memories=_many(connection, "DELETE FROM memory WHERE address = ?", [(name,) for name in found.memories]),
        replies=_many(connection, "DELETE FROM command WHERE id = ?", [(name,) for name in found.commands]),
    )


def _referenced(wearer: str, connection: sqlite3.Connection) -> list[tuple[int]]:
    token = b'"wearer":%s' % msgspec.json.encode(wearer)
    rows = connection.execute("SELECT rowid, body FROM referenced").fetchall()
    return [(rowid,) for rowid, body in rows if token in decrypt(body[SUM_BYTES:])]


def _refuse_while_open(wearer: str, found: Collection[int | str], connection: sqlite3.Connection) -> None:
    rows = connection.execute("SELECT * FROM alert WHERE open = 1").fetchall()
    numbers = [alert.number for alert in alert_rows.alerts(rows) if alert.wearer == wearer]
    numbers += [row[0] for row in rows if row[0] in found and row[0] not in numbers]
    if numbers:
        raise StillOpen(", ".join(f"A{number}" for number in sorted(numbers)))


def _many(connection: sqlite3.Connection, sql: str, rows: list[tuple[int]] | list[tuple[int | str]]) -> int:
    return max(0, connection.executemany(sql, rows).rowcount)
