"""Virtual time beside a real D-Bus: minutes of patience pass at once, and no message is overtaken by the clock.

Where the loop would wait, the bus is asked first whether it has handed over all that it was given; only when nothing came by
that the clock moves to the next timer. So nothing here depends on how busy the machine is.
"""
# mypy: disable-error-code="explicit-override"
# (what is overridden is asyncio's and selectors'; typing has @override from Python 3.12 on)

from __future__ import annotations

import asyncio
import io
import os
import selectors
import socket
from collections.abc import Coroutine
from contextlib import suppress
from typing import TypeVar

from dbus_fast import Message
from dbus_fast._private.unmarshaller import Unmarshaller

from gateway.clock import SystemClock
from tests.bluez.names import BUS
from tests.bluez.private_bus import PrivateBus

T = TypeVar("T")
BEGAN_S = 1000.0
ROUNDS = 2  # the bus may take our question before what another asked in the same moment; by the second it has had its turn
NOTHING_TO_WAIT_FOR_S = 1.0


class BusTimeLoop(asyncio.SelectorEventLoop):
    """A loop whose clock stands while anything is on its way over this bus."""

    def __init__(self, bus: PrivateBus) -> None:
        self.now_s = BEGAN_S
        super().__init__(_Selector(self, bus))

    def time(self) -> float:
        """Seconds of its own."""
        return self.now_s


class BusClock(SystemClock):
    """The clock of the gateway in such a loop."""

    def monotonic_s(self) -> float:
        """As the loop has it."""
        return asyncio.get_running_loop().time()


def in_bus_time(bus: PrivateBus, main: Coroutine[object, object, T]) -> T:
    """Runs it in a loop of its own."""
    with asyncio.Runner(loop_factory=lambda: BusTimeLoop(bus)) as runner:
        return runner.run(main)


class _Selector(selectors.DefaultSelector):
    def __init__(self, loop: BusTimeLoop, bus: PrivateBus) -> None:
        super().__init__()
        self._loop = loop
        self._fence = _Fence(bus)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready; nothing: the clock has moved on."""
        if (ready := super().select(0)) or timeout == 0:
            return ready
        self._fence.passed()
        if ready := super().select(0):
            return ready
        if timeout is None:
            return super().select(NOTHING_TO_WAIT_FOR_S)
        self._loop.now_s += timeout
        return []

    def close(self) -> None:
        """And the question to the bus."""
        self._fence.close()
        super().close()


class _Fence:
    """A connection of its own, without a loop."""

    def __init__(self, bus: PrivateBus) -> None:
        self._path = bus.address.removeprefix("unix:path=")
        self._stream: io.BufferedRWPair | None = None
        self._serial = 0

    def passed(self) -> None:
        """Returns once the bus has dealt with what it was given, or is gone."""
        try:
            stream = self._stream = self._stream or self._connected()
            for _ in range(ROUNDS):
                self._ask(stream, "org.freedesktop.DBus.Peer", "Ping")
        except (OSError, EOFError):
            self.close()

    def close(self) -> None:
        """It is opened anew at the next question."""
        if self._stream is not None:
            with suppress(OSError):
                self._stream.close()
            self._stream = None

    def _connected(self) -> io.BufferedRWPair:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self._path)
            stream = connection.makefile("rwb")
        stream.write(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\nBEGIN\r\n")
        stream.flush()
        stream.readline()  # OK, and an id
        self._ask(stream, BUS, "Hello")
        return stream

    def _ask(self, stream: io.BufferedRWPair, interface: str, member: str) -> None:
        self._serial += 1
        call = Message(BUS, "/org/freedesktop/DBus", interface, member, serial=self._serial)
        stream.write(call._marshall(False))
        stream.flush()
        answer = None
        while answer is None or answer.reply_serial != self._serial:
            answer = Unmarshaller(stream).unmarshall()
            if answer is None:
                raise EOFError
