"""What code costs, in steps: lines of Python that are executed. The same on every machine, whatever else it does."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

STEPS = 20_000  # a decoder of lines may have held 4 kB back, and reads them when the line ends
STEPS_A_BYTE = 50


def may_take(length: int) -> int:
    """What decoding so many bytes may cost. What costs more is an attack for whoever sends such frames."""
    return STEPS + STEPS_A_BYTE * length


def steps(ask: Callable[[], T]) -> tuple[T, int]:
    """What it gives, and how many steps it took. Only for code that starts no thread."""
    taken = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal taken
        taken += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        return ask(), taken
    finally:
        sys.settrace(before)
