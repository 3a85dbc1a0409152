"""The ladder: what happens when nobody answers an alert (docs/platform.md), out of its stored facts and the moment. Pure.

Counted from the event by which the alert became so urgent, until somebody is on the way:

    receipt_s   no receipt from the platform: the second path opens
    person_s    no person: level 1, and from here on nothing keeps the second path shut
    again_s     level 2, and one more every repeat_s, without end
    acknowledged, but nobody dispatched again_s later: the next level, and one more every repeat_s

A warning that is not for the second path has one step, after half an hour. Alerts about the gateway itself, tests, and what
was found in readings that came late are never on the ladder. No step is a timer: each is computed anew from what is stored.
"""

from __future__ import annotations

from math import inf
from typing import Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from gateway.alert import PAST_EVENT, PRIORITIES, Alert, Finding, Ladder, Receipt
from gateway.moment import Moment

WARNING_S = 1800.0  # a warning that nobody acknowledges is told once more


class Duty(Struct, frozen=True, kw_only=True):
    """What happens when nobody answers: `[duty]` of the configuration, in seconds."""

    receipt_s: float = 30
    person_s: float = 60
    again_s: float = 180
    repeat_s: float = 300
    next_phone_s: float = 60
    second_path_for: Literal["critical", "warning"] = "critical"


class Steps(NamedTuple):
    """When the steps are due, in seconds from the beginning: the first, the second, and then one more every so often."""

    first_s: float
    second_s: float = inf
    every_s: float = 1.0

    def due(self, elapsed_s: float) -> int:
        """How many are due by now."""
        if elapsed_s < self.first_s:
            return 0
        return 1 if elapsed_s < self.second_s else 2 + int((elapsed_s - self.second_s) // self.every_s)

    def due_s(self, step: int) -> float:
        """When this one is due; the first is 1."""
        if step < 1:
            return 0.0
        return self.first_s if step == 1 else self.second_s + (step - 2) * self.every_s


def level_due(alert: Alert, duty: Duty, now: Moment) -> int:
    """The level that the alert should have by now; never lower than the one it has. Of steps slept through it is the last."""
    steps = _steps(alert, duty)
    if alert.ladder is None or steps is None:
        return alert.level
    return max(alert.level, alert.ladder.from_level + steps.due(_elapsed_s(alert.ladder, now)))


def second_path_open(alert: Alert, duty: Duty, now: Moment) -> bool:
    """Whether people are to be asked by the second path, beside the platform."""
    ladder = alert.ladder
    if ladder is None or not on_ladder(alert, duty) or ladder.dispatched:
        return False
    if level_due(alert, duty, now) > ladder.from_level:
        return True
    if ladder.acknowledged:
        return False
    if ladder.withdrawn:
        return True
    waited = now.since(ladder.since) >= duty.receipt_s
    return ladder.receipt == "rejected" or (ladder.receipt == "none" and waited)


def next_s(alert: Alert, duty: Duty, now: Moment) -> float | None:
    """In how many seconds the next step is due, or the second path opens; 0: it is due now. None: nothing more comes."""
    ladder, steps = alert.ladder, _steps(alert, duty)
    if ladder is None or steps is None:
        return None
    due_s = steps.due_s(alert.level - ladder.from_level + 1)
    if on_ladder(alert, duty) and not (ladder.answered or second_path_open(alert, duty, now) or ladder.receipt == "ok"):
        due_s = min(due_s, duty.receipt_s)
    return None if due_s == inf else max(0.0, due_s - _elapsed_s(ladder, now))


def on_ladder(alert: Alert, duty: Duty) -> bool:
    """Whether the second path is for alerts like this one."""
    return _concerns_people(alert) and PRIORITIES.index(alert.priority) <= PRIORITIES.index(duty.second_path_for)


def _concerns_people(alert: Alert) -> bool:
    return alert.open and alert.kind != "technical" and not alert.test and alert.detail != PAST_EVENT


def _steps(alert: Alert, duty: Duty) -> Steps | None:
    """Counted from when a person acknowledged, or from the beginning of the run; None: the ladder is at its end."""
    ladder = alert.ladder
    if ladder is None or ladder.dispatched:
        return None
    if on_ladder(alert, duty):
        if ladder.acknowledged:
            return Steps(duty.again_s, duty.again_s + duty.repeat_s, duty.repeat_s)
        return Steps(duty.person_s, duty.again_s, duty.repeat_s)
    waits = alert.priority == "warning" and _concerns_people(alert) and not ladder.acknowledged
    return Steps(WARNING_S) if waits else None


def _elapsed_s(ladder: Ladder, now: Moment) -> float:
    return now.since(_begins(ladder))


def _begins(ladder: Ladder) -> Moment:
    """From here its next step is counted."""
    return ladder.acknowledged or ladder.since


# --- how the facts change -----------------------------------------------------------------------------------------------


def found(before: Alert | None, after: Alert, finding: Finding, duty: Duty, now: Moment) -> Alert:
    """The alert after a finding: its ladder begins, begins anew because a person has answered before, or asks once more."""
    if before is None or before.ladder is None:
        return replace(after, ladder=Ladder(since=now))
    ladder = before.ladder
    worse = after.priority != before.priority or _crosses_another(before, after)
    call = finding.kind in ("sos", "fall")
    if (ladder.answered and (worse or call)) or (on_ladder(after, duty) and not on_ladder(before, duty)):
        return replace(after, ladder=Ladder(since=now, run=ladder.run + 1, from_level=after.level, rounds=ladder.rounds))
    return replace(after, ladder=replace(ladder, rounds=ladder.rounds + 1)) if call else after


def _crosses_another(before: Alert, after: Alert) -> bool:
    """Whether it is a limit further out, or of the other side; the version of the table says nothing about that.

    One less far out on the same side is none; where nobody can tell (a pressure has four sides) it is one.
    """
    if (before.rule.id, before.rule.limit) == (after.rule.id, after.rule.limit):
        return False
    was, now = _side(before), _side(after)
    if was is None or was != now:
        return True
    assert before.rule.limit is not None  # it has a side
    assert after.rule.limit is not None
    return now * after.rule.limit > now * before.rule.limit


def _side(alert: Alert) -> int | None:
    """1: the newest value lies above the limit that it crossed, -1: below; None: nobody can tell."""
    values = [reading.value for reading in alert.readings if reading.kind == alert.kind]
    if alert.rule.limit is None or not values or not isinstance(values[-1], int | float):
        return None
    return 1 if values[-1] >= alert.rule.limit else -1


def escalated(alert: Alert, level: int) -> Alert:
    """Nobody has answered in time: this level is told, and people are asked once more."""
    assert alert.ladder  # only an alert on the ladder escalates
    return replace(alert, level=level, ladder=replace(alert.ladder, rounds=alert.ladder.rounds + 1))


def received(alert: Alert, of: Alert, word: Receipt) -> Alert:
    """The platform's word on an event of which `of` was the state; one of an earlier run says nothing."""
    ladder = alert.ladder
    if ladder is None or of.ladder is None or of.ladder.run != ladder.run or ladder.receipt == word:
        return alert
    return replace(alert, ladder=replace(ladder, receipt=word))


def answered(alert: Alert, verb: str, now: Moment) -> Alert:
    """A person acknowledges, or sends somebody."""
    ladder = alert.ladder
    if ladder is None:
        return alert
    if verb == "acknowledge":
        return replace(alert, ladder=replace(ladder, acknowledged=now, from_level=alert.level))
    return replace(alert, ladder=replace(ladder, dispatched=True))


def carried_over(alert: Alert, duty: Duty, now: Moment) -> Alert:
    """The alert of an earlier boot of the machine, counted by the clock of this one; a step that was told is over."""
    ladder, steps = alert.ladder, _steps(alert, duty)
    if ladder is None or steps is None or _begins(ladder).boot == now.boot:
        return alert
    told_s = steps.due_s(alert.level - ladder.from_level)
    began = now.before(max(told_s, _elapsed_s(ladder, now)))
    return replace(alert, ladder=replace(ladder, **{"acknowledged" if ladder.acknowledged else "since": began}))
