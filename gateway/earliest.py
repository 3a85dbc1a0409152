"""The first of several times, of which some are never. Asked after each reading, so in a plain loop. Pure."""

from __future__ import annotations

from collections.abc import Iterable


def earliest(due: Iterable[int | None]) -> int | None:
    """None: never."""
    first: int | None = None
    for at_ms in due:
        if at_ms is not None and (first is None or at_ms < first):
            first = at_ms
    return first
