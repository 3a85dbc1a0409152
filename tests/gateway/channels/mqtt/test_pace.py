"""Waits grow and differ from gateway to gateway; history keeps to its rate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.mqtt.pace import FRESH_S, SPREAD_S, BacklogStart, TokenBucket, backlog_start_s, reconnect_s


@pytest.mark.parametrize(
    ("failures", "longest_s", "shortest", "longest"),
    [
        pytest.param(1, 60, 1, 2, id="first"),
        pytest.param(4, 60, 1, 16, id="later"),
        pytest.param(9, 60, 1, 60, id="at most a minute"),
        pytest.param(9, 5, 1, 5, id="while an alert waits"),
        pytest.param(100_000, 60, 1, 60, id="after months"),
    ],
)
def test_the_wait_is_anywhere_between_a_second_and_the_longest(
    failures: int, longest_s: float, shortest: float, longest: float
) -> None:
    assert reconnect_s(failures, longest_s, 0) == shortest
    assert reconnect_s(failures, longest_s, 0.5) == (shortest + longest) / 2
    assert reconnect_s(failures, longest_s, 1) == longest


def test_a_seconds_worth_goes_at_once_and_then_one_after_the_other() -> None:
    bucket = TokenBucket(20)

    waits = [bucket.take(100) for _ in range(23)]

    assert waits[:20] == [0] * 20
    assert waits[20:] == [pytest.approx(n / 20) for n in (1, 2, 3)]


def test_what_was_not_used_is_kept_for_a_second_and_no_longer() -> None:
    bucket = TokenBucket(2)
    bucket.take(0)

    assert [bucket.take(3_600) for _ in range(3)] == [0, 0, 0.5]


@given(st.floats(0, 1e7), st.floats(0, 1))
def test_history_waits_up_to_a_minute_only_where_the_machine_has_just_got_power(up_s: float, chance: float) -> None:
    wait_s = backlog_start_s(up_s, chance)

    assert 0 <= wait_s <= SPREAD_S
    assert wait_s == 0 or up_s < FRESH_S


def test_a_link_that_breaks_later_has_nothing_to_do_with_the_power() -> None:
    start = BacklogStart()

    waits = [start.wait_s(up_s, 0.5) for up_s in (100, 110, 130, 400)]

    assert waits == [SPREAD_S / 2, SPREAD_S / 2 - 10, 0, 0]


def test_gateways_that_get_power_together_begin_with_history_apart() -> None:
    waits = sorted(backlog_start_s(100, chance / 50) for chance in range(50))

    assert waits[-1] - waits[0] > SPREAD_S / 2
