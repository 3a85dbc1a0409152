"""Takes one wearer's readings out of readings.db, some batches at a time; the equations of the counters hold after each."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import msgspec
from msgspec import Struct

from gateway.errors import StoreBroken
from gateway.gap import gaps_of
from gateway.readings import Reading
from gateway.store import batches, gaps, stored
from gateway.store.counters import Counters
from gateway.store.readings import ReadingStore

AT_ONCE = 20  # batches in one transaction: some 20 ms

_NEXT = "SELECT id, delivered, body FROM batch WHERE id > ? ORDER BY id LIMIT ?"

Row = tuple[int, int, bytes]


@dataclass
class ErasedReadings:
    """What has been erased so far. `evicted`: those of them that had not been delivered."""

    erased: int = 0
    evicted: int = 0
    gaps: int = 0


async def erase(store: ReadingStore, wearer: str) -> ErasedReadings:
    """Every reading of theirs that is on the disk, and their name in the gap records. Raises StoreBroken: once more then."""
    done, after, last = ErasedReadings(), 0, store.last_batch
    store.under_way.partly.clear()  # what is gone must not count for what stays
    while after < last:
        piece = _Piece(wearer, after, last)
        after = await _change(store, piece.erase)
        done.erased, done.evicted = done.erased + piece.done.erased, done.evicted + piece.done.evicted
    done.gaps = await _change(store, partial(gaps.forget, wearer)) - 1
    return done


async def _change(store: ReadingStore, work: object) -> int:
    done = await store.change(work)  # type: ignore[arg-type]
    if not done:
        raise StoreBroken(store.fault)
    return done


@dataclass
class _Piece:
    """The batches behind `after`."""

    wearer: str
    after: int
    last: int
    done: ErasedReadings = field(default_factory=ErasedReadings)

    def erase(self, connection: sqlite3.Connection, counters: Counters) -> tuple[Counters, int]:
        """The counters after it, and the last batch that was looked at."""
        self.done = ErasedReadings()
        rows: list[Row] = connection.execute(_NEXT, (self.after, AT_ONCE)).fetchall()
        for row in rows:
            counters = self._erase_of(row, connection, counters)
        return batches.settle(connection, counters), rows[-1][0] if rows else self.last

    def _erase_of(self, row: Row, connection: sqlite3.Connection, counters: Counters) -> Counters:
        batch, delivered, body = row
        named = _readings_of(body, self.wearer)
        if named is None:
            return batches.drop(connection, batch, counters)
        theirs, rest = named
        if not theirs:
            return counters
        _put_back(batch, rest, connection)
        self.done.erased += len(theirs)
        if delivered:
            return counters
        self.done.evicted += len(theirs)
        gaps.put(connection, gaps_of((msgspec.structs.replace(one, wearer="") for one in theirs), "erased"))
        return counters.with_evicted(len(theirs))


class _Rest(Struct, frozen=True):
    """A reading that stays, and its bytes."""

    reading: Reading
    body: bytes


def _readings_of(packed: bytes, wearer: str) -> tuple[list[Reading], list[_Rest]] | None:
    """Theirs, and the others; None: it is damaged, so that nobody knows whose it has."""
    try:
        body = batches.unpack_body(packed)
        if b'"wearer":%s' % msgspec.json.encode(wearer) not in body:
            return [], []
        rest = list(map(_Rest, stored.decode_readings(body), stored.pieces(body)))
    except ValueError:
        return None
    theirs = [one.reading for one in rest if one.reading.wearer == wearer]
    return theirs, [one for one in rest if one.reading.wearer != wearer]


def _put_back(batch: int, rest: Sequence[_Rest], connection: sqlite3.Connection) -> None:
    """What stays, under the number that it is on its way by. Overwritten in its place first: no page keeps a copy."""
    if not rest:
        batches.delete(connection, [batch])
        return
    connection.execute("UPDATE batch SET body = zeroblob(length(body)) WHERE id = ?", (batch,))
    first, last = rest[0].reading, rest[-1].reading
    body = batches.pack(b",".join(one.body for one in rest))
    connection.execute(
        "UPDATE batch SET n = ?, first_seq = ?, last_seq = ?, received_ms = ?, body = ? WHERE id = ?",
        (len(rest), first.seq, last.seq, first.received_ms, body, batch),
    )
