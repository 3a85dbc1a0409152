"""What is ordered during a visit, and again where the link lasts: values in, values out."""

from __future__ import annotations

from math import inf

from drivers.driver import Fetch, Order, Vibrate, Visit
from gateway.sources.visit_plan import VisitPlan

ROUND: list[Order] = [Visit(), Fetch()]


def begun(again_s: float = inf) -> VisitPlan:
    plan = VisitPlan(ROUND, again_s)
    plan.begin(0)
    return plan


def test_each_order_waits_for_the_answer_to_the_one_before() -> None:
    plan = begun()

    assert plan.next(0) is ROUND[0]
    assert plan.next(1) is None
    plan.answered(Vibrate())
    assert plan.next(1) is None, "that was somebody else's"
    plan.answered(ROUND[0])
    assert plan.next(2) is ROUND[1]
    plan.answered(ROUND[1])
    assert plan.next(3) is None


def test_a_visit_is_made_once() -> None:
    plan = begun()
    for order in ROUND:
        assert plan.next(0) is order
        plan.answered(order)

    assert plan.next(1e9) is None
    assert plan.wait_s(0) == inf


def test_where_the_link_lasts_all_is_ordered_again_when_it_is_time() -> None:
    plan = begun(again_s=900)
    for order in ROUND:
        assert plan.next(0) is order
        plan.answered(order)

    assert plan.wait_s(100) == 800
    assert plan.next(899) is None
    assert [plan.next(900), plan.next(901)] == [ROUND[0], None]
    assert plan.wait_s(950) == inf, "the band has to answer first"


def test_a_round_that_takes_longer_is_not_begun_anew_in_its_midst() -> None:
    plan = begun(again_s=900)
    plan.next(0)

    assert plan.next(2000) is None
    plan.answered(ROUND[0])
    assert plan.next(2000) is ROUND[1]


def test_where_nothing_is_ordered_there_is_nothing_to_wait_for() -> None:
    plan = VisitPlan((), again_s=900)
    plan.begin(0)

    assert plan.next(900) is None
    assert plan.wait_s(900) == inf
