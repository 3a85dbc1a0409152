"""The middle of some numbers. The library's own is in a module that is slow to import. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

N = TypeVar("N", int, float)


def median_low(numbers: Iterable[N]) -> N:
    """The one in the middle; of two the lower. There must be one."""
    ordered = sorted(numbers)
    return ordered[(len(ordered) - 1) // 2]


def median(numbers: Iterable[float]) -> float:
    """The one in the middle; of two what lies halfway between. There must be one."""
    ordered = sorted(numbers)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
