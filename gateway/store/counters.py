"""The account of the readings: what came, what became of it, the next number; one row, changed together with what it counts."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from typing import Any

import msgspec

from gateway.errors import StoreBroken
from gateway.snapshot import Counts

_COLUMNS = (
    "epoch, next_seq, last_batch, oldest_batch, oldest_ms, received, stored, rejected, delivered, pending, evicted, refused"
)


WIDTH = 1 + len(_COLUMNS.split(", "))  # columns of the row, its id included


@dataclass(frozen=True)
class Account:
    """As it is on the disk. `refused` is the part of `evicted` that the platform refused; gap records tell of the rest.

    No batch below `oldest_batch` is pending; `oldest_ms` is when the oldest pending reading came (None: none is pending).
    """

    epoch: int = 0
    next_seq: int = 1
    last_batch: int = 0
    oldest_batch: int = 1
    oldest_ms: int | None = None
    received: int = 0
    stored: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    delivered: int = 0
    pending: int = 0
    evicted: int = 0
    refused: int = 0

    def counts(self) -> Counts:
        """For the heartbeat."""
        return Counts(
            received=self.received,
            stored=self.stored,
            rejected=dict(self.rejected),
            delivered=self.delivered,
            pending=self.pending,
            evicted=self.evicted,
        )

    def faults(self) -> list[str]:
        """What of the two equations does not hold, in words; nothing when all is well."""
        rejected, ended = sum(self.rejected.values()), self.delivered + self.pending + self.evicted
        faults = []
        if self.received != self.stored + rejected:
            faults.append(f"received {self.received}, but stored {self.stored} + rejected {rejected}")
        if self.stored != ended:
            faults.append(
                f"stored {self.stored}, but delivered {self.delivered} + pending {self.pending} + evicted {self.evicted}"
            )
        return faults


def load(connection: sqlite3.Connection) -> Account:
    """The row. Raises StoreBroken where it is missing or damaged."""
    return of_row(connection.execute(f"SELECT {_COLUMNS} FROM account").fetchone() or ())  # noqa: S608 (fixed columns)


def of_row(row: Sequence[Any]) -> Account:
    """Out of its columns. Raises StoreBroken where they make no sense."""
    try:
        epoch, next_seq, last_batch, oldest_batch, oldest_ms, received, stored, rejected, *rest = row
        reasons = msgspec.json.decode(rejected, type=dict[str, int])
        values = (epoch, next_seq, last_batch, oldest_batch, oldest_ms, received, stored, reasons, *rest)
        return msgspec.convert(dict(zip(_COLUMNS.split(", "), values, strict=True)), Account)
    except (TypeError, ValueError, msgspec.DecodeError) as error:
        raise StoreBroken("corrupt") from error


def save(connection: sqlite3.Connection, account: Account) -> None:
    """Over the old row."""
    *values, delivered, pending, evicted, refused = astuple(account)
    rejected = msgspec.json.encode(values.pop()).decode()
    marks = ", ".join("?" * 12)
    connection.execute(
        f"UPDATE account SET ({_COLUMNS}) = ({marks})",  # noqa: S608 (fixed columns)
        (*values, rejected, delivered, pending, evicted, refused),
    )
