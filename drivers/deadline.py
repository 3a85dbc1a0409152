"""Ends a call that does not come back: one thread serves all bands, and the code of another package may loop for ever."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

AGAIN_S = 0.1  # what is called may swallow what ends it


class Blocked(BaseException):
    """It did not come back in time. No Exception, so that an `except Exception` in a loop does not keep it going."""


def within(seconds: float, call: Callable[[], T]) -> T:
    """What the call gives. Raises Blocked where it takes longer.

    By the alarm of the process, which interrupts Python code, a sleep and a wait, in the main thread only; elsewhere, and in
    a loop of a library in C, it takes its time: then systemd's watchdog ends the process.
    """
    if threading.current_thread() is not threading.main_thread():
        return call()
    before = signal.signal(signal.SIGALRM, _ring)
    others = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_S)
    try:
        try:
            return call()
        finally:
            signal.setitimer(signal.ITIMER_REAL, *others)
    finally:  # it may ring in the line above once; it does not ring again so soon
        signal.setitimer(signal.ITIMER_REAL, *others)
        signal.signal(signal.SIGALRM, before)


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise Blocked("it did not come back in time")
