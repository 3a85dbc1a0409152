"""Waits grow and differ from gateway to gateway; history keeps to its rate."""

from __future__ import annotations

import pytest

from gateway.channels.mqtt.pace import TokenBucket, reconnect_s


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
