"""Gap records: whose every evicted reading was, of what kind, of which day, and why it is gone, so that it can be told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct, structs

from gateway.readings import Reading

DAY_MS = 86_400_000

GapReason = Literal["thinned out", "disk full", "damaged", "erased"]


class Gap(Struct, frozen=True, kw_only=True):
    """`n` readings are missing, the first measured at `from_ms`, the last at `to_ms` (UTC), all on one day.

    A damaged batch tells neither wearer nor kind: both are empty then. What was erased names no wearer.
    """

    wearer: str
    kind: str
    from_ms: int
    to_ms: int
    n: int
    reason: GapReason


def gaps_of(readings: Iterable[Reading], reason: GapReason) -> list[Gap]:
    """The records that these readings leave when they are evicted, one for each wearer, kind and day."""
    times: dict[tuple[str, str, int], list[int]] = {}
    for reading in readings:
        times.setdefault((reading.wearer, reading.kind, reading.at_ms // DAY_MS), []).append(reading.at_ms)
    return [
        Gap(wearer=wearer, kind=kind, from_ms=min(at_ms), to_ms=max(at_ms), n=len(at_ms), reason=reason)
        for (wearer, kind, _), at_ms in times.items()
    ]


def merged(gaps: Iterable[Gap]) -> list[Gap]:
    """One of those that tell of the same."""
    by_key: dict[tuple[str, str, int, str], Gap] = {}
    for gap in gaps:
        key = (gap.wearer, gap.kind, gap.from_ms // DAY_MS, gap.reason)
        if other := by_key.get(key):
            from_ms, to_ms = min(gap.from_ms, other.from_ms), max(gap.to_ms, other.to_ms)
            gap = structs.replace(gap, from_ms=from_ms, to_ms=to_ms, n=gap.n + other.n)
        by_key[key] = gap
    return list(by_key.values())


def put(connection: sqlite3.Connection, gaps: Iterable[Gap]) -> int:
    """Add them to those of the same wearer, kind, day and reason. Returns how many readings they tell of."""
    rows = [(gap.wearer, gap.kind, gap.from_ms // DAY_MS, gap.reason, gap.from_ms, gap.to_ms, gap.n) for gap in gaps]
    connection.executemany(
        """INSERT INTO gap (wearer, kind, day, reason, from_ms, to_ms, n) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET
            from_ms = min(from_ms, excluded.from_ms), to_ms = max(to_ms, excluded.to_ms), n = n + excluded.n""",
        rows,
    )
    return sum(row[-1] for row in rows)


def load(connection: sqlite3.Connection) -> list[Gap]:
    """All of them, by day."""
    rows = connection.execute("SELECT wearer, kind, from_ms, to_ms, n, reason FROM gap ORDER BY day, wearer, kind, reason")
    return [
        Gap(wearer=wearer, kind=kind, from_ms=from_ms, to_ms=to_ms, n=n, reason=reason)
        for wearer, kind, from_ms, to_ms, n, reason in rows
    ]


def by_reason(connection: sqlite3.Connection) -> dict[str, int]:
    """How many readings were evicted, by the reason."""
    return dict(connection.execute("SELECT reason, SUM(n) FROM gap GROUP BY reason ORDER BY reason"))
