"""Which readings the disk has had, told by its own commits; and which of them went with a store that was lost."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from gateway.store import batches, stored
from gateway.store.counters import Counters

Kind = tuple[str, str]  # a wearer, and what was measured
COLUMNS = "id, n, boot, first_seq, last_seq, received_ms, body"


class Id(NamedTuple):
    """Of a reading."""

    epoch: int
    seq: int


@dataclass
class Lost:
    """What went with the files that were lost. `evicted` was on their account, `untold` of it no platform knew."""

    readings: set[Id] = field(default_factory=set)
    evicted: int = 0
    untold: Counter[Kind] = field(default_factory=Counter)


class StoredReadings:
    """`kinds`: of each that was ever committed, whose it is and what. `committed_s`: when it was."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self.kinds: dict[Id, Kind] = {}
        self.committed_s: dict[Id, float] = {}
        self.lost = Lost()
        self._now_s, self._newest = now_s, 0  # batch

    def wrote(self, connection: sqlite3.Connection) -> None:
        """A transaction is on the disk."""
        rows = connection.execute(f"SELECT {COLUMNS} FROM batch WHERE id > ? ORDER BY id", (self._newest,))
        for row in rows.fetchall():
            self._newest = row[0]
            for one in stored.decode_readings(batches.unpack(row).body):
                id_ = Id(one.epoch, one.seq)
                self.kinds.setdefault(id_, (one.wearer, one.kind))
                self.committed_s.setdefault(id_, self._now_s())

    def holes(self, epoch: int, next_seq: int) -> Iterator[tuple[Id, float, float]]:
        """Readings that have a number and were never committed, each with the moments of the commits around it. `epoch`: now,
        in which `next_seq` is the next number.
        """
        before: Id | None = None
        for one in sorted([*self.committed_s, Id(epoch, next_seq)]):
            at_s = self.committed_s.get(one, self._now_s())
            if before is not None and before.epoch == one.epoch:
                yield from ((Id(one.epoch, seq), self.committed_s[before], at_s) for seq in range(before.seq + 1, one.seq))
            before = one

    def loses(self, data: Path) -> None:
        """The file of readings is about to be lost; what it holds now is never heard of again. It is not touched."""
        self._newest = 0
        with tempfile.TemporaryDirectory(dir=data.parent) as folder:
            for path in data.glob("readings.db*"):
                shutil.copy(path, folder)
            if (copy := Path(folder) / "readings.db").exists():
                with closing(sqlite3.connect(copy)) as connection:
                    self._took_along(connection)

    def _took_along(self, connection: sqlite3.Connection) -> None:
        for row in connection.execute(f"SELECT {COLUMNS} FROM batch WHERE delivered = 0").fetchall():
            self.lost.readings.update(Id(one.epoch, one.seq) for one in stored.decode_readings(batches.unpack(row).body))
        self.lost.evicted += Counters.load(connection).evicted
        for wearer, kind, n in connection.execute("SELECT wearer, kind, n FROM gap WHERE told < 2"):
            self.lost.untold[wearer, kind] += n
