"""The loop of a simulation: virtual time, ready tasks run in an order from the seed, and a process that dies between two steps.

Callbacks keep their order among themselves, as asyncio promises, and so do the steps of one task; which task is next does not
follow from that. What a life of the gateway began belongs to that life (a context variable); when it is abandoned nothing of it
runs any more, not even to clean up: what kill -9 leaves behind.
"""
# mypy: disable-error-code="explicit-override"
# (what is overridden is asyncio's; typing has @override from Python 3.12 on)

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextvars import Context, ContextVar, copy_context
from random import Random
from selectors import SelectorKey
from typing import Any, TypeVar
from weakref import WeakSet

from tests.simulation.virtual_time import VirtualTimeLoop

T = TypeVar("T")

THREAD_S = 0.002  # at most, from a piece of work for a thread until its result is there


class Life:
    """One life of the process; `over`: it was abandoned. `is_held`: it stands still; what it would do meanwhile is `kept`, and
    so are the descriptors that it waits for.
    """

    def __init__(self) -> None:
        self.over = self.is_held = False
        self.kept: list[asyncio.Handle] = []
        self.descriptors: list[SelectorKey] = []
        self.tasks: WeakSet[asyncio.Task[Any]] = WeakSet()


LIFE: ContextVar[Life | None] = ContextVar("life", default=None)


class NumberedTask(asyncio.Task[Any]):
    """Its place in a set, such as that of a TaskGroup, follows from its number: an address is another one each time."""

    numbers = itertools.count()

    def __init__(self, *args: Any, **options: Any) -> None:
        self.number = next(self.numbers)
        super().__init__(*args, **options)

    def __hash__(self) -> int:
        return self.number


class ReadyHandles(deque[asyncio.Handle]):
    """What is ready, as asyncio's loop takes it: `popleft` gives the first of one owner, which one is by chance."""

    def __init__(self, chance: Random, before_step: Callable[[], None]) -> None:
        super().__init__()
        self._chance, self._before_step = chance, before_step
        self._left_behind: list[asyncio.Handle] = []

    def popleft(self) -> asyncio.Handle:
        """The next to run; of a life that is over: nothing."""
        handle = self._drawn()
        life = handle._context.get(LIFE)  # type: ignore[attr-defined]
        if life is None:
            return handle
        if life.is_held:
            life.kept.append(handle)
            return _nothing()
        if not life.over:
            self._before_step()
        if life.over:
            self._left_behind.append(handle)  # kept: what is forgotten would be closed, and close what it has open
            return _nothing()
        return handle

    def _drawn(self) -> asyncio.Handle:
        if len(self) == 1:
            return super().popleft()
        firsts: dict[int, int] = {}
        for at, handle in enumerate(self):
            firsts.setdefault(_owner(handle), at)
        at = self._chance.choice(list(firsts.values())) if len(firsts) > 1 else 0
        handle = self[at]
        del self[at]
        return handle


def _owner(handle: asyncio.Handle) -> int:
    """A task, or 0: all else."""
    of = getattr(handle._callback, "__self__", None)  # type: ignore[attr-defined]
    return id(of) if isinstance(of, asyncio.Task) else 0


def _nothing() -> asyncio.Handle:
    handle = asyncio.Handle(lambda: None, (), asyncio.get_event_loop())
    handle.cancel()
    return handle


class SimulationLoop(VirtualTimeLoop):
    """`before_step` is called before each step of a life, and may end it. `world`: the context of what outlives all lives."""

    def __init__(self, chance: Random) -> None:
        super().__init__()
        self.before_step: Callable[[], None] = lambda: None
        self.world = copy_context()
        self.set_task_factory(lambda loop, coro, **options: NumberedTask(coro, loop=loop, **options))
        NumberedTask.numbers = itertools.count()
        self.set_exception_handler(lambda _, told: self.failed.append(str(told.get("exception") or told["message"])))
        self.failed: list[str] = []
        self._chance = chance
        self.steps = 0
        self._ready = ReadyHandles(chance, self._counts_step)
        self._graves: list[object] = []

    def create_task(self, coro: Any, *, name: object = None, context: Context | None = None) -> asyncio.Task[Any]:
        """As asyncio does; the life that it belongs to knows it."""
        task = super().create_task(coro, name=name, context=context)
        if (life := context.get(LIFE) if context else LIFE.get()) is not None:
            life.tasks.add(task)
        return task

    def in_world(self, after_s: float, deed: Callable[..., object], *args: object) -> asyncio.TimerHandle:
        """Do this later, whoever dies meanwhile."""
        return self.call_later(after_s, deed, *args, context=self.world)

    def _counts_step(self) -> None:
        self.steps += 1
        self.before_step()

    def abandon(self, life: Life) -> None:
        """Nothing of this life runs any more."""
        life.over = True
        self._graves += life.tasks
        for descriptor in [key for key, handle in self._watched() if handle._context.get(LIFE) is life]:
            self.remove_reader(descriptor)
            self.remove_writer(descriptor)

    def hold(self, life: Life) -> None:
        """Nothing of this life runs until it may `go_on`; its timers run."""
        life.is_held = True
        of_life = {descriptor for descriptor, handle in self._watched() if handle._context.get(LIFE) is life}
        life.descriptors = [self._selector.unregister(one) for one in sorted(of_life)]  # type: ignore[attr-defined]

    def go_on(self, life: Life) -> None:
        """What has become due meanwhile runs now."""
        life.is_held = False
        for key in life.descriptors:
            self._selector.register(key.fd, key.events, key.data)  # type: ignore[attr-defined]
        self._ready.extend(life.kept)
        life.descriptors, life.kept = [], []

    def _watched(self) -> Iterator[tuple[int, Any]]:
        for key in list(self._selector.get_map().values()):  # type: ignore[attr-defined]
            for handle in key.data:
                if handle is not None:
                    yield key.fd, handle

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Does it soon, and gives the result a moment later, as a thread does."""
        done: asyncio.Future[T] = self.create_future()

        def give(result: T | None, error: Exception | None) -> None:
            if done.cancelled():
                return
            if error is None:
                done.set_result(result)  # type: ignore[arg-type]
            else:
                done.set_exception(error)

        def work() -> None:
            result, error = None, None
            try:
                result = func(*args)
            except Exception as failed:  # as a thread would: it goes to whoever awaits it
                error = failed
            self.call_later(self._chance.random() * THREAD_S, give, result, error)

        self.call_later(self._chance.random() * THREAD_S, work)
        return done
