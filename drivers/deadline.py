"""Ends a call that does not come back: one thread serves all bands, and the code of another package may loop for ever."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from itertools import count
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

ALARMS = 4  # after which its time is over; each one more ends it again: what is called may swallow that


class Blocked(BaseException):
    """It did not come back in time. No Exception, so that an `except Exception` in a loop does not keep it going."""


def within(seconds: float, call: Callable[[], T]) -> T:
    """What the call gives. Raises Blocked where it takes longer.

    By the alarm of the process, which interrupts Python code, a sleep and a wait, in the main thread only; elsewhere, and in
    a loop of a library in C, it takes its time: then systemd's watchdog ends the process. A process that stands still, or gets
    no processor, hears one of the alarms that came meanwhile: that is not the call's time.
    """
    if threading.current_thread() is not threading.main_thread():
        return call()
    begun_s, alarms = time.thread_time(), count(1)

    def rings(_number: int, _frame: FrameType | None) -> None:
        if next(alarms) >= ALARMS or time.thread_time() - begun_s >= seconds:
            raise Blocked("it did not come back in time")

    before = signal.signal(signal.SIGALRM, rings)
    others = signal.setitimer(signal.ITIMER_REAL, seconds / ALARMS, seconds / ALARMS)
    try:
        try:
            return call()
        finally:
            signal.setitimer(signal.ITIMER_REAL, *others)
    finally:  # it may ring in the line above once; it does not ring again so soon
        signal.setitimer(signal.ITIMER_REAL, *others)
        signal.signal(signal.SIGALRM, before)
