"""The numbers of alerts and events, and the head of their chain: none comes twice, whatever the disk or the power does."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from gateway.errors import StoreBroken
from gateway.store import chain
from gateway.store.chain import BEGINNING, ChainHead, ChainLink

AHEAD = 1_000  # so many may be handed out while the disk refuses

PUT_NUMBERS = "INSERT OR REPLACE INTO numbers (id, epoch, next_alert, next_seq, entry, hash) VALUES (1, ?, ?, ?, ?, ?)"


@dataclass
class Numbers:
    """The next ones to hand out, and the last entry of the chain. The disk always has higher numbers, unless the store was
    closed in peace."""

    epoch: int
    next_alert: int = 1
    next_seq: int = 1
    entry: int = 0
    hash: bytes = BEGINNING
    _kept_alert: int = 0
    _kept_seq: int = 0

    def alert(self) -> int:
        """A number for a new alert."""
        self.next_alert += 1
        return self.next_alert - 1

    def seq(self) -> int:
        """A number for a new event."""
        self.next_seq += 1
        return self.next_seq - 1

    def chained(self, body: bytes) -> ChainLink:
        """The place of a new event in the chain: in the order in which this is called."""
        link = chain.link(ChainHead(self.entry, self.hash), body)
        self.entry, self.hash = link.entry, link.hash
        return link

    @property
    def run_low(self) -> bool:
        """Whether the disk should get higher ones."""
        return min(self._kept_alert - self.next_alert, self._kept_seq - self.next_seq) < AHEAD // 2

    def row(self, *, closing: bool = False) -> tuple[int, int, int, int, bytes]:
        """For PUT_NUMBERS."""
        if closing:
            self._kept_alert, self._kept_seq = self.next_alert, self.next_seq
        elif self.run_low:
            self._kept_alert, self._kept_seq = self.next_alert + AHEAD, self.next_seq + AHEAD
        return self.epoch, self._kept_alert, self._kept_seq, self.entry, self.hash


def load(connection: sqlite3.Connection) -> Numbers:
    """Above all that was ever handed out. Raises StoreBroken where the row is missing or damaged."""
    row = connection.execute(
        """SELECT epoch, max(next_alert, (SELECT coalesce(max(number), 0) + 1 FROM alert)),
            max(next_seq, (SELECT coalesce(max(seq), 0) + 1 FROM event)), entry, hash FROM numbers"""
    ).fetchone()
    match row:
        case (int(), int(), int(), int(), bytes()):
            return Numbers(*row)
    raise StoreBroken("corrupt")
