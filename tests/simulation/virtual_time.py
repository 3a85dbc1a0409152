"""An event loop that never waits: when nothing is left to do, its clock jumps to the next timer.

Everything that takes its time from the loop moves along. What would run beside the loop does not: so work for a thread
(`run_in_executor`, `asyncio.to_thread`, the tail's own) is done at once in the loop's own thread, and databases are opened
inline.
Descriptors of this process (socket pairs, Unix sockets) are readable as soon as they are written to, and never outrun.
What is drawn by chance, and the order in which tasks lie in a set, is the same each time too: the same seed is the same story.
"""
# mypy: disable-error-code="explicit-override"
# (what is overridden is asyncio's; typing has @override from Python 3.12 on)

from __future__ import annotations

import asyncio
import itertools
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from random import Random
from typing import Any, TypeVar
from unittest.mock import patch

from gateway.clock import ClockState
from gateway.store import reading_tail
from tests.simulation.choices import seeded_entropy
from tests.thorough import SEED

T = TypeVar("T")

BEGINNING_S = 1_000.0  # of the loop
BEGINNING_MS = 1_795_500_000_000  # 2026-11-24T06:00:00Z


class NothingWillHappen(Exception):
    """No timer runs and nothing is ready: a real loop would wait for ever."""


class _JumpingSelector(selectors.EpollSelector):
    """Counts the seconds that a real one would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = BEGINNING_S

    def has_something(self) -> bool:
        """Most turns find nothing, and cost no more than this."""
        return bool(self._selector.poll(0, 1))  # type: ignore[attr-defined]

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self.has_something():
            return super().select(0)
        if timeout is None:
            raise NothingWillHappen
        self.now_s += max(timeout, 0.0)
        return []


class NumberedTask(asyncio.Task[Any]):
    """Its place in a set, such as that of a TaskGroup, follows from its number: an address is another one each time."""

    numbers = itertools.count()

    def __init__(self, *args: Any, **options: Any) -> None:
        self.number = next(self.numbers)
        super().__init__(*args, **options)

    def __hash__(self) -> int:
        return self.number


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Its time moves only when it would have waited."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)
        self.set_task_factory(lambda loop, coro, **options: NumberedTask(coro, loop=loop, **options))
        NumberedTask.numbers = itertools.count()

    def time(self) -> float:
        """Virtual seconds."""
        return self._jumping.now_s

    def stands(self, seconds: float) -> None:
        """The process stands for so long: timers fall due, and nothing was done."""
        self._jumping.now_s += seconds

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Does it now."""
        done: asyncio.Future[T] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # as a thread would: it goes to whoever awaits it
            done.set_exception(error)
        return done


class LoopExecutor(Executor):
    """Has the loop do what is meant for a thread, as it does it."""

    def submit(self, work: Callable[..., T], /, *args: Any) -> Future[T]:  # type: ignore[override]
        """Done when the loop has done it."""
        future, done = asyncio.get_running_loop().run_in_executor(None, work, *args), Future[T]()

        def give(future: asyncio.Future[T]) -> None:
            if (error := future.exception()) is not None:
                done.set_exception(error)
            else:
                done.set_result(future.result())

        if future.done():
            give(future)
        else:
            future.add_done_callback(give)
        return done


def no_threads(_count: int, _name: str) -> Executor:
    """In place of `started_threads`."""
    return LoopExecutor()


class VirtualClock:
    """The gateway's clock on a virtual loop: one time for timers and stamps. `step_wall`: a person sets the wall clock."""

    def __init__(self, boot: str = "boot-one", state: ClockState = "synced") -> None:
        self.boot = boot
        self._state: ClockState = state
        self._ahead_ms = 0

    def monotonic_s(self) -> float:
        """The loop's time."""
        return asyncio.get_running_loop().time()

    def wall_ms(self) -> int:
        """Runs with the loop's time."""
        return BEGINNING_MS + self._ahead_ms + int(self.monotonic_s() * 1000)

    def state(self) -> ClockState:
        """As it was set."""
        return self._state

    def becomes(self, state: ClockState) -> None:
        """Synchronised, or no more."""
        self._state = state

    @property
    def ahead_s(self) -> float:
        """How far the wall clock is ahead of the true time."""
        return self._ahead_ms / 1000

    def step_wall(self, seconds: float) -> None:
        """The wall clock jumps; the loop's time does not."""
        self._ahead_ms += int(seconds * 1000)


def run(main: Coroutine[Any, Any, T], seed: object = SEED) -> T:
    """As `asyncio.run`, in virtual time, with what the gateway asks the system for at random out of this seed."""
    print(f"LIFERING_SEED={seed}")  # for who looks at a test that failed
    with (
        seeded_entropy(Random(str(seed))),
        patch.object(reading_tail, "started_threads", no_threads),
        asyncio.Runner(loop_factory=VirtualTimeLoop) as runner,
    ):
        return runner.run(main)
