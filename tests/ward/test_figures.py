"""What the ward gives is counted rightly, and the gate shuts where it is missed."""

from __future__ import annotations

import pytest

from gateway.alert import Alert, Priority, RuleRef
from tests.ward import page
from tests.ward.outcome import Outcome, chatter, interval, outcome, rate
from tests.ward.picture import picture
from tests.ward.planted import PLANTED
from tests.ward.report import gate, rates
from tests.ward.scene import settings
from tests.ward.trials import Trial, trial

MINUTE_MS = 60_000


def an_alert(at_min: float, priority: Priority = "critical", kind: str = "heart_rate") -> Alert:
    at_ms = round(at_min * MINUTE_MS)
    return Alert(
        number=1,
        kind=kind,  # type: ignore[arg-type]
        priority=priority,
        condition="active",
        workflow="raised",
        at_ms=at_ms,
        raised_ms=at_ms,
        rule=RuleRef("HR-REST", "2", 131),
    )


def ended(at_min: float, lasting_min: float, priority: Priority = "critical") -> tuple[Alert, int]:
    return an_alert(at_min, priority), round((at_min + lasting_min) * MINUTE_MS)


def somebody(criticals: int, days: float = 10) -> Outcome:
    return outcome("S-1", days, 60, 1000, [ended(600 * n, 20) for n in range(criticals)], criticals)


def test_alerts_are_counted_by_what_raised_them_and_by_how_long_they_were_open() -> None:
    one = outcome("S-1", 10, 60, 1000, [ended(0, 20), ended(600, 40), ended(900, 5, "warning")], 5)

    assert one.alerts == {"heart_rate/critical/HR-REST/131": 2, "heart_rate/warning/HR-REST/131": 1}
    assert (one.open_min["critical"], one.open_min["warning"]) == (60, 5)
    assert one.rate("critical") == 0.2


def test_an_alert_within_an_hour_of_the_end_of_another_of_its_kind_is_chatter() -> None:
    assert chatter([ended(0, 20), ended(79, 10), ended(150, 10)]) == 1


def test_the_interval_is_over_people_and_not_over_alerts() -> None:
    alike = interval([(2, 10.0)] * 50)
    one_has_all = interval([(100, 10.0), *[(0, 10.0)] * 49])

    assert alike == (0.2, 0.2)
    assert one_has_all[0] == 0
    assert one_has_all[1] >= 0.4


def test_the_worst_person_is_none_who_wore_it_for_a_day() -> None:
    assert rate([somebody(1, days=1), somebody(2, days=10)], "critical").worst == 0.2
    assert rate([somebody(1, days=1)], "critical").worst is None


def found(**changed: object) -> Trial:
    facts = {
        "name": "HR 150, 10 min",
        "every_s": 60.0,
        "standing": "none",
        "handling": "open",
        "night": False,
        "motion": "still",
    }
    shown = {"observable": True, "found": True, "delay_s": 300.0, "allowed_s": 375.0}
    return Trial(**(facts | shown | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("people", "trials", "missed"),
    [
        ([somebody(0)], [found()], []),
        ([somebody(2)], [found()], ["critical alerts a worn day without a cause"]),
        ([*[somebody(0)] * 99, somebody(9)], [found()], ["the same, critical, of the person who had most"]),
        (
            [somebody(0)],
            [*[found()] * 50, found(found=False, delay_s=500.0)],
            ["planted events told in time", "99th percentile"],
        ),
        ([somebody(0)], [*[found()] * 500, found(found=False, silent=True, delay_s=float("nan"))], ["planted events that can"]),
        ([somebody(0)], [found(), found(observable=False, found=False)], []),
    ],
)
def test_the_gate_shuts_where_something_is_missed(people: list[Outcome], trials: list[Trial], missed: list[str]) -> None:
    failed = [row.what for row in gate(rates(people), trials) if not row.passed]

    assert [what for what in failed if not what.startswith(tuple(missed))] == []
    assert len(failed) == len(missed)


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
def test_each_event_that_is_planted_is_told_in_time_and_never_passed_over(planted: object) -> None:
    trials = [trial(planted, one) for one in settings(planted, 6, seed=77)]  # type: ignore[arg-type]

    assert [one for one in trials if one.silent or (one.observable and not one.found)] == []


def test_the_settings_of_planted_events_are_spread_over_all_there_are() -> None:
    some = list(settings(PLANTED[0], 400, seed=1))

    assert {one.standing for one in some} == {"none", "warning", "critical"}
    assert {one.handling for one in some} == {"open", "resolved", "closed"}
    assert {one.motion for one in some} == {"still", "moving", "unknown"}
    assert len({one.every_s for one in some}) == 6


def test_the_picture_is_the_one_that_is_drawn_of_the_figures() -> None:
    assert page.PICTURE.read_text(encoding="utf-8") == picture(page.read()), "python -m tests.ward.page draws it anew"
