"""A process that stands still (stopped, swapped out): timers become due, and what came meanwhile lies in sockets and ports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gateway.clock import SystemClock

Stands = Callable[[float], None]


class LoopClock:
    """The system's clock, whose monotonic time is that of the loop, also where a test moves that."""

    def __init__(self) -> None:
        self._system = SystemClock()
        self.boot, self.wall_ms, self.state = self._system.boot, self._system.wall_ms, self._system.state

    def monotonic_s(self) -> float:
        return asyncio.get_running_loop().time()
