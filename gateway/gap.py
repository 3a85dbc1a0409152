"""A gap: readings that were counted and are gone before the platform had them, so that it can be told of each. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct, structs

from gateway.readings import Reading

DAY_MS = 86_400_000

GapReason = Literal["thinned out", "disk full", "rejected", "damaged", "erased"]


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
    return merged(
        Gap(wearer=one.wearer, kind=one.kind, from_ms=one.at_ms, to_ms=one.at_ms, n=1, reason=reason) for one in readings
    )


def unknown(at_ms: int, n: int, reason: GapReason, to_ms: int | None = None) -> Gap:
    """So many readings of which nobody knows more than about when they came."""
    return Gap(wearer="", kind="", from_ms=at_ms, to_ms=at_ms if to_ms is None else to_ms, n=n, reason=reason)


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
