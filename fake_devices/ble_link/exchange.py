"""Awaits what Bumble asks of the other side, so that no cancellation is lost in it.

Bumble awaits answers with `asyncio.wait_for`, which up to Python 3.11 swallows a cancellation that comes together with the
answer (python/cpython#86296): the task would go on as if nobody had cancelled it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def answered(exchange: Awaitable[T]) -> T:
    """The answer, unless somebody has cancelled meanwhile."""
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    answer = await exchange
    if task is not None and task.cancelling() > before:
        raise asyncio.CancelledError
    return answer
