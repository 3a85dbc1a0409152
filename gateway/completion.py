"""What must not be left half done, although whoever waits for it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def run_to_completion(work: Coroutine[Any, Any, T], grace_s: float | None = None) -> T:
    """Await it to its end even when cancelled meanwhile, and be cancelled then.

    Whoever leaves in the middle of a commit would not know whether it is on the disk. `grace_s`: so long it is awaited after
    that, and then cancelled too; what it does about that has as long again.
    """
    task = asyncio.ensure_future(work)
    cancelled = False
    while not task.done():
        try:
            _, hanging = await asyncio.wait([task], timeout=grace_s if cancelled else None)
            if hanging:
                task.cancel()
        except asyncio.CancelledError:
            cancelled = True
    done = task.result()
    if cancelled:
        raise asyncio.CancelledError
    return done
