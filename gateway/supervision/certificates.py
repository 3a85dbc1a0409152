"""How soon a certificate ends, in three steps: 30 days, a week, a day. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from gateway.alert import Priority
from gateway.supervision.fault_watch import SeenFault

DAY_S = 86_400
STEPS: tuple[tuple[int, Priority], ...] = ((30, "advisory"), (7, "warning"), (1, "warning"))  # days before its end


def ending(ends_s: Mapping[str, float], now_ms: int) -> list[SeenFault]:
    """Of these certificates, by name, with when each ends (seconds since 1970): those that do so soon, or have."""
    return [fault for name, end_s in ends_s.items() if (fault := _ending(name, end_s, now_ms / 1000))]


def _ending(name: str, end_s: float, now_s: float) -> SeenFault | None:
    steps = [(step, days, priority) for step, (days, priority) in enumerate(STEPS) if end_s - now_s <= days * DAY_S]
    if not steps:
        return None
    step, days, priority = steps[-1]
    day = datetime.fromtimestamp(end_s, UTC).date().isoformat()
    return SeenFault(fault="certificate_expires", device=name, reason=day, priority=priority, step=step, limit=days)
