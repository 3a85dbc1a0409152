"""A line that brings nothing but refusals is told after a minute; one good frame ends it."""

from __future__ import annotations

from gateway.sources.line_noise import LineNoise


def test_a_minute_of_refusals_is_garbled_and_one_good_frame_is_its_end() -> None:
    noise = LineNoise()
    seen = []
    for second in range(0, 70, 10):
        noise.took(second, good=False)
        seen.append(noise.garbled)
    noise.took(75, good=True)

    assert seen == [False] * 6 + [True]
    assert not noise.garbled


def test_a_refusal_now_and_then_is_none() -> None:
    noise = LineNoise()
    for second in range(0, 1000, 10):
        noise.took(second, good=second % 50 == 0)

    assert not noise.garbled


def test_two_bursts_with_a_rest_between_are_no_minute() -> None:
    noise = LineNoise()
    for second in (0, 1, 2, 300, 301, 302):
        noise.took(second, good=False)

    assert not noise.garbled


def test_it_stays_garbled_while_the_line_rests() -> None:
    noise = LineNoise()
    for second in (0, 30, 60, 300):
        noise.took(second, good=False)

    assert noise.garbled
