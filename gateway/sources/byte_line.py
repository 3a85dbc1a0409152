"""Bytes in and out of an open descriptor, as the event loop finds it ready: no thread, no polling, no waiting in a write."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable
from math import inf
from types import TracebackType
from typing import Self

from gateway.errors import SourceLost

READ_BYTES = 4096  # at a time; a tty gives no more
WAITING_BYTES = 4096  # written, and not yet taken by the device

# While small frames flow, each on its own would wake the whole program. So the line rests a moment between two reads, and
# takes what came meanwhile at once, unasked whether it has come: it has. It rests only where so many reads in a row came so
# soon after each other (a frame that comes in pieces makes fewer), and until a rest has brought no more than a single read did:
# no single frame waits. A flood only lets others have their turn. Who presses waits for the rest, so it is short where there is
# much to take anyway.
FLOW_S, FLOW_READS = 0.03, 8
REST_S, SHORT_REST_S = 0.05, 0.002
BUSY_BYTES_PER_S = 20_000  # faster than a line of 115,200 baud
FLOOD_BYTES = 1024
QUIET_S = 0.06  # when nothing comes for so long, nothing is under way: a line rests 0.05 s at most

ABSENT = "absent"
WORDS = {
    errno.ENOENT: ABSENT,
    errno.ENODEV: ABSENT,
    errno.ENXIO: ABSENT,
    errno.EIO: ABSENT,  # a pseudo-terminal without its other side, a USB stick that was just pulled
    errno.EACCES: "no permission",
    errno.EPERM: "no permission",
    errno.EAGAIN: "in use",  # the lock is held
    errno.EBUSY: "in use",
}


def lost(error: BaseException) -> SourceLost:
    """The error as ours: its text is one of a few fixed words, its cause is the system's own error."""
    word = WORDS.get(error.errno or 0, "failed") if isinstance(error, OSError) else "failed"
    because = SourceLost(word)
    because.__cause__ = error
    return because


class ByteLine:
    """`async with ByteLine(descriptor) as line:`. The descriptor must be non-blocking; closing it is the caller's affair.

    `heard` is told of all that is read, for a recording.
    """

    def __init__(self, descriptor: int, heard: Callable[[bytes], None] | None = None) -> None:
        self._descriptor = descriptor
        self._heard = heard
        self._loop = asyncio.get_running_loop()
        self._woken = False
        self._waits_to_go = bytearray()
        self._lost: SourceLost | None = None
        self._reader: asyncio.Future[bool] | None = None
        self._rest_s: float | None = None  # before the next read; None: nothing is known to come
        self._fetched_s = 0.0
        self._single = 0  # bytes of the last read that was no rest's
        self._in_a_row = 0  # reads that were part of a flow

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.remove_reader(self._descriptor)
        self._loop.remove_writer(self._descriptor)

    async def read(self, limit_s: float = inf) -> bytes:
        """What has come, at most READ_BYTES; waits until there is some. Raises SourceLost when the other side is gone.

        Nothing is read ahead: what is not asked for stays with the kernel, for whoever opens the port next, and at last with
        the device. It gives nothing when it is woken, or where nothing comes for `limit_s` seconds, though it looked.
        """
        if self._rest_s is not None:
            rest_s = min(self._rest_s, limit_s)
            await asyncio.sleep(rest_s)
            limit_s -= rest_s
            if not self._woken and self._lost is None and (data := self._fetch(asked=False)):
                return data
            self._in_a_row = 0
        while not self._woken:
            if self._lost is not None:
                raise self._lost
            if await self._readable(limit_s):
                if data := self._fetch(asked=True):
                    return data
            elif self._lost is None:
                break
        self._woken = False
        return b""

    async def rest(self) -> bytes:
        """The next of what the kernel has already, and drops when a real port is closed; nothing: no more is under way.

        Raises SourceLost.
        """
        self._woken = False
        return await self.read(QUIET_S)

    async def _readable(self, limit_s: float) -> bool:
        """Waits until there is something to read; False: the line is lost, it was woken, or it took too long."""
        self._reader = self._loop.create_future()
        self._loop.add_reader(self._descriptor, self._wake_reader, True)
        alarm = None if limit_s == inf else self._loop.call_later(limit_s, self._wake_reader, False)
        try:
            return await self._reader
        finally:
            self._loop.remove_reader(self._descriptor)
            if alarm is not None:
                alarm.cancel()

    def _fetch(self, *, asked: bool) -> bytes:
        """`asked`: the loop has said that there is something."""
        try:
            data = os.read(self._descriptor, READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return b""
        except OSError as error:
            raise lost(error) from error
        if not data:
            if asked:  # how a hung-up tty reads: ready for ever, without a byte
                raise SourceLost(ABSENT)
            return b""
        before_s, self._fetched_s = self._fetched_s, self._loop.time()
        within_s = self._fetched_s - before_s
        flows = within_s < FLOW_S if asked else len(data) > self._single
        self._in_a_row = self._in_a_row + 1 if flows else 0
        if asked:
            self._single = len(data)
        self._rest_s = _rest_s(len(data), within_s, self._in_a_row)
        if self._heard:
            self._heard(data)
        return data

    def wake(self) -> None:
        """The read under way, or else the next one, gives nothing instead of waiting."""
        self._woken = True
        self._wake_reader(False)

    def write(self, data: bytes) -> bool:
        """Sends it as fast as the device takes it; False, and nothing is sent, when too much waits to go already."""
        if len(self._waits_to_go) + len(data) > WAITING_BYTES:
            return False
        self._waits_to_go += data
        self._send()
        return True

    def _send(self) -> None:
        try:
            gone = os.write(self._descriptor, self._waits_to_go)
        except (BlockingIOError, InterruptedError):
            gone = 0
        except OSError as error:
            self._lose(lost(error))
            return
        del self._waits_to_go[:gone]
        if self._waits_to_go:
            self._loop.add_writer(self._descriptor, self._send)
        else:
            self._loop.remove_writer(self._descriptor)

    def _lose(self, why: SourceLost) -> None:
        self._lost = why
        self._loop.remove_writer(self._descriptor)
        self._wake_reader(False)

    def _wake_reader(self, readable: bool) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(readable)


def _rest_s(length: int, within_s: float, in_a_row: int) -> float | None:
    """How long the line rests after it has brought so many bytes since the read before, the last of so many in a row."""
    if length >= FLOOD_BYTES:
        return 0
    if in_a_row < FLOW_READS:
        return None
    return SHORT_REST_S if length > BUSY_BYTES_PER_S * within_s else REST_S
