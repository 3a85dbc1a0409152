"""The only place that reads the time: wall clock, monotonic clock, boot id, and whether the wall clock can be trusted."""

from __future__ import annotations

import ctypes
import errno
import math
import os
import time
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Literal, Protocol

ClockState = Literal["synced", "holdover", "unsynced"]

STA_UNSYNC = 0x0040  # linux/timex.h: the clock is not synchronised
ASKED_EVERY_S = 1.0
TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised to a reliable source


class Clock(Protocol):
    """What the gateway asks of time; tests bring their own."""

    @property
    def boot(self) -> str:
        """The id of this boot of the machine."""
        ...

    def wall_ms(self) -> int:
        """Milliseconds since 1970, UTC, as far as this machine knows."""
        ...

    def monotonic_s(self) -> float:
        """Seconds since some moment of this boot, never stepping: the event loop's own time, so timers and stamps agree."""
        ...

    def state(self) -> ClockState:
        """Whether the wall clock is synchronised, was once in this boot, or never."""
        ...


STEP_MS = 1000  # a clock that is only slewed is off by no more between two looks


class ClockSteps:
    """Notices when somebody sets the wall clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset_ms = offset_ms(clock)

    def stepped_ms(self) -> int:
        """By how much since it was asked last; 0 where it only ran."""
        before, self._offset_ms = self._offset_ms, offset_ms(self._clock)
        by_ms = self._offset_ms - before
        return by_ms if abs(by_ms) >= STEP_MS else 0


class EvenTime:
    """The wall clock without its steps, save the one by which it becomes synchronised: by it things are old."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._synced = clock.state() == "synced"
        self._offset_ms = offset_ms(clock)

    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC. To be asked each minute or so."""
        before, self._synced = self._synced, self._clock.state() == "synced"
        if self._synced and not before:
            self._offset_ms = offset_ms(self._clock)
        return self._offset_ms + monotonic_ms(self._clock)


def monotonic_ms(clock: Clock) -> int:
    """The clock that never steps."""
    return round(clock.monotonic_s() * 1000)


def offset_ms(clock: Clock) -> int:
    """What the wall clock says when the monotonic one of this boot says 0."""
    return clock.wall_ms() - monotonic_ms(clock)


class SystemClock:
    """The machine's own clocks (Linux).

    `told_synced`: what systemd says of them, where this process may not ask the kernel itself (`clock_sync.py`).
    """

    def __init__(self) -> None:
        self.boot = _boot_id()
        self.may_not_ask = False
        self._adjtimex = ctypes.CDLL(None, use_errno=True).adjtimex
        self._asked_s = -math.inf
        self._kernel_synced = False
        self._was_synced = False
        self.told_synced = False

    def wall_ms(self) -> int:
        """CLOCK_REALTIME."""
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        """CLOCK_MONOTONIC, as asyncio's loops have it; a gateway never sleeps, so nothing is missed by it."""
        return time.monotonic()

    def state(self) -> ClockState:
        """As the kernel knows it from whoever disciplines the clock (adjtimex(2)); it is asked once a second at most."""
        now_s = self.monotonic_s()
        if not self.may_not_ask and now_s - self._asked_s >= ASKED_EVERY_S:
            self._kernel_synced, self._asked_s = self._kernel_says_synced(), now_s
        synced = self.told_synced if self.may_not_ask else self._kernel_synced
        if synced:
            self._was_synced = True
            return "synced"
        return "holdover" if self._was_synced else "unsynced"

    def _kernel_says_synced(self) -> bool:
        timex = ctypes.create_string_buffer(256)  # struct timex, modes = 0: only read
        answer: int = self._adjtimex(timex)
        if answer == -1 and ctypes.get_errno() == errno.EPERM:  # the sandbox of the service: `ProtectClock=`
            self.may_not_ask = True
        status = int.from_bytes(timex.raw[_STATUS_OFFSET : _STATUS_OFFSET + 4], "little")
        return answer not in (-1, TIME_ERROR) and not status & STA_UNSYNC


# struct timex: unsigned int modes; long offset, freq, maxerror, esterror; int status; ...
_STATUS_OFFSET = 5 * ctypes.sizeof(ctypes.c_long)


def _boot_id() -> str:
    """The kernel's random id of this boot, first eight characters."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
    except OSError:
        return f"{os.getpid():08x}"


def local_time(clock: Clock, zone: tzinfo) -> str:
    """The wall clock of this zone with its offset, as ISO 8601 in seconds: what a band's clock is set to."""
    return datetime.fromtimestamp(clock.wall_ms() / 1000, zone).isoformat(timespec="seconds")
