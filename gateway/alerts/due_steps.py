"""When the next step of each alert is due, worked out once for each of its states: till then the clocks count it down. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import inf

from gateway.alert import Alert
from gateway.alerts import asking, ladder, reminders, repeated_calls, trials
from gateway.alerts.ladder import Duty
from gateway.moment import Moment

SET_S = 1.0  # by so much or more the wall clock was set: what is counted over a boot is counted anew


class DueSteps:
    """Of all alerts that somebody still has to know of; a change of one, with a hundred open, costs one to be worked out."""

    def __init__(self) -> None:
        self._due: dict[int, tuple[Alert, float]] = {}  # by number
        self._made_of: tuple[Duty, Sequence[str]] | None = None
        self._offset_s = 0.0

    def look(self, alerts: Collection[Alert], duty: Duty, phones: Sequence[str], now: Moment) -> None:
        """These there are; `phones`: who is on duty. To be called before `due_s`, whenever something may have changed."""
        offset_s = now.wall_ms / 1000 - now.monotonic_s
        if self._made_of != (duty, phones) or abs(offset_s - self._offset_s) >= SET_S:
            self._due, self._made_of, self._offset_s = {}, (duty, phones), offset_s
        before, self._due = self._due, {}
        for alert in alerts:
            known = before.get(alert.number)
            counts = known is not None and known[0] is alert and known[1] > now.monotonic_s  # a step may be nobody's to take
            self._due[alert.number] = known if known and counts else (alert, _due_s(alert, duty, phones, now))

    def due_s(self, alert: Alert) -> float:
        """When (monotonic seconds); inf: nothing is due. Of what is not the state that was looked at: now."""
        known = self._due.get(alert.number)
        return known[1] if known is not None and known[0] is alert else -inf

    @property
    def first_s(self) -> float:
        """When the first of all is due (monotonic seconds)."""
        return min((due_s for _, due_s in self._due.values()), default=inf)


def _due_s(alert: Alert, duty: Duty, phones: Sequence[str], now: Moment) -> float:
    if not alert.open:
        return inf
    steps = [one.next_s(alert, now) for one in (repeated_calls, reminders, trials)]
    steps += [ladder.next_s(alert, duty, now), asking.next_s(alert, duty, phones, now)]
    return now.monotonic_s + min((step_s for step_s in steps if step_s is not None), default=inf)
