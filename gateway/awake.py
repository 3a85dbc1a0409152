"""Time in which this process could hear an answer: where it stood (stopped, swapped out), the answer may lie in its socket.

Whoever waits for another must have looked before that other counts as silent: else a link that stands is given up.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from math import inf

LOOK_EVERY_S = 1.0
ROUNDING_S = 1e-6  # what is left of a sum of seconds: a timer of less than the clock can tell would never move on
MOST_S = 2.0  # counts between two looks; an event loop that is busy looks a little late


class Awake:
    """A clock, from 0: seconds since it was made, less those for which nobody looked (`most_s` count between two looks)."""

    def __init__(self, now_s: Callable[[], float], most_s: float = MOST_S) -> None:
        self._now_s, self._most_s = now_s, most_s
        self._began_s = self._looked_s = now_s()
        self._stood_s = 0.0  # until then

    def now_s(self) -> float:
        """Never goes back."""
        now_s = self._now_s()
        return now_s - self._began_s - self.stood_s(now_s)

    def stood_s(self, now_s: float) -> float:
        """For how long nobody looked, in all, until now."""
        return self._stood_s + max(now_s - self._looked_s - self._most_s, 0.0)

    def look(self) -> bool:
        """To be called every `LOOK_EVERY_S`: the event loop runs, and reads what came. Whether the process stood till now."""
        before_s, now_s = self._stood_s, self._now_s()
        self._stood_s, self._looked_s = self.stood_s(now_s), now_s
        return self._stood_s > before_s


@asynccontextmanager
async def awake_timeout(limit_s: float) -> AsyncIterator[None]:
    """As `asyncio.timeout`, of time that is awake; for whoever waits for an answer. Raises TimeoutError."""
    if limit_s == inf:
        yield
        return
    loop = asyncio.get_running_loop()
    awake = Awake(loop.time)
    timer: asyncio.TimerHandle | None = None
    async with asyncio.timeout(None) as limit:

        def look() -> None:
            nonlocal timer
            awake.look()
            if (left_s := limit_s - awake.now_s()) > ROUNDING_S:
                timer = loop.call_later(min(left_s, LOOK_EVERY_S), look)
            else:
                limit.reschedule(loop.time())

        look()
        try:
            yield
        finally:
            if timer:
                timer.cancel()
