"""Says at once that the gateway fails by an error nobody expected: what works beside it may need long to end, or for ever."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextvars import ContextVar

from gateway.errors import LiferingError

_failing: ContextVar[Callable[[], None]] = ContextVar("failing", default=lambda: None)


def are_told_to(failing: Callable[[], None]) -> None:
    """From now on, in this task and in those that it starts."""
    _failing.set(failing)


async def told(job: Callable[[], Coroutine[None, None, None]]) -> None:
    """One job of several. What it raises is told first: a TaskGroup keeps it until all others have ended."""
    try:
        await job()
    except Exception as error:
        if not _is_expected(error):
            _failing.get()()
        raise


def _is_expected(error: Exception) -> bool:
    """A job that has a TaskGroup of its own raises groups; those of ours alone are ours."""
    if isinstance(error, ExceptionGroup):
        return all(_is_expected(one) for one in error.exceptions)
    return isinstance(error, LiferingError)
