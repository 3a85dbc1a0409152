"""A key that is pressed again and again, or jams: which of its calls is an event of its own. Pure.

Each of the first `AT_ONCE` further calls of an open alert is told at once, and so is the first after somebody answered, or
after a quiet time. What comes on top is on the disk with the alert as it comes, and is told together, ever more seldom: a
jammed key must fill neither the disk nor the way to the platform.
"""

from __future__ import annotations

from msgspec.structs import replace

from gateway.alert import Alert, FurtherCalls
from gateway.moment import Moment

AT_ONCE = 50
QUIET_S = 600.0
STEP_S, LONGEST_S = 6.0, 300.0  # the pause between two events grows so


def counted(before: Alert, after: Alert, now: Moment) -> Alert:
    """The alert after one more call; `calls.untold` where it waits to be told."""
    calls = before.calls
    answered = before.ladder is not None and after.ladder is not None and after.ladder.run != before.ladder.run
    if calls is None or answered or _since_s(calls, now) >= QUIET_S:
        return replace(after, calls=FurtherCalls(1, now))
    if _since_s(calls, now) < _pause_s(calls):
        return replace(after, calls=replace(calls, untold=True))
    return told(replace(after, calls=calls), now)


def told(alert: Alert, now: Moment) -> Alert:
    """All its calls are told now."""
    return replace(alert, calls=FurtherCalls(alert.calls.n + 1, now)) if alert.calls else alert


def next_s(alert: Alert, now: Moment) -> float | None:
    """In how many seconds those are to be told that were not; None: all were."""
    if alert.calls is None or not alert.calls.untold:
        return None
    return max(0.0, _pause_s(alert.calls) - _since_s(alert.calls, now))


def _pause_s(calls: FurtherCalls) -> float:
    return min(LONGEST_S, STEP_S * max(0, calls.n + 1 - AT_ONCE))


def _since_s(calls: FurtherCalls, now: Moment) -> float:
    """After another start of the machine nobody may know how long it was: long enough."""
    return now.since(calls.told) if calls.told.boot == now.boot else QUIET_S
