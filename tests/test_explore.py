"""Every state that an alert can come to within a few steps, through the real code; `./dev explore` goes further."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.alert import Alert, Finding
from gateway.alerts import desk, ladder, lifecycle
from gateway.alerts.ladder import Duty
from tests.explore import FIRST, FOR_CRITICAL, FOR_WARNINGS, Wrong, explore

PRESS, _, WARNING, CRITICAL = FIRST


@pytest.mark.parametrize(
    ("first", "duty", "depth", "at_least"),
    [
        pytest.param(PRESS, FOR_CRITICAL, 3, 250, id="a press"),
        pytest.param(WARNING, FOR_CRITICAL, 2, 80, id="a warning"),
        pytest.param(WARNING, FOR_WARNINGS, 2, 80, id="a warning of the second path"),
        pytest.param(CRITICAL, FOR_CRITICAL, 3, 350, id="a value beyond a critical limit"),
    ],
)
@pytest.mark.fault(
    "people and commands", "every order of six things that can happen to an alert", promise="no state is one that must never be"
)
async def test_no_state_is_one_that_must_never_be(first: Finding, duty: Duty, depth: int, at_least: int) -> None:
    assert (await explore(first, duty, depth)).states >= at_least


def never_due(alert: Alert, duty: Duty, now: object) -> int:
    return alert.level


def begins_nothing(before: Alert | None, after: Alert, *given: Any) -> Alert:
    return after if before else FOUND(before, after, *given)


def falls(alert: Alert, level: int) -> Alert:
    return replace(ESCALATED(alert, level), level=0 if level > 1 else 1)


def closes_by_itself(alert: Alert, cause: Any) -> Any:
    after, name = CLEARED(alert, cause)
    return replace(after, workflow="resolved"), name


FOUND, ESCALATED, CLEARED = ladder.found, ladder.escalated, lifecycle._cleared
PLANTED: dict[str, tuple[Any, str, Callable[..., Any], str]] = {
    "no step is ever due": (ladder, "level_due", never_due, "the next step changes nothing"),
    "a further press begins nothing": (ladder, "found", begins_nothing, "begins nothing"),
    "the level falls": (ladder, "escalated", falls, "falls"),
    "what is normal again is closed": (lifecycle, "_cleared", closes_by_itself, "no person did it"),
    "the desk never wakes up": (desk.Desk, "next_step_s", lambda _: None, "no next step"),
}


@pytest.mark.parametrize("name", PLANTED)
async def test_a_planted_fault_is_found(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    where, what, fault, why = PLANTED[name]
    monkeypatch.setattr(where, what, fault)

    with pytest.raises(Wrong, match=why):
        await both()


async def both() -> None:
    for first in (PRESS, CRITICAL):
        await explore(first, FOR_CRITICAL, 3)
