"""How often the event loop turns: what spins turns it thousands of times a second, whatever the machine and its load."""

from __future__ import annotations

import asyncio
from typing import Any

IDLE = 100  # turns; a timer now and then is no work


async def turns_within(seconds: float) -> int:
    """Lets so much time pass (only that can show that nothing happens), and counts."""
    loop: Any = asyncio.get_running_loop()
    select, turns = loop._selector.select, 0

    def counting(timeout: float | None) -> Any:
        nonlocal turns
        turns += 1
        return select(timeout)

    loop._selector.select = counting
    try:
        await asyncio.sleep(seconds)
    finally:
        loop._selector.select = select
    return turns
