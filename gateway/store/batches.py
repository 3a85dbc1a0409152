"""Batches: the readings of a commit, encoded as they are sent, compressed, put into rows, and taken out again."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

import msgspec

from gateway.formats.reading_json import BATCH_BYTES, encode_reading
from gateway.readings import Reading
from gateway.store import counters as accounts
from gateway.store import gaps, stored
from gateway.store.counters import Account
from gateway.store.gaps import Gap
from gateway.store.write_buffer import CommitBatch

BODY_BYTES = BATCH_BYTES - 1000  # leaves room for the message around it

# Measured: readings shrink to a sixth and less for 0.4 us each; higher levels take twice the time for a tenth less. The
# checksum in it finds flipped bits, which SQLite does not.
LEVEL = 1

_COLUMNS = "id, n, boot, first_seq, last_seq, received_ms, body"


@dataclass(frozen=True)
class Batch:
    """Readings of one boot that were committed together: `body` has them encoded, joined by commas."""

    id: int
    n: int
    boot: str
    first_seq: int
    last_seq: int
    received_ms: int
    body: bytes


def write(commit_batch: CommitBatch, origin: str, boot: str, connection: sqlite3.Connection, account: Account) -> Account:
    """The whole commit_batch, and the account after it."""
    bodies = [encode_reading(reading, origin) for reading in commit_batch.readings]
    account = append(connection, account, commit_batch.readings, bodies, boot)
    account = _count_rejected(account, commit_batch.rejected)
    account = _count_lost(connection, account, commit_batch.lost)
    account = _mark_delivered(connection, account, commit_batch.delivered)
    return settle(connection, account)


def settle(connection: sqlite3.Connection, account: Account) -> Account:
    """Find the oldest pending batch, and write the account down."""
    row = connection.execute(
        "SELECT id, received_ms FROM batch WHERE delivered = 0 AND id >= ? ORDER BY id LIMIT 1", (account.oldest_batch,)
    ).fetchone()
    oldest_batch, oldest_ms = row or (account.last_batch + 1, None)
    account = replace(account, oldest_batch=oldest_batch, oldest_ms=oldest_ms)
    accounts.save(connection, account)
    return account


def append(
    connection: sqlite3.Connection, account: Account, readings: Sequence[Reading], bodies: Sequence[bytes], boot: str
) -> Account:
    """New batches behind all others. The readings have their numbers, in rising order."""
    new = list(cut(readings, bodies, count(account.last_batch + 1), boot))
    for batch in new:
        insert(connection, batch)
    n = len(readings)
    return replace(
        account,
        last_batch=account.last_batch + len(new),
        next_seq=max(account.next_seq, readings[-1].seq + 1) if readings else account.next_seq,
        received=account.received + n,
        stored=account.stored + n,
        pending=account.pending + n,
    )


def cut(readings: Sequence[Reading], bodies: Sequence[bytes], ids: Iterable[int], boot: str) -> Iterator[Batch]:
    """Batches with these ids, as few as BODY_BYTES allows. The readings have their numbers, in rising order."""
    for batch, (start, end) in zip(ids, _spans(bodies), strict=False):
        yield Batch(
            id=batch,
            n=end - start,
            boot=boot,
            first_seq=readings[start].seq,
            last_seq=readings[end - 1].seq,
            received_ms=readings[start].received_ms,
            body=b",".join(bodies[start:end]),
        )


def parts(bodies: Sequence[bytes]) -> int:
    """How many batches they make."""
    return sum(1 for _ in _spans(bodies))


def _spans(bodies: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    start = size = 0
    for index, body in enumerate(bodies):
        if size + len(body) > BODY_BYTES and index > start:
            yield start, index
            start, size = index, 0
        size += len(body) + 1
    if start < len(bodies):
        yield start, len(bodies)


def insert(connection: sqlite3.Connection, batch: Batch, *, thinned: int = 0) -> None:
    """A pending batch, as it is."""
    connection.execute(
        f"INSERT INTO batch (delivered, thinned, {_COLUMNS}) VALUES (0, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 (fixed)
        (
            thinned,
            batch.id,
            batch.n,
            batch.boot,
            batch.first_seq,
            batch.last_seq,
            batch.received_ms,
            zlib.compress(batch.body, LEVEL),
        ),
    )


def _count_rejected(account: Account, rejected: Mapping[str, int]) -> Account:
    if not rejected:
        return account
    reasons = {reason: account.rejected.get(reason, 0) + n for reason, n in rejected.items()}
    return replace(account, received=account.received + sum(rejected.values()), rejected={**account.rejected, **reasons})


def _count_lost(connection: sqlite3.Connection, account: Account, lost: Sequence[Gap]) -> Account:
    n = gaps.put(connection, lost)
    return replace(account, received=account.received + n, stored=account.stored + n, evicted=account.evicted + n)


def _mark_delivered(connection: sqlite3.Connection, account: Account, delivered: Mapping[int, int]) -> Account:
    """Those that are still pending; of each, so many were refused by the platform."""
    for batch, refused in delivered.items():
        row = connection.execute(
            "UPDATE batch SET delivered = 1 WHERE id = ? AND delivered = 0 RETURNING n", (batch,)
        ).fetchone()
        if row:
            n, refused = row[0], min(refused, row[0])
            account = replace(
                account,
                pending=account.pending - n,
                delivered=account.delivered + n - refused,
                evicted=account.evicted + refused,
                refused=account.refused + refused,
            )
    return account


# --- out again ------------------------------------------------------------------------------------------------------


def unpack(row: tuple[int, int, str, int, int, int, bytes]) -> Batch:
    """A row of `_COLUMNS`. Raises zlib.error where its bits have flipped."""
    return Batch(*row[:-1], zlib.decompress(row[-1]))


def pending(
    connection: sqlite3.Connection, after: int, until: int, max_bytes: int, without: Container[int]
) -> tuple[list[Batch], list[int]]:
    """Pending batches of one boot with ids in (after, until], at least one, as many as fit; and ids of damaged ones met."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM batch WHERE id > ? AND id <= ? AND delivered = 0 ORDER BY id",  # noqa: S608 (fixed)
        (after, until),
    )
    found: list[Batch] = []
    damaged: list[int] = []
    size = 0
    for row in rows:
        if row[0] in without:
            continue
        try:
            batch = unpack(row)
        except zlib.error:
            damaged.append(row[0])
            continue
        size += len(batch.body) + 1
        if found and (size > max_bytes or batch.boot != found[0].boot):
            break
        found.append(batch)
    return found, damaged


def drop_damaged(damaged: Sequence[int], connection: sqlite3.Connection, account: Account) -> tuple[Account, int]:
    """Pending batches that cannot be read go, and leave a gap record. The account after it, and how many they were."""
    for batch in damaged:
        row = connection.execute(
            "DELETE FROM batch WHERE id = ? AND delivered = 0 RETURNING n, received_ms", (batch,)
        ).fetchone()
        if row:
            n, at_ms = row
            gaps.put(connection, [Gap(wearer="", kind="", from_ms=at_ms, to_ms=at_ms, n=n, reason="damaged")])
            account = replace(account, pending=account.pending - n, evicted=account.evicted + n)
    return settle(connection, account), len(damaged)


def since(connection: sqlite3.Connection, since_ms: int) -> list[Reading]:
    """All readings, delivered or not, that came since then, the oldest first; what is damaged is left out."""
    found: list[list[Reading]] = []
    for received_ms, body in connection.execute("SELECT received_ms, body FROM batch ORDER BY id DESC"):
        try:
            readings = stored.decode_readings(zlib.decompress(body))
        except (zlib.error, msgspec.DecodeError, ValueError):
            continue
        found.append([reading for reading in readings if reading.received_ms >= since_ms])
        if received_ms < since_ms:
            break
    return [reading for readings in reversed(found) for reading in readings]
