"""What comes and is taken in its order; whoever puts something in needs no event loop, and imports none."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

from gateway.changes import Changes

T = TypeVar("T")


class Arrivals(Generic[T]):
    """A queue without bounds."""

    def __init__(self) -> None:
        self._waiting: deque[T] = deque()
        self._came = Changes()

    def put_nowait(self, one: T) -> None:
        """One more."""
        self._waiting.append(one)
        self._came.happened()

    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting

    def get_nowait(self) -> T:
        """The oldest. Raises IndexError where nothing waits."""
        return self._waiting.popleft()

    async def get(self) -> T:
        """The oldest, once there is one."""
        while not self._waiting:
            await self._came.wait_beyond(self._came.number)
        return self._waiting.popleft()
