"""The counters of the readings: what came, what became of it, the next number.

They have a row, which is a page of its own. So most commits leave it as it is, and their last batch has what they counted; a
batch that the row does not know is newer than it, and counts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import msgspec

from gateway.errors import StoreBroken
from gateway.snapshot import Counts

_COLUMNS = "epoch, next_seq, last_batch, oldest_batch, oldest_ms, received, stored, rejected, delivered, pending, evicted"
WIDTH = 1 + len(_COLUMNS.split(", "))  # columns of the row, its id included

_SINCE = "SELECT id, n, last_seq, delivered_by_then, rejected_with_it FROM batch WHERE id > ? ORDER BY id"


@dataclass(frozen=True)
class Counters:
    """As they are on the disk. Of all that is `evicted` gap records tell.

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

    def counts(self) -> Counts:
        """What the two equations are about."""
        return Counts(
            received=self.received,
            stored=self.stored,
            rejected=dict(self.rejected),
            delivered=self.delivered,
            pending=self.pending,
            evicted=self.evicted,
        )

    def with_stored(self, n: int, *, last_batch: int, next_seq: int) -> Counters:
        """So many more, which wait to be sent."""
        return replace(
            self,
            last_batch=last_batch,
            next_seq=max(self.next_seq, next_seq),
            received=self.received + n,
            stored=self.stored + n,
            pending=self.pending + n,
        )

    def with_rejected(self, rejected: Mapping[str, int]) -> Counters:
        """So many more, by reason."""
        reasons = {reason: self.rejected.get(reason, 0) + n for reason, n in rejected.items()}
        return replace(self, received=self.received + sum(rejected.values()), rejected={**self.rejected, **reasons})

    def with_delivered(self, n: int, rejected: int) -> Counters:
        """The delivery of so many pending ones is over; so many of them the platform rejected."""
        return replace(
            self,
            pending=self.pending - n,
            delivered=self.delivered + n - rejected,
            evicted=self.evicted + rejected,
        )

    def with_evicted(self, n: int) -> Counters:
        """So many pending ones are gone."""
        return replace(self, pending=self.pending - n, evicted=self.evicted + n)

    def plus(self, held: Counters) -> Counters:
        """These and what was counted on its own since."""
        total = self.with_rejected(held.rejected)
        sums = {name: getattr(total, name) + getattr(held, name) for name in ("stored", "delivered", "pending", "evicted")}
        return replace(
            total,
            **sums,
            received=total.received + held.received - sum(held.rejected.values()),
            oldest_ms=self.oldest_ms if held.oldest_ms is None or self.oldest_ms is not None else held.oldest_ms,
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

    @classmethod
    def load(cls, connection: sqlite3.Connection) -> Counters:
        """The row, and what came since. Raises StoreBroken where it is missing or damaged."""
        row = connection.execute(f"SELECT {_COLUMNS} FROM counters").fetchone() or ()  # noqa: S608 (fixed columns)
        return cls.of_row(row).caught_up(connection)

    def caught_up(self, connection: sqlite3.Connection) -> Counters:
        """These and what the batches say that they do not know. Raises StoreBroken."""
        counters = self
        for batch, n, last_seq, delivered, rejected in connection.execute(_SINCE, (self.last_batch,)):
            counters = counters.with_stored(n, last_batch=batch, next_seq=last_seq + 1)
            counters = counters.with_rejected(rejected_with_it(rejected))
            if delivered is not None:
                counters = counters.with_delivered(delivered - counters.delivered, 0)
        return counters

    @classmethod
    def of_row(cls, row: Sequence[Any]) -> Counters:
        """Out of its columns. Raises StoreBroken where they make no sense."""
        try:
            fields = dict(zip(_COLUMNS.split(", "), row, strict=True))
            fields["rejected"] = msgspec.json.decode(fields["rejected"])
            return msgspec.convert(fields, cls)
        except (TypeError, ValueError, msgspec.DecodeError) as error:
            raise StoreBroken("corrupt") from error

    def save(self, connection: sqlite3.Connection) -> None:
        """Over the old row."""
        fields = {**asdict(self), "rejected": msgspec.json.encode(self.rejected).decode()}
        marks = ", ".join("?" * len(fields))
        values = [fields[column] for column in _COLUMNS.split(", ")]
        connection.execute(f"UPDATE counters SET ({_COLUMNS}) = ({marks})", values)  # noqa: S608 (fixed columns)


def rejected_with_it(said: str | None) -> dict[str, int]:
    """What the column of a batch says. Raises StoreBroken."""
    try:
        return msgspec.json.decode(said or "{}", type=dict[str, int])
    except msgspec.DecodeError as error:
        raise StoreBroken("corrupt") from error
