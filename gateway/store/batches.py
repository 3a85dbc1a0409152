"""Batches: the readings of a commit, encoded as they are sent, compressed, put into rows, and taken out again."""

from __future__ import annotations

import math
import sqlite3
import zlib
from bisect import bisect_right
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import accumulate, count, groupby

import msgspec

from gateway.formats.reading_json import BATCH_BYTES
from gateway.gap import Gap, gaps_of, unknown
from gateway.readings import Reading
from gateway.store import compressed, encryption, gaps, stored
from gateway.store.counters import Counters
from gateway.store.sealed import NotWhole
from gateway.store.write_buffer import CommitBatch

BODY_BYTES = BATCH_BYTES - 1000  # leaves room for the message around it

STAMPED = b'"monotonic_ms":'  # in the body where the clock was not set when they came

RUN = 1_000  # readings taken out at once: some 1 MB
LOOKED_AT = 20_000  # batches, of which their number of readings is read: some 0.1 s
ROW_EACH = 64  # batches: then the row of the counters is written again, so that a start has few to add to it

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


@dataclass(frozen=True)
class Counted:
    """What a commit counted beside its readings: `delivered` of all that ever came, `rejected` with it, by reason."""

    delivered: int | None = None
    rejected: Mapping[str, int] = field(default_factory=dict)

    def columns(self) -> tuple[int | None, str | None]:
        """Of the batch that says it."""
        return self.delivered, msgspec.json.encode(self.rejected).decode() if self.rejected else None


NOT_COUNTED = Counted()


def write(commit_batch: CommitBatch, boot: str, connection: sqlite3.Connection, counters: Counters) -> Counters:
    """The whole commit_batch, and the counters after it: as a rule its last batch alone says what it counted."""
    before = counters
    counters = mark_delivered(connection, counters, commit_batch.delivered).with_rejected(commit_batch.rejected)
    counted = Counted(counters.delivered, commit_batch.rejected)
    counters = append(connection, counters, commit_batch.readings, commit_batch.bodies, boot, counted)
    is_due = counters.last_batch // ROW_EACH > before.last_batch // ROW_EACH
    if is_due or not commit_batch.readings or counters.evicted != before.evicted:
        return settle(connection, counters)
    return _with_oldest(connection, counters)


def settle(connection: sqlite3.Connection, counters: Counters) -> Counters:
    """Find the oldest pending batch, and write the counters down."""
    counters = _with_oldest(connection, counters)
    counters.save(connection)
    return counters


def _with_oldest(connection: sqlite3.Connection, counters: Counters) -> Counters:
    row = connection.execute(
        "SELECT id, received_ms FROM batch WHERE delivered = 0 AND id >= ? ORDER BY id LIMIT 1", (counters.oldest_batch,)
    ).fetchone()
    oldest_batch, oldest_ms = row or (counters.last_batch + 1, None)
    return replace(counters, oldest_batch=oldest_batch, oldest_ms=oldest_ms)


def append(
    connection: sqlite3.Connection,
    counters: Counters,
    readings: Sequence[Reading],
    bodies: Sequence[bytes],
    boot: str,
    counted: Counted = NOT_COUNTED,
) -> Counters:
    """New batches behind all others; the last one says what was `counted`. The readings have their numbers, in rising order."""
    new = list(cut(readings, bodies, count(counters.last_batch + 1), boot))
    for batch in new:
        insert(connection, batch, counted=counted if batch is new[-1] else NOT_COUNTED)
    next_seq = readings[-1].seq + 1 if readings else counters.next_seq
    return counters.with_stored(len(readings), last_batch=counters.last_batch + len(new), next_seq=next_seq)


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


def insert(connection: sqlite3.Connection, batch: Batch, *, thinned: int = 0, counted: Counted = NOT_COUNTED) -> None:
    """A pending batch, as it is."""
    columns = f"delivered, thinned, delivered_by_then, rejected_with_it, {_COLUMNS}"
    connection.execute(
        f"INSERT INTO batch ({columns}) VALUES (0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 (fixed columns)
        (
            thinned,
            *counted.columns(),
            batch.id,
            batch.n,
            batch.boot,
            batch.first_seq,
            batch.last_seq,
            batch.received_ms,
            pack(batch.body),
        ),
    )


def pack(body: bytes) -> bytes:
    """As it is stored: compressed, and encrypted where there is a key."""
    return encryption.encrypt(compressed.compress(body))


def unpack_body(packed: bytes) -> bytes:
    """What `pack` was given. Raises NotWhole where its bits have flipped, or its key is unknown."""
    try:
        return compressed.decompress(encryption.decrypt(packed))
    except (zlib.error, TypeError, AttributeError) as error:  # what is damaged may be a text, a number or nothing
        raise NotWhole("batch") from error


def delete(connection: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Overwritten in their place first: whatever SQLite moves after that, no page keeps a copy."""
    doomed = [(batch,) for batch in ids]
    connection.executemany("UPDATE batch SET body = zeroblob(length(body)) WHERE id = ?", doomed)
    connection.executemany("DELETE FROM batch WHERE id = ?", doomed)


def mark_delivered(connection: sqlite3.Connection, counters: Counters, delivered: Mapping[int, Collection[int]]) -> Counters:
    """Those that are still pending; of each, readings with these numbers were rejected by the platform."""
    for first, last in _runs(batch for batch, rejected in delivered.items() if not rejected):
        counters = counters.with_delivered(sum(_mark(connection, first, last)), 0)
    for batch, rejected in delivered.items():
        if rejected and (marked := _mark(connection, batch, batch)):
            gone = gaps.put(connection, _rejected(connection, batch, rejected))
            counters = counters.with_delivered(marked[0], gone)
    return counters


def _runs(ids: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of each run without a hole: history is delivered by the thousand."""
    for _, run in groupby(enumerate(sorted(ids)), lambda one: one[1] - one[0]):
        numbers = [number for _, number in run]
        yield numbers[0], numbers[-1]


def _mark(connection: sqlite3.Connection, first: int, last: int) -> list[int]:
    """How many readings each has that was pending until now."""
    marked = connection.execute(
        "UPDATE batch SET delivered = 1 WHERE id BETWEEN ? AND ? AND delivered = 0 RETURNING n", (first, last)
    )
    return [n for (n,) in marked]


def _rejected(connection: sqlite3.Connection, batch: int, seqs: Collection[int]) -> list[Gap]:
    at_ms, body = connection.execute("SELECT received_ms, body FROM batch WHERE id = ?", (batch,)).fetchone()
    try:
        return gaps_of((one for one in stored.decode_readings(unpack_body(body)) if one.seq in seqs), "rejected")
    except ValueError:  # its bits have flipped since it was sent
        return [unknown(at_ms, len(seqs), "rejected")]


# --- out again ------------------------------------------------------------------------------------------------------


def unpack(row: tuple[int, int, str, int, int, int, bytes]) -> Batch:
    """A row of `_COLUMNS`. Raises NotWhole."""
    return Batch(*row[:-1], unpack_body(row[-1]))


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
        except NotWhole:
            damaged.append(row[0])
            continue
        size += len(batch.body) + 1
        if found and (size > max_bytes or batch.boot != found[0].boot):
            break
        found.append(batch)
    return found, damaged


def drop_damaged(damaged: Sequence[int], connection: sqlite3.Connection, counters: Counters) -> tuple[Counters, int]:
    """Pending batches that cannot be read go, and leave a gap record. The counters after it, and how many they were."""
    for batch in damaged:
        counters = drop(connection, batch, counters)
    return settle(connection, counters), len(damaged)


def drop(connection: sqlite3.Connection, batch: int, counters: Counters) -> Counters:
    """One that cannot be read, delivered or not."""
    row = connection.execute("SELECT n, received_ms FROM batch WHERE id = ? AND delivered = 0", (batch,)).fetchone()
    delete(connection, [batch])
    if row:
        counters = counters.with_evicted(gaps.put(connection, [unknown(row[1], row[0], "damaged")]))
    return counters


def since(connection: sqlite3.Connection, since_ms: int, at_most: int) -> list[list[int]]:
    """Ids of batches, delivered or not, with what came since then, the oldest first; some RUN readings in each list.

    Of more than some `at_most`, the newest half of them, and of what came before evenly spread batches: it takes no longer
    whatever lies on the disk.
    """
    runs: list[list[int]] = []
    room = 0
    for batch, n in reversed(list(_spread(list(_newest(connection, since_ms)), at_most))):
        if room <= 0:
            runs.append([])
            room = RUN
        runs[-1].append(batch)
        room -= n
    return runs


def readings(connection: sqlite3.Connection, ids: Iterable[int]) -> list[Reading]:
    """Those of these batches; what is damaged is left out."""
    found: list[Reading] = []
    for batch in ids:
        row = connection.execute("SELECT body FROM batch WHERE id = ?", (batch,)).fetchone()
        with suppress(ValueError):
            found += stored.decode_readings(unpack_body(row[0])) if row else []
    return found


def _newest(connection: sqlite3.Connection, since_ms: int) -> Iterator[tuple[int, int]]:
    """Id and number of readings of each, the newest first; the last one may have begun earlier."""
    rows = connection.execute("SELECT id, n, received_ms FROM batch ORDER BY id DESC LIMIT ?", (LOOKED_AT,))
    for batch, n, received_ms in rows:
        yield batch, n
        if received_ms < since_ms:
            return


def _spread(newest: Sequence[tuple[int, int]], at_most: int) -> Iterator[tuple[int, int]]:
    """Which of them to read."""
    behind = list(accumulate((n for _, n in newest), initial=0))
    if behind[-1] <= at_most:
        yield from newest
        return
    near = bisect_right(behind, at_most // 2) - 1  # batches that fit whole
    yield from newest[:near]
    every = math.ceil((behind[-1] - behind[near]) / (at_most - behind[near]))
    yield from newest[near::every]
