"""A broker that does what a test tells it to, in bytes of MQTT 5, where a real one does not (or not in every version)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

# Kinds of packets, MQTT 5, 2.1.2
CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = (
    kind << 4 for kind in (1, 2, 3, 4, 8, 9, 12, 13, 14)
)
RECEIVE_MAXIMUM = 0x21  # MQTT 5, 3.2.2.3.3


class ScriptedBroker:
    """Listens inside `async with`. `publishes` are what came; `acknowledges` decides which of them is answered."""

    def __init__(self, *, receive_maximum: int | None = None, subscriptions: int = 0x01) -> None:
        self.port = 0
        self.publishes: list[bytes] = []
        self.acknowledges: Callable[[bytes], bool] = lambda packet: True
        self._subscriptions = subscriptions
        properties = bytes((RECEIVE_MAXIMUM, *receive_maximum.to_bytes(2, "big"))) if receive_maximum else b""
        self._connack = bytes((CONNACK, 3 + len(properties), 0, 0, len(properties))) + properties
        self._writers: list[asyncio.StreamWriter] = []
        self._came = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1")
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for writer in self._writers:
            writer.close()

    def disconnects(self, reason: int) -> None:
        """Sends DISCONNECT and hangs up."""
        for writer in self._writers:
            writer.write(bytes((DISCONNECT, 2, reason, 0)))
            writer.close()

    async def has_come(self, *beginnings: bytes, limit_s: float = 5) -> None:
        """Returns when a PUBLISH with each of these in it has come. Raises TimeoutError."""
        async with asyncio.timeout(limit_s):
            while not all(any(part in packet for packet in self.publishes) for part in beginnings):
                self._came.clear()
                await self._came.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        try:
            while True:
                kind, body = await _packet(reader)
                if answer := self._answer(kind & 0xF0, body):
                    writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, kind: int, body: bytes) -> bytes:
        if kind == CONNECT:
            return self._connack
        if kind == PUBLISH:
            return self._take(body)
        if kind == SUBSCRIBE:
            return bytes((SUBACK, 4, *body[:2], 0, self._subscriptions))
        return bytes((PINGRESP, 0)) if kind == PINGREQ else b""

    def _take(self, body: bytes) -> bytes:
        self.publishes.append(body)
        self._came.set()
        after_topic = 2 + int.from_bytes(body[:2], "big")
        return bytes((PUBACK, 2, *body[after_topic : after_topic + 2])) if self.acknowledges(body) else b""


async def _packet(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    kind, length, shift = (await reader.readexactly(1))[0], 0, 0
    while True:
        byte = (await reader.readexactly(1))[0]
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return kind, await reader.readexactly(length)
