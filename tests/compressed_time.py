"""A loop whose clock runs many times as fast, for patience that is measured in minutes; sockets and processes stay as they are.

What waits for another process (D-Bus) has that much less time for it: no more than is asked of a machine that is busy.
"""
# mypy: disable-error-code="explicit-override"
# (what is overridden is asyncio's and selectors'; typing has @override from Python 3.12 on)

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import TypeVar

from gateway.clock import SystemClock

T = TypeVar("T")


class CompressedLoop(asyncio.SelectorEventLoop):
    """`times`: so many of its seconds are one."""

    def __init__(self, times: float) -> None:
        self._times = times
        super().__init__(_Selector(times))

    def time(self) -> float:
        """Seconds of its own."""
        return super().time() * self._times


class _Selector(selectors.DefaultSelector):
    def __init__(self, times: float) -> None:
        super().__init__()
        self._times = times

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Waits for as long as the loop means."""
        return super().select(timeout / self._times if timeout else timeout)


class CompressedClock(SystemClock):
    """The clock of the gateway in such a loop."""

    def monotonic_s(self) -> float:
        """As the loop has it."""
        return asyncio.get_running_loop().time()


def compressed(times: float, main: Coroutine[object, object, T]) -> T:
    """Runs it in a loop of its own."""
    with asyncio.Runner(loop_factory=lambda: CompressedLoop(times)) as runner:
        return runner.run(main)
