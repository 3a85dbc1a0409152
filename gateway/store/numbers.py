"""The numbers of alerts and events: none comes twice, not even when the disk refused for a while and then the power went."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from gateway.errors import StoreBroken

AHEAD = 1_000  # so many may be handed out while the disk refuses

PUT_NUMBERS = "INSERT OR REPLACE INTO numbers (id, epoch, next_alert, next_seq) VALUES (1, ?, ?, ?)"


@dataclass
class Numbers:
    """The next ones to hand out. The disk always has higher ones, unless the store was closed in peace."""

    epoch: int
    next_alert: int = 1
    next_seq: int = 1
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

    @property
    def run_low(self) -> bool:
        """Whether the disk should get higher ones."""
        return min(self._kept_alert - self.next_alert, self._kept_seq - self.next_seq) < AHEAD // 2

    def row(self, *, closing: bool = False) -> tuple[int, int, int]:
        """For PUT_NUMBERS."""
        if closing:
            return self.epoch, self.next_alert, self.next_seq
        self._kept_alert, self._kept_seq = self.next_alert + AHEAD, self.next_seq + AHEAD
        return self.epoch, self._kept_alert, self._kept_seq


def load(connection: sqlite3.Connection) -> Numbers:
    """Above all that was ever handed out. Raises StoreBroken where the row is missing or damaged."""
    row = connection.execute(
        """SELECT epoch, max(next_alert, (SELECT coalesce(max(number), 0) + 1 FROM alert)),
            max(next_seq, (SELECT coalesce(max(seq), 0) + 1 FROM event)) FROM numbers"""
    ).fetchone()
    if not row or not all(isinstance(number, int) for number in row):
        raise StoreBroken("corrupt")
    return Numbers(*row)
