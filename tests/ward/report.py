"""What the ward gave, as one object for `docs/ward.json`, and whether that is good enough. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from gateway.alert import PRIORITIES, Priority
from tests.ward.outcome import Outcome, Rate, rate
from tests.ward.trials import Found, Trial, summed

GOALS: dict[Priority, float] = {"critical": 0.1, "warning": 0.5, "advisory": 1.0}  # a worn day, at most
WORST = 5  # times that, for one person
FOUND = 0.99  # of what can be seen


class Rates(Struct, kw_only=True):
    """Of people on whom nothing was planted: every alert is one too many."""

    people: int
    days: float
    readings: int
    by_priority: dict[Priority, Rate]
    chatter: float
    events_a_day: float
    open_min_a_day: dict[str, float]
    rows: dict[str, int]


class Real(Struct, kw_only=True):
    """Of one set of real series, and what the first version of the rules gave on all people of it."""

    what: str
    source: str
    rates: Rates
    before: dict[str, float]


class GateRow(Struct, kw_only=True):
    """One thing that is wanted."""

    what: str
    value: float
    wanted: str
    passed: bool


class Missed(Struct, kw_only=True):
    """Of what a row of the table was to find."""

    planted: int
    missed: int


class Report(Struct, kw_only=True):
    """Everything."""

    machine: dict[str, str]
    days: int
    seeds: list[int]
    table: str
    mark: str
    simulated: dict[str, float]
    ward: Rates
    by_band: dict[str, Rates]
    planted: list[Found]
    planted_n: int
    rows: dict[str, Missed]
    gate: list[GateRow]
    real: list[Real]


def rates(people: Sequence[Outcome]) -> Rates:
    """Of these people."""
    days = sum(person.days for person in people)
    rows: Counter[str] = Counter()
    for person in people:
        rows.update(person.alerts)
    alerts = rows.total()
    return Rates(
        people=len(people),
        days=days,
        readings=sum(person.readings for person in people),
        by_priority={priority: rate(people, priority) for priority in PRIORITIES},
        chatter=sum(person.chatter for person in people) / alerts if alerts else 0.0,
        events_a_day=sum(person.events for person in people) / days if days else 0.0,
        open_min_a_day={one: sum(person.open_min[one] for person in people) / days if days else 0.0 for one in PRIORITIES},
        rows=dict(rows.most_common()),
    )


def by_band(people: Sequence[Outcome]) -> dict[str, Rates]:
    """By how often the band measures."""
    intervals = sorted({person.every_s for person in people})
    return {f"{every_s:g}": rates([one for one in people if one.every_s == every_s]) for every_s in intervals}


def missed_by_row(trials: Sequence[Trial]) -> dict[str, Missed]:
    """How often each row was the one that had to tell, and did not."""
    named: Counter[str] = Counter(trial.rule for trial in trials if trial.observable)
    lost: Counter[str] = Counter(trial.rule for trial in trials if trial.observable and not trial.found)
    return {row: Missed(planted=number, missed=lost[row]) for row, number in sorted(named.items())}


def gate(ward: Rates, trials: Sequence[Trial]) -> list[GateRow]:
    """What is wanted, and whether it is so."""
    rows = []
    for priority, goal in GOALS.items():
        found = ward.by_priority[priority]
        rows.append(_at_most(f"{priority} alerts a worn day without a cause", found.mean, goal))
    for priority, goal in GOALS.items():
        worst = ward.by_priority[priority].worst
        if worst is not None:
            rows.append(_at_most(f"the same, {priority}, of the person who had most", worst, goal * WORST))
    observable = [trial for trial in trials if trial.observable]
    found_n = sum(trial.found for trial in observable)
    share = found_n / len(observable) if observable else 0.0
    rows.append(
        GateRow(
            what="planted events told in time, of those that can be seen",
            value=share,
            wanted=f">= {FOUND:g}",
            passed=share >= FOUND,
        )
    )
    rows.append(_at_most("99th percentile of lateness (s beyond persistence, one sample and 15 s)", _lateness(observable), 0))
    rows.append(
        _at_most("planted events that can be seen and of which nobody heard anything", sum(t.silent for t in observable), 0)
    )
    return rows


def _at_most(what: str, value: float, most: float) -> GateRow:
    return GateRow(what=what, value=value, wanted=f"<= {most:g}", passed=value <= most)


def _lateness(observable: Sequence[Trial]) -> float:
    """0 where 99 of 100 of those that were told at all were in time."""
    late = sorted(max(0.0, trial.delay_s - trial.allowed_s) for trial in observable if trial.delay_s == trial.delay_s)
    return late[min(len(late) - 1, int(0.99 * len(late)))] if late else 0.0


def planted(trials: Sequence[Trial]) -> tuple[list[Found], int]:
    """By kind and interval; and how many there were of the kind of which there were fewest."""
    kinds = Counter(trial.name for trial in trials)
    return summed(trials), min(kinds.values(), default=0)


def summary(report: Report) -> Mapping[str, bool]:
    """What passed and what did not."""
    return {row.what: row.passed for row in report.gate}
