"""Waits for what nobody tells of: what a fake device has been sent by another process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fake_devices.patience import HANGS_S

LOOK_EVERY_S = 0.02


async def until(condition: Callable[[], object], limit_s: float = HANGS_S) -> None:
    """Returns when it holds. Raises TimeoutError."""
    async with asyncio.timeout(limit_s):
        while not condition():  # noqa: ASYNC110 (there is no event)
            await asyncio.sleep(LOOK_EVERY_S)
