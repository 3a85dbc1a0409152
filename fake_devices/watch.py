"""A 4G watch on the loopback: calls the gateway over TCP, says LK, presses, and hears what it is told."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from drivers.watches.tcp_watch_frames import WatchSender

NO_PLACE = "V,0,N,0,E"
HELP = "00010000"


class FakeWatch:
    """`async with FakeWatch("8800000015", port) as watch`. `heard`: the contents that the gateway said, the oldest first.

    `obeys`: it confirms orders by their word, and sends `measures` after an order to measure.
    """

    def __init__(self, id_: str, port: int, *, maker: str = "3G", obeys: bool = True) -> None:
        self.id, self._port, self._obeys = id_, port, obeys
        self._sender = WatchSender(maker, id_)
        self.heard: list[str] = []
        self.measures = "bphrt,112,73,67,,,,"
        self._came = asyncio.Event()
        self.gone = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._listening = asyncio.create_task(self._listen(), name=f"watch {self.id}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.transport.abort()
        await self._listening

    def says(self, content: str) -> None:
        """One frame."""
        self.writes(self._sender.frame(content))

    def writes(self, data: bytes) -> None:
        """Whatever bytes."""
        self._writer.write(data)

    def presses(self, at: str = "010326,080910", place: str = NO_PLACE, status: str = HELP) -> None:
        """The SOS key, at this date and time."""
        self.says(f"AL_LTE,{at},{place},0,0,0,6,100,70,0,0,{status},0")

    async def hears(self, content: str) -> str:
        """Waits for something that begins so, and takes it."""
        while True:
            for said in self.heard:
                if said.startswith(content):
                    self.heard.remove(said)
                    return said
            self._came.clear()
            await self._came.wait()

    async def _listen(self) -> None:
        try:
            while True:
                frame = await self._reader.readuntil(b"]")
                said = frame[1:-1].split(b"*", 3)[3].decode()
                self.heard.append(said)
                self._came.set()
                word = said.partition(",")[0]
                if self._obeys and word in ("hrtstart", "bodytemp2", "CR", "FIND", "MESSAGE"):
                    self.says(word)
                if self._obeys and word == "hrtstart":
                    self.says(self.measures)
        except (asyncio.IncompleteReadError, OSError):
            self.gone.set()
