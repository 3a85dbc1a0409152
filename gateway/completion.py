"""What must not be left half done, although whoever waits for it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def run_to_completion(work: Coroutine[Any, Any, T]) -> T:
    """Await it to its end even when cancelled meanwhile, and be cancelled then.

    Whoever leaves in the middle of a commit would not know whether it is on the disk.
    """
    task = asyncio.ensure_future(work)
    cancelled = False
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            cancelled = True
    done = task.result()
    if cancelled:
        raise asyncio.CancelledError
    return done
