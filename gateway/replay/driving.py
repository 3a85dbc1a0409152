"""Runs what the daemon awaits, where nothing has to be waited for: a coroutine that never suspends is done in one go. Pure."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def done(work: Coroutine[Any, Any, T]) -> T:
    """What the work gives. What it raises. RuntimeError where it wants to wait: in a replay there is nothing to wait for."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    work.close()
    raise RuntimeError("a part of the core waits for something that a replay does not have")
