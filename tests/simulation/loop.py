"""The loop of a simulation: virtual time, ready tasks run in an order from the seed, and a process that dies between two steps.

Callbacks keep their order among themselves, as asyncio promises, and so do the steps of one task; which task is next does not
follow from that. What a life of the gateway began belongs to that life (a context variable); when it is abandoned nothing of it
runs any more: what kill -9 leaves behind. What it would do as it is forgotten is done at once, in the life that is over, where
nobody waits for it: so it changes nothing, and its memory is free.
"""
# mypy: disable-error-code="explicit-override, override"
# (what is overridden is asyncio's, whose types have more variables than ours; typing has @override from Python 3.12 on)

from __future__ import annotations

import asyncio
import gc
import inspect
import itertools
import sys
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from contextvars import Context, ContextVar, copy_context
from heapq import heappop, heappush
from random import Random
from selectors import SelectorKey
from typing import Any, TypeVar
from unittest.mock import patch
from weakref import WeakSet

from tests.simulation.virtual_time import NothingWillHappen, VirtualTimeLoop

T = TypeVar("T")

THREAD_S = 0.002  # at most, from a piece of work for a thread until its result is there


class Life:
    """One life of the process; `over`: it was abandoned, or has ended. `is_held`: it stands still; what it would do meanwhile
    is `kept`, and so are the descriptors that it waits for. `context`: of what belongs to it. `at_the_end`: what the system
    does for a process that is gone.
    """

    def __init__(self) -> None:
        self.over = self.is_held = False
        self.context = copy_context()
        self.context.run(LIFE.set, self)
        self.at_the_end: list[Callable[[], object]] = []
        self.kept: list[asyncio.Handle] = []
        self.descriptors: list[SelectorKey] = []
        self.tasks: WeakSet[asyncio.Task[Any]] = WeakSet()


LIFE: ContextVar[Life | None] = ContextVar("life", default=None)


class _Timer(asyncio.TimerHandle):
    """As asyncio's, without what only its debug mode asks for: a virtual day has half a million."""

    __slots__ = ()

    def __init__(
        self, when: float, callback: Callable[..., object], args: Sequence[Any], loop: SimulationLoop, context: Context | None
    ) -> None:
        self._context = copy_context() if context is None else context
        self._loop, self._callback, self._args = loop, callback, args
        self._cancelled = self._scheduled = False
        self._repr = self._source_traceback = None
        self._when = when

    def cancel(self) -> None:
        self._cancelled = True
        self._callback = self._args = None  # type: ignore[assignment]


class _Gone:
    """In place of a task of a life that is over: as many are ready as before."""

    def does_nothing(self) -> None:
        """Nor does it."""


def _nothing() -> None:
    """What else of it is ready does."""


def _owner(handle: asyncio.Handle) -> int:
    """A task, or 0: all else."""
    of = getattr(handle._callback, "__self__", None)  # type: ignore[attr-defined]
    return id(of) if isinstance(of, asyncio.Task | _Gone) else 0


def _closes(coroutine: Any) -> None:
    """However often it would wait for something on its way out; what it raises there nobody hears."""
    while inspect.getcoroutinestate(coroutine) != inspect.CORO_CLOSED:
        with suppress(BaseException):
            coroutine.close()


class SimulationLoop(VirtualTimeLoop):
    """`before_step`, where there is one, is called before each step of a life, and may end it. `world`: the context of what
    outlives all lives.
    """

    def __init__(self, chance: Random) -> None:
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []  # a heap, by when and number
        self._numbers = itertools.count()
        super().__init__()
        self.before_step: Callable[[], None] | None = None
        self.world = copy_context()
        self.set_exception_handler(lambda _, told: self.failed.append(str(told.get("exception") or told["message"])))
        self.failed: list[str] = []
        self._chance = chance
        self.steps = 0
        self._abandoned: list[Life] = []

    # --- what is next ---

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:
        handle = _Timer(0.0, callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_later(
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self._jumping.now_s + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        timer = _Timer(when, callback, args, self, context)
        heappush(self._timers, (when, next(self._numbers), timer))
        return timer

    def _run_once(self) -> None:
        """One step, in place of asyncio's turn: nobody waits, so descriptors are looked at, and time passes, when nothing is
        ready.
        """
        ready, timers = self._ready, self._timers
        if not ready:
            if self._jumping.has_something():
                self._process_events(self._selector.select(0))  # type: ignore[attr-defined]
            if not (ready or self._stopping):  # type: ignore[attr-defined]
                self._time_passes()
        while timers and timers[0][0] <= self._jumping.now_s:
            ready.append(heappop(timers)[2])
        if ready:
            self._run(ready.popleft() if len(ready) == 1 else self._drawn())
        while self._abandoned:  # no step of it is under way
            self._buries(self._abandoned.pop())

    def _time_passes(self) -> None:
        """Till the next timer."""
        timers = self._timers
        while timers and timers[0][2]._cancelled:
            heappop(timers)
        if not timers:
            raise NothingWillHappen
        self._jumping.now_s = max(self._jumping.now_s, timers[0][0])

    def _drawn(self) -> asyncio.Handle:
        """The first of one owner, which one is by chance."""
        ready = self._ready
        firsts: dict[int, int] = {}
        for at, handle in enumerate(ready):
            firsts.setdefault(_owner(handle), at)
        at = self._chance.choice(list(firsts.values())) if len(firsts) > 1 else 0
        drawn: asyncio.Handle = ready[at]
        del ready[at]
        return drawn

    def _run(self, handle: asyncio.Handle) -> None:
        """Unless it was cancelled, or belongs to a life that is over or held."""
        context, callback, args = handle._context, handle._callback, handle._args  # type: ignore[attr-defined]
        if handle._cancelled or not self._may_run(context.get(LIFE), handle):
            return
        try:
            context.run(callback, *args)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # as asyncio does
            self.call_exception_handler({"message": f"exception in {callback!r}", "exception": error, "handle": handle})

    def _may_run(self, life: Life | None, handle: asyncio.Handle) -> bool:
        if life is None:
            return True
        if life.is_held:
            life.kept.append(handle)
            return False
        if not life.over:
            self.steps += 1
            if self.before_step is not None:
                self.before_step()
        return not life.over

    # --- whose it is ---

    def create_task(self, coro: Any, *, name: object = None, context: Context | None = None) -> asyncio.Task[Any]:
        """As asyncio does; the life that it belongs to knows it."""
        task = super().create_task(coro, name=name, context=context)
        if (life := context.get(LIFE) if context else LIFE.get()) is not None:
            life.tasks.add(task)
        return task

    def in_world(self, after_s: float, deed: Callable[..., object], *args: object) -> asyncio.TimerHandle:
        """Do this later, whoever dies meanwhile."""
        return self.call_later(after_s, deed, *args, context=self.world)

    def abandon(self, life: Life) -> None:
        """Nothing of this life runs any more."""
        life.over = True
        self._abandoned.append(life)
        for descriptor in [key for key, handle in self._watched() if handle._context.get(LIFE) is life]:
            self.remove_reader(descriptor)
            self.remove_writer(descriptor)

    def _buries(self, life: Life) -> None:
        """Nothing refers to it any more. What was to be done for it is still there, and does nothing: no
        other draw is moved."""
        silent = patch.object(self, "call_exception_handler", lambda _: None)  # nobody was left to await what had failed
        with patch.object(sys, "unraisablehook", lambda _: None), silent:
            life.context.run(self._forgets, life)

    def _forgets(self, life: Life) -> None:
        """In its context, whoever collects it."""
        tasks = sorted(life.tasks, key=hash)  # from here on nothing else holds them
        self._takes_from(life)
        ready, timers = list(self._ready), list(self._timers)  # type: ignore[has-type]
        for deed in life.at_the_end:
            deed()
        life.at_the_end.clear()
        while tasks:
            while tasks:
                task = tasks.pop(0)
                task._log_destroy_pending = False  # type: ignore[attr-defined]
                life.tasks.discard(task)
                _closes(task.get_coro())
                del task
            tasks = sorted(life.tasks, key=hash)  # what they have begun
        gc.collect()  # what hangs in circles would be closed at any time, and in another life
        self._ready, self._timers = deque(ready), timers  # what began while it was closed is nobody's

    def _takes_from(self, life: Life) -> None:
        """Nothing of it is to be done any more."""
        gone = defaultdict[int, _Gone](_Gone)
        for handle in (*self._ready, *(timer for _, _, timer in self._timers)):
            if handle._context.get(LIFE) is life:
                owner = _owner(handle)
                handle._callback = gone[owner].does_nothing if owner else _nothing
                handle._args, handle._context = (), life.context

    def _asyncgen_finalizer_hook(self, agen: AsyncGenerator[Any, Any]) -> None:
        if (life := LIFE.get()) is None or not life.over:
            super()._asyncgen_finalizer_hook(agen)  # type: ignore[misc]

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

    def run_in_executor(self, executor: Executor | None, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        """Does it soon, and gives the result a moment later, as a thread does."""
        done: asyncio.Future[T] = self.create_future()
        if (life := LIFE.get()) is not None and life.over:
            return done  # never: as whoever is gone has no thread

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
