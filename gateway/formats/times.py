"""Times as text: RFC 3339 in UTC with milliseconds and `Z`. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=64)  # all that came at once has one time, and formatting it costs twenty times what remembering it does
def rfc3339(ms: int) -> str:
    """Milliseconds since 1970 as `2026-11-23T03:21:09.120Z`."""
    seconds, rest = divmod(ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC).isoformat()[:19]}.{rest:03}Z"


def from_rfc3339(text: str) -> int:
    """Milliseconds since 1970 of an RFC 3339 time with a zone. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no zone; it should end in Z")
    return round(at.timestamp() * 1000)
