"""Reminders: a person knows of an alert, what was measured still holds, and nobody was sent. Pure.

The first comes `FIRST_S` after `acknowledged`, and one every `EVERY_S` after that, until somebody is dispatched or the alert
is closed. As with the ladder no reminder is a timer: each is computed anew from what is stored, and of those that were slept
through only the one that is due now is given.
"""

from __future__ import annotations

from msgspec.structs import replace

from gateway.alert import PAST_EVENT, Alert, AlertKind, Reminders
from gateway.moment import Moment

FIRST_S, EVERY_S = 900.0, 1800.0
MEASURED: frozenset[AlertKind] = frozenset(
    {
        "heart_rate",
        "blood_pressure",
        "body_temperature",
        "oxygen_saturation",
        "respiratory_rate",
        "several_signs",
        "trend",
        "no_usable_value",
        "irregular_pulse",
    }
)


def due(alert: Alert, now: Moment) -> bool:
    """Whether a reminder is to be given now."""
    return _holds(alert) and _due(alert, now) > _given(alert)


def next_s(alert: Alert, now: Moment) -> float | None:
    """In how many seconds the next one is due; None: none is."""
    if alert.reminders is None or not _holds(alert):
        return None
    return max(0.0, FIRST_S + alert.reminders.n * EVERY_S - now.since(alert.reminders.since))


def given(alert: Alert, now: Moment) -> Alert:
    """All reminders that were due by now are given with this one."""
    assert alert.reminders  # only one of which a person knows is due
    return replace(alert, reminders=replace(alert.reminders, n=_due(alert, now)))


def acknowledged(alert: Alert, now: Moment) -> Alert:
    """A person knows of it from now on; who says so again changes nothing."""
    return alert if alert.reminders else replace(alert, reminders=Reminders(now))


def came_back(alert: Alert, now: Moment) -> Alert:
    """It was over for a while and holds again: what was due meanwhile is not given."""
    return (
        replace(alert, reminders=replace(alert.reminders, n=max(_given(alert), _due(alert, now)))) if alert.reminders else alert
    )


def carried_over(alert: Alert, now: Moment) -> Alert:
    """The alert of an earlier boot of the machine, counted by the clock of this one; a reminder that was given is over."""
    reminders = alert.reminders
    if reminders is None or reminders.since.boot == now.boot:
        return alert
    given_s = FIRST_S + (reminders.n - 1) * EVERY_S if reminders.n else 0.0
    return replace(alert, reminders=replace(reminders, since=now.before(max(given_s, now.since(reminders.since)))))


def _holds(alert: Alert) -> bool:
    measured = alert.kind in MEASURED and alert.detail != PAST_EVENT and not alert.test
    return measured and alert.workflow == "acknowledged" and alert.condition == "active"


def _given(alert: Alert) -> int:
    return alert.reminders.n if alert.reminders else 0


def _due(alert: Alert, now: Moment) -> int:
    if alert.reminders is None:
        return 0
    elapsed_s = now.since(alert.reminders.since)
    return 0 if elapsed_s < FIRST_S else 1 + int((elapsed_s - FIRST_S) // EVERY_S)
