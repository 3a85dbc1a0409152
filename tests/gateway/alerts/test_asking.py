"""Asking by the second path: the next phone in time, rounds and levels, who answers, and each step once whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.alert import Alert
from gateway.alerts import asking, ladder
from gateway.alerts.ladder import Duty
from gateway.moment import Moment
from tests.gateway.alerts.test_ladder import START, a_finding, at, does, finds, raised, ticks
from tests.thorough import times

DUTY = Duty()
ABC = ("A", "B", "C")
Deed = Callable[[Alert, Moment], Alert]


def press(alert: Alert, now: Moment) -> Alert:
    return finds(alert, a_finding(), now)


def receipt(alert: Alert, now: Moment) -> Alert:
    return ladder.received(alert, alert, "ok")


def rejection(alert: Alert, now: Moment) -> Alert:
    return ladder.received(alert, alert, "rejected")


def acknowledgement(alert: Alert, now: Moment) -> Alert:
    return does(alert, "acknowledge", now)


def dispatch(alert: Alert, now: Moment) -> Alert:
    return does(alert, "dispatch", now)


def cannot(phone: str) -> Deed:
    return lambda alert, _: asking.answered(alert, phone, "cannot")


def failed(n: int) -> Deed:
    return lambda alert, _: asking.told(alert, [n], "failed")


def settle(alert: Alert, now: Moment, duty: Duty, phones: tuple[str, ...]) -> Alert:
    """All that is due now, as the desk does it: the level, then the asking."""
    for _ in range(4):
        alert = asking.step(ticks(alert, now, duty), duty, phones, now)
    return alert


def asked(
    deeds: Mapping[float, Deed], until_s: int, *, phones: tuple[str, ...] = ABC, duty: Duty = DUTY
) -> list[tuple[int, str]]:
    """When each phone is asked, in whole seconds from the press, where these deeds happen then."""
    alert = raised(duty=duty)
    for second in range(until_s + 1):
        now = at(second)
        alert = settle(alert, now, duty, phones)
        if second in deeds:
            alert = settle(deeds[second](alert, now), now, duty, phones)
    began = START.monotonic_s
    return [(round(one.since.monotonic_s - began), one.phone) for one in alert.asked]


# --- rounds ---------------------------------------------------------------------------------------------------------------


def test_the_phones_are_asked_one_after_another_until_the_round_is_over_and_then_anew_for_the_levels_due_meanwhile() -> None:
    first = [(30, "A"), (90, "B"), (150, "C")]  # over at 210; levels 1 and 2 became due meanwhile
    second = [(210, "A"), (270, "B"), (330, "C")]  # over at 390
    third = [(480, "A"), (540, "B"), (600, "C")]  # level 3
    fourth = [(780, "A")]  # level 4

    assert asked({}, 800) == first + second + third + fourth


def test_one_phone_alone_is_asked_for_each_level() -> None:
    assert asked({}, 500, phones=("A",)) == [(30, "A"), (90, "A"), (180, "A"), (480, "A")]


def test_nobody_to_ask_is_no_step() -> None:
    assert asked({}, 500, phones=()) == []


def test_a_receipt_in_time_keeps_the_second_path_shut_until_level_1() -> None:
    assert asked({5: receipt}, 130) == [(60, "A"), (120, "B")]


def test_a_receipt_that_comes_later_stops_the_asking_until_level_1() -> None:
    assert asked({40: receipt}, 130) == [(30, "A"), (60, "A"), (120, "B")]


def test_a_receipt_that_comes_after_level_1_stops_nothing() -> None:
    assert asked({70: receipt}, 160) == [(30, "A"), (90, "B"), (150, "C")]


def test_an_alert_that_the_platform_refuses_is_asked_about_at_once() -> None:
    assert asked({3: rejection}, 65) == [(3, "A"), (63, "B")]


def test_a_refusal_after_a_receipt_begins_with_the_first_phone() -> None:
    assert asked({40: receipt, 45: rejection}, 50) == [(30, "A"), (45, "A")]


# --- answers ---------------------------------------------------------------------------------------------------------------


def test_who_cannot_is_followed_by_the_next_at_once() -> None:
    assert asked({40: cannot("A")}, 110) == [(30, "A"), (40, "B"), (100, "C")]


def test_who_cannot_after_the_next_was_asked_brings_one_more() -> None:
    assert asked({95: cannot("A")}, 100) == [(30, "A"), (90, "B"), (95, "C")]


def test_that_nobody_can_does_not_begin_a_new_round_before_its_time() -> None:
    deeds: dict[float, Deed] = {40: cannot("A"), 41: cannot("B"), 42: cannot("C")}

    assert asked(deeds, 110) == [(30, "A"), (40, "B"), (41, "C"), (101, "A")]


def test_who_cannot_be_reached_is_followed_by_the_next_at_once() -> None:
    assert asked({31: failed(1)}, 95) == [(30, "A"), (31, "B"), (91, "C")]


def test_an_acknowledgement_ends_the_asking_until_nobody_was_dispatched_for_again_s() -> None:
    assert asked({50: acknowledgement}, 300) == [(30, "A"), (230, "A"), (290, "B")]


def test_who_goes_ends_the_asking() -> None:
    assert asked({40: acknowledgement, 41: dispatch}, 2000) == [(30, "A")]


def test_a_further_press_after_an_answer_begins_the_ladder_anew() -> None:
    assert asked({40: dispatch, 50: press}, 145) == [(30, "A"), (80, "A"), (140, "B")]


def test_a_further_press_that_nobody_answered_is_a_new_round_once_the_one_that_goes_on_is_over() -> None:
    late = Duty(person_s=600, again_s=1800)

    assert asked({40: press}, 300, duty=late) == [(30, "A"), (90, "B"), (150, "C"), (210, "A"), (270, "B")]
    assert asked({250: press}, 300, duty=late) == [(30, "A"), (90, "B"), (150, "C"), (250, "A")]


def test_presses_of_a_jammed_key_are_one_round_after_another() -> None:
    late = Duty(person_s=600, again_s=1800)

    found = asked(dict.fromkeys(range(31, 200), press), 250, duty=late)

    assert found == [(30, "A"), (90, "B"), (150, "C"), (210, "A")]


# --- who is on duty --------------------------------------------------------------------------------------------------------


def test_a_phone_that_comes_on_duty_is_asked_in_the_round_that_goes_on() -> None:
    alert = settle(raised(), at(30), DUTY, ("A",))

    assert asking.step(alert, DUTY, ("A", "B"), at(89)) is alert
    assert [one.phone for one in asking.step(alert, DUTY, ("A", "B"), at(90)).asked] == ["A", "B"]


def test_a_phone_that_comes_on_duty_after_the_round_does_not_go_on_with_it() -> None:
    late = Duty(person_s=600, again_s=1800)
    alert = settle(raised(), at(30), late, ("A",))
    alert = settle(alert, at(90), late, ("A",))

    assert settle(alert, at(100), late, ("A", "B")) == alert
    assert asking.next_s(alert, late, ("A", "B"), at(100)) is None


# --- time, and restarts -----------------------------------------------------------------------------------------------------


def test_of_steps_slept_through_only_one_is_taken() -> None:
    alert = settle(raised(), at(30), DUTY, ABC)

    alert = settle(alert, at(2000), DUTY, ABC)

    assert [(one.phone, one.round) for one in alert.asked] == [("A", 1), ("B", 1)]
    assert asking.next_s(alert, DUTY, ABC, at(2000)) == 60


def test_it_goes_on_by_the_clock_of_the_next_boot() -> None:
    alert = settle(raised(), at(30), DUTY, ABC)
    booted = Moment(at(50).wall_ms, 4.0, "boot-two")  # twenty seconds later by the wall clock

    alert = asking.carried_over(ladder.carried_over(alert, DUTY, booted), DUTY, booted)

    assert asking.next_s(alert, DUTY, ABC, booted) == pytest.approx(40)


@pytest.mark.fault(
    "clock",
    "the clock goes back a year over a boot while people are asked",
    promise="the next phone waits no longer than its time",
)
def test_a_clock_that_went_back_a_year_over_a_boot_delays_the_next_phone_by_no_more_than_its_time() -> None:
    alert = settle(raised(), at(30), DUTY, ABC)
    booted = Moment(at(0).wall_ms - 365 * 86_400_000, 4.0, "boot-two")

    alert = asking.carried_over(ladder.carried_over(alert, DUTY, booted), DUTY, booted)
    later = Moment(booted.wall_ms, 64.0, "boot-two")

    assert [one.phone for one in settle(alert, later, DUTY, ABC).asked] == ["A", "B"]


def test_steps_of_the_wall_clock_change_nothing() -> None:
    alert = settle(raised(), at(30), DUTY, ABC)
    stepped = Moment(at(89).wall_ms + 86_400_000, at(89).monotonic_s, START.boot)

    assert asking.step(alert, DUTY, ABC, stepped) is alert


DEEDS: dict[str, Deed] = {
    "press": press,
    "receipt": receipt,
    "rejection": rejection,
    "acknowledge": acknowledgement,
    "dispatch": dispatch,
    "A cannot": cannot("A"),
    "B cannot": cannot("B"),
    "1 failed": failed(1),
    "2 failed": failed(2),
}


def everything(order: tuple[str, ...], seconds: tuple[int, ...]) -> None:
    """Plays these deeds, looks whenever something is due, and keeps watch over what must always hold."""
    alert, second = raised(), 0.0
    deeds = dict(zip(seconds, order, strict=True))
    while second <= 700:
        now = at(second)
        before = alert
        alert = settle(alert, now, DUTY, ABC)
        if second in deeds:
            alert = settle(DEEDS[deeds.pop(int(second))](alert, now), now, DUTY, ABC)
        assert settle(alert, now, DUTY, ABC) == alert  # a step that was taken is not taken again
        assert len(alert.asked) - len(before.asked) <= 2  # one that was due, and one that a deed called for
        for round_ in {one.round for one in alert.asked}:
            phones = [one.phone for one in alert.asked if one.round == round_]
            assert phones == list(ABC[: len(phones)])  # in order, nobody twice
        steps = [asking.next_s(alert, DUTY, ABC, now), ladder.next_s(alert, DUTY, now)]
        due = [step for step in steps if step is not None]
        assert steps[0] is None or steps[0] > 0
        if ladder.second_path_open(alert, DUTY, now):
            assert min(due) <= DUTY.repeat_s  # somebody is asked again
        second = min([second + max(0.001, step) for step in due] + [float(one) for one in deeds] + [second + 100])


@pytest.mark.parametrize("order", list(permutations(DEEDS, 2)), ids=" then ".join)
def test_whatever_two_things_happen_when_each_step_is_taken_once_and_in_order(order: tuple[str, ...]) -> None:
    for seconds in product((5, 31, 61, 95), (32, 62, 100, 181, 215)):
        if seconds[0] < seconds[1]:
            everything(order, seconds)


@settings(max_examples=times(20, 60), deadline=None)
@given(st.lists(st.tuples(st.integers(0, 650), st.sampled_from(sorted(DEEDS))), max_size=8, unique_by=lambda deed: deed[0]))
def test_whatever_happens_each_step_is_taken_once_and_in_order(deeds: list[tuple[int, str]]) -> None:
    deeds = sorted(deeds)

    everything(tuple(name for _, name in deeds), tuple(second for second, _ in deeds))


@settings(max_examples=times(33, 100), deadline=None)
@given(st.lists(st.integers(1, 200), min_size=1, max_size=30), st.integers(0, 30))
def test_however_seldom_somebody_looks_the_order_stays_and_no_step_comes_early(looks: list[int], killed: int) -> None:
    """A look that is lost (a kill before the disk had it) is the same as none."""
    alert, second = raised(), 0
    for number, step_s in enumerate(looks):
        second += step_s
        after = settle(alert, at(second), DUTY, ABC)
        alert = alert if number == killed else after
    times = [one.since.monotonic_s - START.monotonic_s for one in alert.asked]

    assert times == sorted(times)
    assert all(later - earlier >= DUTY.next_phone_s for earlier, later in pairwise(times))
    assert not times or times[0] >= DUTY.receipt_s


def test_an_alert_that_nobody_answers_for_days_does_not_grow_for_ever() -> None:
    alert = raised()
    for minute in range(3000):
        alert = settle(alert, at(minute * 60), DUTY, ABC)

    assert len(alert.asked) == asking.KEPT
    assert alert.asked[-1].n > 1000


def test_a_long_list_is_asked_to_its_end() -> None:
    many = tuple(f"P{number}" for number in range(60))
    late = Duty(person_s=600, again_s=1800, repeat_s=3600)
    alert = raised(duty=late)
    for minute in range(90):
        alert = settle(alert, at(30 + minute * 60), late, many)

    assert [one.phone for one in alert.asked if one.round == 1] == []
    assert [one.phone for one in alert.asked if one.round == 2] == list(many[:30])


def test_what_comes_of_a_message_is_kept_with_its_question() -> None:
    alert = settle(raised(), at(30), DUTY, ABC)

    sent = asking.told(alert, [1], "sent")
    delivered = asking.told(sent, [1], "delivered")

    assert [one.result for one in delivered.asked] == ["delivered"]
    assert asking.told(delivered, [1], "delivered") is delivered
    assert asking.told(alert, [7], "sent") is alert
    assert asking.answered(alert, "nobody", "going") is alert
    assert replace(delivered, asked=alert.asked) == alert
