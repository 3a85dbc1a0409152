"""What bluetoothd says on the bus, in order, and no more at once than a socket holds (a full one, dbus-fast takes for lost)."""

from __future__ import annotations

import asyncio

from dbus_fast import Message
from dbus_fast.aio import MessageBus

from tests.bluez.names import BUS

AT_ONCE = 50  # messages; then the daemon is asked whether it has read them


class Voice:
    """Silent while it has no `bus`."""

    def __init__(self) -> None:
        self.bus: MessageBus | None = None
        self._waiting: asyncio.Queue[Message] = asyncio.Queue()

    def say(self, message: Message) -> None:
        """Goes out after everything that was said before."""
        if self.bus is not None:
            self._waiting.put_nowait(message)

    async def speak(self, bus: MessageBus) -> None:
        """Speaks on this bus until it is cancelled, or the bus is lost."""
        said = 0
        while bus.connected:
            message = await self._waiting.get()
            if bus.connected:
                bus.send(message)
            said += 1
            if said % AT_ONCE == 0:
                await _read_by_the_daemon(bus)
            self._waiting.task_done()

    def fall_silent(self) -> None:
        """What was not said yet is forgotten."""
        self.bus = None
        while not self._waiting.empty():
            self._waiting.get_nowait()
            self._waiting.task_done()

    async def settled(self) -> None:
        """Returns when the bus has taken everything that was said before."""
        await self._waiting.join()
        if self.bus is not None:
            await _read_by_the_daemon(self.bus)


async def _read_by_the_daemon(bus: MessageBus) -> None:
    await bus.call(Message(BUS, "/org/freedesktop/DBus", "org.freedesktop.DBus.Peer", "Ping"))
