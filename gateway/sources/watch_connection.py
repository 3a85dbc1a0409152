"""One connection with one watch on mobile data: what it says, what it is answered, and when it has had its chance."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import NamedTuple

from drivers.driver import CommandResult, Item, Order, Refusal, WatchDriver, WatchStream, WriteBack
from gateway.driver_bugs import DriverFailed, DriverFaults
from gateway.sources.guarded_decoder import GuardedDecoder

READ_BYTES = 4096
BYTES_PER_S = 4096  # taken of one connection: a watch says a few hundred bytes a minute
WITHOUT_BRACKET = 16_384  # bytes
REFUSED_IN_A_ROW = 50
WAITING_BYTES = 16_384  # written, and not taken by the watch


class CallerPatience(NamedTuple):
    """Seconds until the first whole frame, and from one to the next: a watch says LK every 5 to 8 minutes."""

    first_s: float = 30.0
    next_s: float = 1500.0


Take = Callable[["WatchConnection", list[Item]], Awaitable[None]]


class WatchConnection:
    """`id`: as the watch says it, "" until it has; `address`: the enrolled one, "" of a stranger; `host`: where it is."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        host: str,
        driver: WatchDriver,
        faults: DriverFaults,
        listener: str,
    ) -> None:
        self._reader, self._writer = reader, writer
        self._driver, self._faults, self._listener = driver, faults, listener
        self._decoder: GuardedDecoder | None = None
        self._without_bracket = self._refused = 0
        self.host, self.id, self.address = host, "", ""

    async def run(self, take: Take, patience: CallerPatience) -> None:
        """Until the watch has gone, says nothing or nonsense, or is `closed`. Raises OSError, SourceLost."""
        self._decoder = GuardedDecoder(self._driver, self._faults, self._listener, None)
        loop = asyncio.get_running_loop()
        ends_s = loop.time() + patience.first_s
        while True:
            try:
                async with asyncio.timeout_at(ends_s):
                    data = await self._reader.read(READ_BYTES)
            except TimeoutError:
                return
            items = self._decoder.feed(data)
            if not data or self._talks_nonsense(data, items):
                return
            if any(not isinstance(item, Refusal) for item in items):
                ends_s = loop.time() + patience.next_s
            if items:
                await take(self, items)
            await asyncio.sleep(len(data) / BYTES_PER_S)

    def _talks_nonsense(self, data: bytes, items: list[Item]) -> bool:
        bracket = data.rfind(b"]")
        self._without_bracket = len(data) - bracket - 1 if bracket >= 0 else self._without_bracket + len(data)
        good = any(not isinstance(item, Refusal) for item in items)
        self._refused = 0 if good else self._refused + len(items)
        return self._without_bracket > WITHOUT_BRACKET or self._refused > REFUSED_IN_A_ROW

    def belongs(self, items: list[Item]) -> bool:
        """Whether these are all of the one watch that this connection is with; the first that speaks is that."""
        ids = {item.address for item in items if not isinstance(item, CommandResult) and item.address}
        self.id = self.id or next(iter(ids), "")
        return ids <= {self.id}

    def answer(self, replies: list[WriteBack]) -> None:
        """Says what the watch must hear."""
        for reply in replies:
            self.write(reply.data)

    def write(self, data: bytes) -> bool:
        """Sends it; False, and nothing is sent, when the watch does not take what was sent before."""
        transport = self._writer.transport
        if transport.is_closing() or transport.get_write_buffer_size() + len(data) > WAITING_BYTES:
            return False
        self._writer.write(data)
        return True

    def order(self, number: int, order: Order) -> bytes:
        """The bytes that make the watch do this; nothing where it has no word for it."""
        decoder = self._decoder.decoder if self._decoder else None
        if not isinstance(decoder, WatchStream):
            return b""  # it has not spoken
        try:
            frame = self._faults.ask(
                self._driver.name, partial(decoder.order, number, order), name=self._listener, port=self._listener
            )
        except DriverFailed:
            return b""
        return frame if type(frame) is bytes else b""

    def close(self) -> None:
        """At once; what is under way is lost, and repeated by the watch."""
        self._writer.transport.abort()
