"""The ends of sessions tell how long to wait before the next, and what is wrong with the link."""

from __future__ import annotations

from gateway.channels.mqtt.errors import NobodyListens, TakenOver
from gateway.channels.mqtt.link_history import MOST_DEATHS, LinkHistory
from gateway.errors import UplinkLost
from gateway.words.link_errors import why

LOST = UplinkLost(why("a:1883", "broken"))
NO_BROKER = NobodyListens(why("a:1883", "nobody_listens"))
SECOND_BOX = TakenOver(why("a:1883", "taken_over"))


def ends(history: LinkHistory, *lasting_s: float | None, explained: bool = False) -> float:
    """Sessions that lasted so long (None: it did not come about), a minute apart. Returns the time of the last end."""
    now_s = 0.0
    for lasted_s in lasting_s:
        now_s += 60
        history.ended(LOST, now_s, None if lasted_s is None else now_s - lasted_s, explained=explained)
    return now_s


def longest_s(history: LinkHistory, *, alert_waits: bool = False) -> float:
    return history.wait_s(1.0, alert_waits=alert_waits)


def test_waits_grow_while_no_session_lasts() -> None:
    history = LinkHistory()

    waits = []
    for _ in range(8):
        ends(history, None)
        waits.append(longest_s(history))

    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]
    assert longest_s(history, alert_waits=True) == 5


def test_where_nobody_listens_the_next_try_is_soon_however_long_that_lasts() -> None:
    history = LinkHistory()
    ends(history, None, None, None)

    in_a_row = [history.ended(NO_BROKER, now_s, None, explained=False) for now_s in range(1_000)]

    assert in_a_row == list(range(4, 1_004))
    assert longest_s(history) == 2


def test_a_broker_that_dies_again_and_again_is_asked_again_soon_but_not_for_ever() -> None:
    history = LinkHistory()

    waits = []
    for _ in range(MOST_DEATHS + 3):
        history.began(anew=True)
        ends(history, 5)
        waits.append(longest_s(history))

    assert waits == [2] * MOST_DEATHS + [4, 8, 16]
    ends(history, 30)
    history.began(anew=True)
    ends(history, 5)
    assert longest_s(history) == 2


def test_a_broker_that_still_knows_us_has_not_died() -> None:
    history = LinkHistory()

    for _ in range(3):
        history.began(anew=False)
        ends(history, 5)

    assert longest_s(history) == 8


def test_a_session_that_lasted_makes_an_end_of_the_failures_before_it() -> None:
    history = LinkHistory()

    ends(history, None, None, None, None, 30)

    assert longest_s(history) == 2


def test_three_short_sessions_in_a_row_are_a_fault_until_one_lasts() -> None:
    history = LinkHistory()
    now_s = ends(history, 5, None, 5, 5)

    assert history.faults(now_s, None) == ["link keeps breaking"]
    assert history.faults(now_s + 29, now_s) == ["link keeps breaking"]
    assert history.faults(now_s + 30, now_s) == []

    ends(history, 30)
    assert not history.keeps_breaking


def test_short_sessions_with_a_broker_that_refuses_messages_are_explained() -> None:
    history = LinkHistory()

    now_s = ends(history, 5, 5, 5, explained=True)

    assert history.faults(now_s, None) == []


def test_who_was_thrown_out_by_a_second_box_comes_back_late_and_says_so_for_ten_minutes() -> None:
    history = LinkHistory()

    history.ended(SECOND_BOX, 1_000, 990, explained=False)

    assert (history.wait_s(0.0, alert_waits=False), history.wait_s(1.0, alert_waits=False)) == (60, 90)
    assert history.faults(1_599, None) == ["another box uses this id"]
    assert history.faults(1_600, None) == []


def test_an_alert_that_waits_shortens_also_the_wait_after_a_second_box_to_five_seconds() -> None:
    history = LinkHistory()

    for number in range(1, 10):
        history.ended(SECOND_BOX, number * 100, number * 100 - 10, explained=False)

        assert longest_s(history, alert_waits=True) <= 5


def test_only_the_last_end_decides_about_the_wait() -> None:
    history = LinkHistory()

    history.ended(SECOND_BOX, 1_000, 990, explained=False)
    history.ended(LOST, 1_100, None, explained=False)

    assert longest_s(history) == 4
