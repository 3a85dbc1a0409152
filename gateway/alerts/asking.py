"""Asking people by the second path: who is asked next, and when, out of an alert's stored facts and the moment. Pure.

While the second path is open (`ladder.py`) the first phone on duty is asked, and the next every `next_phone_s`, until one
answers: a round. Who cannot come, or cannot be reached, is followed by the next at once. A round is over `next_phone_s` after
its last phone was asked; what called for another meanwhile (the next level, a further press) begins it then. A receipt that
comes late, or an answer, stops the asking; when the second path opens once more, it begins with the first phone.

No step is a timer, and each is a fact (`Alert.asked`) that is on the disk before a message goes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from gateway.alert import Alert, AskAnswer, Asked, AskResult, Ladder, RoundEnd
from gateway.alerts.ladder import Duty, second_path_open
from gateway.moment import Moment

KEPT = 24  # of an alert that nobody answers for days: the newest, and all of the round that goes on
Phones = Sequence[str]  # the names of those on duty, in the order in which they are asked


def step(alert: Alert, duty: Duty, phones: Phones, now: Moment) -> Alert:
    """The alert after the step that is due now; the same alert where none is due."""
    is_open = second_path_open(alert, duty, now)
    if _is_going(alert):
        if not is_open or _is_of_earlier_run(alert):
            alert = _ended(alert, "stopped")
        elif _waits_s(alert, duty, phones, now) > 0:
            return alert
        elif left := _left(alert, phones):
            return _asked(alert, left[0], now)
        else:
            alert = _ended(alert, "all_asked")
    if is_open and phones and _is_called_for(alert):
        return _asked(alert, phones[0], now, new_round=True)
    return alert


def next_s(alert: Alert, duty: Duty, phones: Phones, now: Moment) -> float | None:
    """In how many seconds the next step is due, as far as the second path is open; None: none is."""
    is_open = second_path_open(alert, duty, now)
    if alert.open and _is_going(alert):
        return _waits_s(alert, duty, phones, now) if is_open and not _is_of_earlier_run(alert) else 0.0
    return 0.0 if is_open and phones and _is_called_for(alert) else None


def _is_going(alert: Alert) -> bool:
    return bool(alert.asked) and not alert.asked[-1].over


def _is_of_earlier_run(alert: Alert) -> bool:
    return alert.ladder is None or alert.asked[-1].run != alert.ladder.run


def _is_called_for(alert: Alert) -> bool:
    """Whether a round is to begin that did not yet."""
    if not alert.asked or _is_of_earlier_run(alert) or alert.asked[-1].over == "stopped":
        return True
    return alert.ladder is not None and alert.asked[-1].rounds < alert.ladder.rounds


def _this_round(alert: Alert) -> list[Asked]:
    return [one for one in alert.asked if one.round == alert.asked[-1].round]


def _left(alert: Alert, phones: Phones) -> list[str]:
    """Those on duty who were not asked in this round."""
    asked = {one.phone for one in _this_round(alert)}
    return [phone for phone in phones if phone not in asked]


def _waits_s(alert: Alert, duty: Duty, phones: Phones, now: Moment) -> float:
    last = alert.asked[-1]
    nobody_since = any(one.out_at == last.n for one in _this_round(alert))
    if nobody_since and _left(alert, phones):
        return 0.0
    return max(0.0, duty.next_phone_s - now.since(last.since))


def _asked(alert: Alert, phone: str, now: Moment, *, new_round: bool = False) -> Alert:
    last, ladder = (alert.asked[-1] if alert.asked else None), alert.ladder
    assert ladder  # the second path is open
    n, round_ = (last.n + 1, last.round + new_round) if last else (1, 1)
    rounds = ladder.rounds if new_round or last is None else last.rounds
    one = Asked(phone=phone, since=now, at_ms=now.wall_ms, n=n, round=round_, run=ladder.run, rounds=rounds)
    before = [earlier for earlier in alert.asked if earlier.round == round_]
    return replace(alert, asked=(*alert.asked, one)[-max(KEPT, len(before) + 1) :])


def _ended(alert: Alert, over: RoundEnd) -> Alert:
    return replace(alert, asked=(*alert.asked[:-1], replace(alert.asked[-1], over=over)))


# --- what comes of it ---------------------------------------------------------------------------------------------------


def told(alert: Alert, numbers: Sequence[int], result: AskResult) -> Alert:
    """What came of the message to those with these numbers: who cannot be reached is followed by the next at once."""

    def after(one: Asked) -> Asked:
        if one.n not in numbers or one.result == result:
            return one
        out_at = alert.asked[-1].n if result == "failed" and not one.out_at else one.out_at
        return replace(one, result=result, out_at=out_at)

    return _each(alert, after)


def answered(alert: Alert, phone: str, answer: AskAnswer) -> Alert:
    """The answer of this person, to the last question: who cannot come is followed by the next at once."""
    asked = [one.n for one in alert.asked if one.phone == phone]

    def after(one: Asked) -> Asked:
        if one.n != asked[-1] or one.answer == answer:
            return one
        return replace(one, answer=answer, out_at=alert.asked[-1].n if answer == "cannot" else 0)

    return _each(alert, after) if asked else alert


def withdrawn(alert: Alert, phone: str, duty: Duty, now: Moment) -> Alert:
    """Who was on the way cannot come after all: the ladder begins anew, its second path open, and the next is asked at once."""
    assert alert.ladder  # somebody answered in it
    anew = Ladder(
        since=now.before(duty.receipt_s),
        run=alert.ladder.run + 1,
        from_level=alert.level,
        rounds=alert.ladder.rounds,
        withdrawn=True,
    )
    alert = step(replace(alert, ladder=anew), duty, (phone,), now)  # the first of the round, and no message for it
    return answered(alert, phone, "cannot")


def _each(alert: Alert, after: Callable[[Asked], Asked]) -> Alert:
    asked = tuple(map(after, alert.asked))
    return alert if asked == alert.asked else replace(alert, asked=asked)


def carried_over(alert: Alert, duty: Duty, now: Moment) -> Alert:
    """The alert of an earlier boot of the machine: the next phone is counted by the clock of this one."""
    if not alert.asked or alert.asked[-1].since.boot == now.boot:
        return alert
    last = alert.asked[-1]
    since = now.before(min(now.since(last.since), duty.next_phone_s))
    return replace(alert, asked=(*alert.asked[:-1], replace(last, since=since)))
