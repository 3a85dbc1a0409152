"""What came of one person's time under the rules, and of many: alerts a worn day, by person, with how sure that is. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple

from msgspec import Struct

from gateway.alert import PRIORITIES, Alert, Priority

CHATTER_MS = 3_600_000
RESAMPLES = 2000
LONG_DAYS = 7


class Row(NamedTuple):
    """What alerts are counted by: kind, highest priority, and the rule and the limit (in its unit) that it was told by last."""

    kind: str
    priority: Priority
    rule: str
    limit: str


class Outcome(Struct, kw_only=True):
    """Of one person. `alerts`: how many by row; `open_min`: how long alerts were open; `chatter`: began soon after another."""

    name: str
    days: float
    every_s: float
    readings: int
    alerts: dict[str, int]
    open_min: dict[str, float]
    chatter: int
    events: int

    def number(self, priority: Priority) -> int:
        """How many alerts had this priority at their highest."""
        return sum(n for row, n in self.alerts.items() if row.split("/")[1] == priority)

    def rate(self, priority: Priority) -> float:
        """The same, a worn day."""
        return self.number(priority) / self.days if self.days else 0.0


def outcome(name: str, days: float, every_s: float, readings: int, over: Sequence[tuple[Alert, int]], events: int) -> Outcome:
    """Of the alerts that there were, each with its end."""
    counted: Counter[str] = Counter()
    open_min: dict[str, float] = dict.fromkeys(PRIORITIES, 0.0)
    for alert, ended_ms in over:
        counted["/".join(Row(alert.kind, alert.priority, alert.rule.id, _number(alert.rule.limit)))] += 1
        open_min[alert.priority] += (ended_ms - alert.raised_ms) / 60_000
    return Outcome(
        name=name,
        days=days,
        every_s=every_s,
        readings=readings,
        alerts=dict(counted),
        open_min=open_min,
        chatter=chatter(over),
        events=events,
    )


def _number(limit: float | None) -> str:
    return "" if limit is None else f"{limit:g}"


def chatter(over: Sequence[tuple[Alert, int]]) -> int:
    """How many began within an hour of the end of one of the same kind."""
    last: dict[str, int] = {}
    found = 0
    for alert, ended_ms in sorted(over, key=lambda one: one[0].raised_ms):
        if alert.kind in last and 0 <= alert.raised_ms - last[alert.kind] <= CHATTER_MS:
            found += 1
        last[alert.kind] = max(last.get(alert.kind, 0), ended_ms)
    return found


class Rate(NamedTuple):
    """Alerts a worn day: of all, the 95 % interval over people, and of the person who had most (None: nobody wore it long)."""

    mean: float
    low: float
    high: float
    worst: float | None


def rate(people: Sequence[Outcome], priority: Priority) -> Rate:
    """Of many people. The worst person is one who wore a band for a week at least: one alert on one day says nothing."""
    counts = [(person.number(priority), person.days) for person in people if person.days]
    lower, upper = interval(counts)
    worst = max((person.rate(priority) for person in people if person.days >= LONG_DAYS), default=None)
    return Rate(_ratio(counts), lower, upper, worst)


def interval(counts: Sequence[tuple[int, float]], seed: int = 1) -> tuple[float, float]:
    """95 % of the means of as many people drawn anew: people differ, and alerts of one person belong together."""
    chance = Random(seed)
    means = sorted(_ratio(chance.choices(counts, k=len(counts))) for _ in range(RESAMPLES))
    return means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1]


def _ratio(counts: Iterable[tuple[int, float]]) -> float:
    number, days = 0, 0.0
    for n, worn in counts:
        number, days = number + n, days + worn
    return number / days if days else 0.0
