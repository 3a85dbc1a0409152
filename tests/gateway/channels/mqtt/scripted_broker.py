"""A broker that does what a test tells it to, in bytes of MQTT 5, where a real one does not (or not in every version)."""

from __future__ import annotations

import asyncio
import fcntl
import termios
from array import array
from collections.abc import Callable
from types import TracebackType
from typing import Self

from fake_devices.patience import HANGS_S

# Kinds of packets, MQTT 5, 2.1.2
CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = (
    kind << 4 for kind in (1, 2, 3, 4, 8, 9, 12, 13, 14)
)
RETAIN = 0x01  # 3.3.1.3
HAS_WILL = 0x04  # in the flags of CONNECT, 3.1.2.3
RECEIVE_MAXIMUM, MAXIMUM_PACKET_SIZE = 0x21, 0x27  # MQTT 5, 3.2.2.3.3, 3.2.2.3.6


class ScriptedBroker:
    """Listens inside `async with`. `publishes` are what came; `acknowledges` decides which of them is answered.

    `connects` are the CONNECT packets; `hangs_up_on` decides at which of them, and at which PUBLISH, it hangs up.
    `retained`: its reason code for retained messages, `codes`: for all others. `longest`: its Maximum Packet Size.
    `connack`: what it answers CONNECT with.
    """

    def __init__(
        self, *, receive_maximum: int | None = None, longest: int | None = None, subscriptions: int = 0x01, retained: int = 0
    ) -> None:
        self.port = 0
        self.publishes: list[bytes] = []
        self.connects: list[bytes] = []
        self.hangs_up_on: Callable[[int, bytes], bool] = lambda first_byte, packet: False
        self.codes: Callable[[bytes], int] = lambda packet: 0
        self._retained = retained
        self.acknowledges: Callable[[bytes], bool] = lambda packet: True
        self._subscriptions = subscriptions
        properties = bytes((RECEIVE_MAXIMUM, *receive_maximum.to_bytes(2, "big"))) if receive_maximum else b""
        properties += bytes((MAXIMUM_PACKET_SIZE, *longest.to_bytes(4, "big"))) if longest else b""
        self.connack = bytes((CONNACK, 3 + len(properties), 0, 0, len(properties))) + properties
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

    def says(self, packet: bytes) -> None:
        """Sends this, whatever it is."""
        for writer in self._writers:
            writer.write(packet)

    def tells(self, topic: str, payload: bytes) -> None:
        """Sends this message with QoS 1."""
        body = len(topic).to_bytes(2, "big") + topic.encode() + bytes((0, 1, 0)) + payload
        self.says(bytes((PUBLISH | 0x02, len(body) & 0x7F | 0x80, len(body) >> 7)) + body)

    def disconnects(self, reason: int) -> None:
        """Sends DISCONNECT and hangs up."""
        for writer in self._writers:
            writer.write(bytes((DISCONNECT, 2, reason, 0)))
            writer.close()

    def cuts(self) -> None:
        """Hangs up, for nothing that it was told."""
        for writer in self._writers:
            writer.close()

    def waiting_bytes(self) -> int:
        """What has come over the newest connection, and was not read yet."""
        waiting = array("i", [0])
        fcntl.ioctl(self._writers[-1].get_extra_info("socket").fileno(), termios.FIONREAD, waiting)
        return waiting[0]

    async def has_come(self, *beginnings: bytes, limit_s: float = HANGS_S) -> None:
        """Returns when a PUBLISH with each of these in it has come. Raises TimeoutError."""
        async with asyncio.timeout(limit_s):
            while not all(any(part in packet for packet in self.publishes) for part in beginnings):
                self._came.clear()
                await self._came.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        try:
            while True:
                first_byte, body = await packet(reader)
                if self.hangs_up_on(first_byte, body):
                    writer.close()
                    return
                if answer := self._answer(first_byte, body):
                    writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, first_byte: int, body: bytes) -> bytes:
        kind = first_byte & 0xF0
        if kind == CONNECT:
            self.connects.append(body)
            return self.connack
        if kind == PUBLISH:
            return self._take(body, self._retained if first_byte & RETAIN else self.codes(body))
        if kind == SUBSCRIBE:
            return bytes((SUBACK, 4, *body[:2], 0, self._subscriptions))
        return bytes((PINGRESP, 0)) if kind == PINGREQ else b""

    def _take(self, body: bytes, code: int) -> bytes:
        self.publishes.append(body)
        self._came.set()
        after_topic = 2 + int.from_bytes(body[:2], "big")
        return bytes((PUBACK, 3, *body[after_topic : after_topic + 2], code)) if self.acknowledges(body) else b""


async def packet(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    kind, length, shift = (await reader.readexactly(1))[0], 0, 0
    while True:
        byte = (await reader.readexactly(1))[0]
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return kind, await reader.readexactly(length)
