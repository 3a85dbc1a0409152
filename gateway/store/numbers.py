"""The numbers of alerts and events, and the head of their chain: none comes twice, whatever the disk or the power does."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.clock import Clock
from gateway.store import chain
from gateway.store.chain import BEGINNING, ChainHead, ChainLink
from gateway.store.encryption import decrypt
from gateway.store.epochs import numbers_apart
from gateway.store.sealed import NotWhole, seal, unseal

AHEAD = 1_000  # so many may be handed out before the disk must have higher ones

Row = tuple[int, int, int, int, bytes]
PUT_NUMBERS = "INSERT OR REPLACE INTO numbers (id, epoch, next_alert, next_seq, entry, hash) VALUES (1, ?, ?, ?, ?, ?)"


@dataclass
class Numbers:
    """The next ones to hand out, and the last entry of the chain. The disk has higher numbers, from which the next life begins,
    unless the store was closed in peace; where it refuses until they are used up, those that follow lie far apart from them."""

    epoch: int
    next_alert: int = 1
    next_seq: int = 1
    entry: int = 0
    hash: bytes = BEGINNING
    _kept_alert: int = 0
    _kept_seq: int = 0

    def alert(self, clock: Clock) -> int:
        """A number for a new alert."""
        if self.next_alert == self._kept_alert:
            self.next_alert += numbers_apart(clock)
        self.next_alert += 1
        return self.next_alert - 1

    def seq(self, clock: Clock) -> int:
        """A number for a new event."""
        if self.next_seq == self._kept_seq:
            self.next_seq += numbers_apart(clock)
        self.next_seq += 1
        return self.next_seq - 1

    def chained(self, body: bytes) -> ChainLink:
        """The place of a new event in the chain: in the order in which this is called. It is about what the body says, bare."""
        link = chain.link(ChainHead(self.entry, self.hash), decrypt(body))
        self.entry, self.hash = link.entry, link.hash
        return link

    @property
    def run_low(self) -> bool:
        """Whether the disk should get higher ones."""
        return min(self._kept_alert - self.next_alert, self._kept_seq - self.next_seq) < AHEAD // 2

    def row(self, *, closing: bool = False) -> Row:
        """For PUT_NUMBERS."""
        kept = self._kept_alert, self._kept_seq
        if closing or self.run_low:
            ahead = 0 if closing else AHEAD
            kept = self.next_alert + ahead, self.next_seq + ahead
        row = self.epoch, *kept, self.entry
        return *row, seal(_place(row), self.hash)

    def kept(self, row: Row) -> None:
        """The disk has this row."""
        _, self._kept_alert, self._kept_seq, *_ = row

    def put(self, connection: sqlite3.Connection) -> None:
        """Where it is not committed, these must not be used any more."""
        row = self.row()
        connection.execute(PUT_NUMBERS, row)
        self.kept(row)


def load(connection: sqlite3.Connection) -> Numbers:
    """Above all that was ever handed out. Raises NotWhole where the row is missing or damaged."""
    row = connection.execute("SELECT epoch, next_alert, next_seq, entry, hash FROM numbers").fetchone()
    return above_all(of_row(row or ()), connection)


def of_row(row: Sequence[object]) -> Numbers:
    """Out of its columns. Raises NotWhole."""
    match row:
        case (int(epoch), int(next_alert), int(next_seq), int(entry), bytes(sealed)):
            return Numbers(epoch, next_alert, next_seq, entry, unseal(_place(row[:4]), sealed))
    raise NotWhole("numbers")


def above_all(known: Numbers, connection: sqlite3.Connection) -> Numbers:
    """The same, where they are above what the tables hold; else those that are."""
    sql = "SELECT coalesce((SELECT max(number) FROM alert), 0) + 1, coalesce((SELECT max(seq) FROM event), 0) + 1"
    next_alert, next_seq = connection.execute(sql).fetchone()
    return replace(known, next_alert=max(known.next_alert, next_alert), next_seq=max(known.next_seq, next_seq))


def _place(columns: Sequence[object]) -> str:
    return " ".join(("numbers", *map(str, columns)))
