"""The auditor: recounts the readings' tables and says what does not fit the counters."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from gateway.formats.reading_json import reading_ids
from gateway.store import batches, stored
from gateway.store.counters import Counters


def audit(connection: sqlite3.Connection) -> list[str]:
    """Every fault in words; nothing when all is well."""
    counters = Counters.load(connection)
    pending = _number(connection, "SELECT total(n) FROM batch WHERE delivered = 0")
    gone = _number(connection, "SELECT total(n) FROM gap")
    highest = _number(connection, "SELECT coalesce(max(last_seq), 0) FROM batch")
    faults = [*_integrity(connection), *counters.faults(), *_batches(connection)]
    if pending != counters.pending:
        faults.append(f"pending {counters.pending}, but the pending batches hold {pending}")
    if gone != counters.evicted:
        faults.append(f"evicted {counters.evicted}, but gaps tell of {gone}")
    if highest >= counters.next_seq:
        faults.append(f"the next number is {counters.next_seq}, but {highest} is taken")
    return faults


def _number(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])


def _integrity(connection: sqlite3.Connection) -> list[str]:
    return [text for (text,) in connection.execute("PRAGMA integrity_check") if text != "ok"]


def _batches(connection: sqlite3.Connection) -> Iterator[str]:
    """Each holds what its row says, and no id comes twice."""
    seen: set[str] = set()
    for batch, n, first_seq, last_seq, packed in connection.execute(
        "SELECT id, n, first_seq, last_seq, body FROM batch ORDER BY id"
    ):
        try:
            body = batches.unpack_body(packed)
            ids, seqs = reading_ids(body), stored.seqs(body)
        except ValueError as error:
            yield f"batch {batch}: {error}"
            continue
        if n != len(ids) or seqs != sorted(set(seqs)) or (first_seq, last_seq) != (seqs[0], seqs[-1]):
            yield f"batch {batch}: {n} readings from {first_seq} to {last_seq}, but the body has {seqs}"
        if twice := seen.intersection(ids):
            yield f"batch {batch}: came before: {sorted(twice)}"
        seen.update(ids)
