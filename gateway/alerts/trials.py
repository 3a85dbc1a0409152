"""Alerts that are only a test, and end by themselves: when the chain has shown that it works, or has had its time. Pure.

A drill (the first press in its window) is a press as ever, but for the ladder: it ends once the platform has received it and
the band had time to show that. A test of the paths (`self_test`, `test`) ends with the platform's receipt.
"""

from __future__ import annotations

from msgspec.structs import replace

from gateway.alert import Alert, EventName
from gateway.moment import Moment

SELF_TEST, TEST, FAILED = "self_test", "test", "self_test_failed"

SHOWN_S = 60.0  # a band that is out of reach is tried again every half a minute
DRILL_S = 600.0  # without a receipt
PATHS_S = 120.0


def next_s(alert: Alert, now: Moment) -> float | None:
    """In how many seconds it ends; 0: now; None: it is no test."""
    if not alert.test or not alert.open or alert.ladder is None:
        return None
    return max(0.0, _lasts_s(alert) - now.since(alert.ladder.since))


def ended(alert: Alert) -> tuple[Alert, EventName]:
    """It is over, and nobody had to close it."""
    if alert.kind == "technical":
        return replace(alert, condition="cleared"), "cleared"
    return replace(alert, condition="cleared", workflow="resolved", outcome="drill"), "resolved"


def carried_over(alert: Alert, now: Moment) -> Alert:
    """The test of an earlier boot of the machine, counted by the clock of this one."""
    ladder = alert.ladder
    if ladder is None or not alert.test or ladder.since.boot == now.boot:
        return alert
    return replace(alert, ladder=replace(ladder, since=now.before(now.since(ladder.since))))


def _lasts_s(alert: Alert) -> float:
    received_s = None if alert.received_ms is None else max(0, alert.received_ms - alert.raised_ms) / 1000
    if alert.kind == "technical":
        return PATHS_S if received_s is None else 0.0
    return DRILL_S if received_s is None else min(DRILL_S, received_s + SHOWN_S)
