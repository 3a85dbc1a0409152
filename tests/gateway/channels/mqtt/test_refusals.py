"""What the broker refuses is tried again after pauses that grow, is named while it lasts, and is logged once a minute."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from gateway.channels.mqtt.refusals import Refusals

READINGS, ALERTS = "up/readings", "up/alerts"


@pytest.fixture
def refusals() -> Refusals:
    return Refusals(first_pause_s=10)


def test_pauses_double_up_to_the_longest(refusals: Refusals) -> None:
    now_s, pauses = 0.0, []
    for _ in range(7):
        refusals.refused(READINGS, "Not authorized", now_s, at_most_s=300)
        pauses.append(refusals.wait_s(READINGS, now_s))
        now_s += pauses[-1]

    assert pauses == [10, 20, 40, 80, 160, 300, 300]


def test_messages_that_were_under_way_together_make_one_pause(refusals: Refusals) -> None:
    for moment_s in (0, 0.1, 0.2):
        refusals.refused(READINGS, "Not authorized", moment_s, at_most_s=300)

    assert refusals.wait_s(READINGS, 0) == 10
    assert refusals.counts == {READINGS: 3}


def test_a_fault_is_named_until_a_message_gets_through(refusals: Refusals) -> None:
    refusals.refused(READINGS, "Not authorized", 0, at_most_s=300)
    refusals.unheard(ALERTS, 0)
    assert refusals.faults(1) == ["broker refuses up/readings", "nobody listens to up/alerts"]

    refusals.taken(READINGS)

    assert refusals.faults(1) == ["nobody listens to up/alerts"]
    assert refusals.wait_s(READINGS, 1) == 0


def test_a_fault_of_which_nothing_is_heard_any_more_is_over(refusals: Refusals) -> None:
    refusals.refused(ALERTS, "Not authorized", 0, at_most_s=10)

    assert refusals.faults(69) == ["broker refuses up/alerts"]
    assert refusals.faults(71) == []


def test_a_broker_that_never_has_a_listener_is_believed_after_ten_minutes(refusals: Refusals) -> None:
    believed = [refusals.unheard(READINGS, now_s) for now_s in range(0, 631, 10)]

    assert believed.index(True) == 60
    assert refusals.wait_s(READINGS, 630) == 0
    assert refusals.unheard(READINGS, 5_000)


def test_a_listener_in_between_makes_a_new_beginning(refusals: Refusals) -> None:
    refusals.unheard(READINGS, 0)
    refusals.taken(READINGS)

    assert not refusals.unheard(READINGS, 700)


def test_the_log_hears_of_each_topic_once_a_minute(refusals: Refusals) -> None:
    with capture_logs() as logs:
        for now_s in range(0, 130, 10):
            refusals.refused(READINGS, "Not authorized", now_s, at_most_s=10)
            refusals.refused(ALERTS, "Not authorized", now_s, at_most_s=10)

    assert [(line["topic"], line["times"]) for line in logs] == [
        (READINGS, 1), (ALERTS, 1), (READINGS, 7), (ALERTS, 7), (READINGS, 13), (ALERTS, 13),
    ]  # fmt: skip


def test_what_nobody_could_read_is_named_for_ten_minutes(refusals: Refusals) -> None:
    refusals.unreadable("down/commands", "it is not JSON", 0)
    refusals.unreadable("down/receipts", "it is not JSON", 0)
    refusals.unreadable("down/receipts", "it is not JSON", 300)

    assert refusals.faults(599) == ["unreadable commands", "unreadable receipts"]
    assert refusals.faults(600) == ["unreadable receipts"]
    assert refusals.faults(900) == []
    assert refusals.counts == {"down/commands": 1, "down/receipts": 2}


def test_what_nobody_could_read_holds_up_nothing(refusals: Refusals) -> None:
    refusals.unreadable("down/receipts", "it is not JSON", 0)

    assert refusals.held_up(1) == []
    assert refusals.wait_s("down/receipts", 1) == 0
