"""The rows of the gap records: put and merged, told to the platform, recounted.

A row that is on its way is not changed any more: should it come a second time, it comes as the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from gateway.gap import DAY_MS, Gap
from gateway.store.counters import Counters
from gateway.store.encryption import decrypt_name, encrypt_name

NOT_TOLD, ON_ITS_WAY, TOLD = 0, 1, 2  # what `told` says
AT_ONCE = 200  # rows on their way together: some 30 KB

_ADD = """
    INSERT INTO gap (wearer, kind, day, reason, from_ms, to_ms, n, told) {} ON CONFLICT DO UPDATE SET
        from_ms = min(from_ms, excluded.from_ms), to_ms = max(to_ms, excluded.to_ms), n = n + excluded.n"""
_PUT = _ADD.format("VALUES (?, ?, ?, ?, ?, ?, ?, 0)")
_MOVE = _ADD.format("SELECT wearer, kind, day, reason, from_ms, to_ms, n, 2 FROM gap WHERE told = 1")
_ANONYMOUS = _ADD.format("SELECT '', kind, day, reason, from_ms, to_ms, n, told FROM gap WHERE wearer = ?")


def put(connection: sqlite3.Connection, gaps: Iterable[Gap]) -> int:
    """Add them to those of the same wearer, kind, day and reason. Returns how many readings they tell of."""
    rows = [
        (encrypt_name(gap.wearer), gap.kind, gap.from_ms // DAY_MS, gap.reason, gap.from_ms, gap.to_ms, gap.n) for gap in gaps
    ]
    connection.executemany(_PUT, rows)
    return sum(row[-1] for row in rows)


def set_out(connection: sqlite3.Connection, counters: Counters) -> tuple[Counters, int]:
    """The oldest that were not told are on their way now, unless others still are. How many are."""
    on_their_way: int = connection.execute("SELECT count(*) FROM gap WHERE told = 1").fetchone()[0]
    if not on_their_way:
        oldest = "SELECT rowid FROM gap WHERE told = 0 ORDER BY day, wearer, kind, reason LIMIT ?"
        on_their_way = connection.execute(f"UPDATE gap SET told = 1 WHERE rowid IN ({oldest})", (AT_ONCE,)).rowcount  # noqa: S608
    return counters, on_their_way


def arrived(connection: sqlite3.Connection, counters: Counters) -> tuple[Counters, int]:
    """The platform's broker has those that were on their way. How many that were."""
    connection.execute(_MOVE)
    return counters, connection.execute("DELETE FROM gap WHERE told = 1").rowcount


def on_their_way(connection: sqlite3.Connection) -> list[Gap]:
    """Those that have set out and not arrived."""
    return _gaps(connection, "WHERE told = 1")


def load(connection: sqlite3.Connection) -> list[Gap]:
    """All of them, told or not, by day."""
    return _gaps(connection, "")


def _gaps(connection: sqlite3.Connection, which: str) -> list[Gap]:
    by = "day, wearer, kind, reason"
    sums = "wearer, kind, min(from_ms), max(to_ms), sum(n), reason"
    rows = connection.execute(f"SELECT {sums} FROM gap {which} GROUP BY {by} ORDER BY {by}")  # noqa: S608 (fixed)
    return [Gap(**dict(zip(Gap.__struct_fields__, (decrypt_name(row[0]), *row[1:]), strict=True))) for row in rows]


def forget(wearer: str, connection: sqlite3.Connection, counters: Counters) -> tuple[Counters, int]:
    """What is missing of this wearer is missing of nobody by name. One more than how many rows named them."""
    named = 1
    for (stored,) in connection.execute("SELECT DISTINCT wearer FROM gap WHERE wearer <> ''").fetchall():
        if decrypt_name(stored) == wearer:  # by the key of today, of another day, or by none
            connection.execute(_ANONYMOUS, (stored,))
            named += connection.execute("DELETE FROM gap WHERE wearer = ?", (stored,)).rowcount
    return counters, named


def by_reason(connection: sqlite3.Connection) -> dict[str, int]:
    """How many readings were evicted, by the reason."""
    return dict(connection.execute("SELECT reason, SUM(n) FROM gap GROUP BY reason ORDER BY reason"))
