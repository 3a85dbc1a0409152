"""Pauses grow, end somewhere, and are never the same for all."""

from __future__ import annotations

import pytest

from gateway.backoff import pause_s


@pytest.mark.parametrize(("failures", "whole_s"), [(1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (7, 30), (10_000, 30)])
def test_a_pause_doubles_up_to_the_longest(failures: int, whole_s: float) -> None:
    assert pause_s(failures, 30, chance=1) == whole_s


def test_chance_makes_it_a_half_to_the_whole() -> None:
    assert [pause_s(3, 30, chance) for chance in (0, 0.5, 1)] == [2, 3, 4]
