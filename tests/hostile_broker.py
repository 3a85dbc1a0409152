"""A broker that takes less than it should: a mosquitto behind a relay, which reads every packet and does as the test says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from types import TracebackType
from typing import Self

from tests.gateway.channels.mqtt.scripted_broker import CONNACK, CONNECT, HAS_WILL, PUBACK, PUBLISH, SUBACK, SUBSCRIBE, packet

HANG_UP, SWALLOW = b"hang up", b"swallow"
LEVEL, FLAGS = 6, 7  # the bytes of CONNECT that have the version and the flags, MQTT 3.1.2

Rule = Callable[[int, bytes], bytes | None]
"""Given the first byte of a packet and its rest: HANG_UP, SWALLOW, an answer in place of the broker's, or None: let it pass."""

Down = Callable[[int, bytes], Iterable[bytes]]
"""Given a packet of the broker: those that the gateway gets in its place."""


class HostileBroker:
    """Listens inside `async with`. `up` is asked about each packet of the gateway, `down` about each of the broker's."""

    def __init__(self, behind: int, up: Rule, down: Down | None = None) -> None:
        self.port = 0
        self.connections = 0
        self._behind, self._up, self._down = behind, up, down or as_it_is
        self._writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1")
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        from_broker, to_broker = await asyncio.open_connection("127.0.0.1", self._behind)
        self._writers += [writer, to_broker]

        async def up(first_byte: int, body: bytes) -> None:
            await _obey(self._up(first_byte, body), whole(first_byte, body), to_broker, writer)

        async def down(first_byte: int, body: bytes) -> None:
            writer.writelines(self._down(first_byte, body))
            await writer.drain()

        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_carry(reader, up))
                both.create_task(_carry(from_broker, down))
        except* (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            to_broker.close()


async def _carry(reader: asyncio.StreamReader, to: Callable[[int, bytes], Awaitable[None]]) -> None:
    while True:
        await to(*await packet(reader))


async def _obey(order: bytes | None, whole: bytes, onward: asyncio.StreamWriter, back: asyncio.StreamWriter) -> None:
    if order == HANG_UP:
        raise ConnectionError
    if order is None:
        onward.write(whole)
        await onward.drain()
    elif order != SWALLOW:
        back.write(order)
        await back.drain()


def whole(first_byte: int, body: bytes) -> bytes:
    """A packet as bytes."""
    return bytes((first_byte,)) + varint(len(body)) + body


def varint(length: int) -> bytes:
    """The remaining length of a packet, MQTT 3.1.1, 2.2.3."""
    length, seven = divmod(length, 128)
    return bytes((seven | 0x80,)) + varint(length) if length else bytes((seven,))


# --- rules, downwards -----------------------------------------------------------------------------------------------


def as_it_is(first_byte: int, body: bytes) -> Iterable[bytes]:
    """Honest."""
    return [whole(first_byte, body)]


def twice(first_byte: int, body: bytes) -> Iterable[bytes]:
    """Every packet, also an answer to a question that was answered."""
    return [whole(first_byte, body)] * 2


class OutOfOrder:
    """Each packet behind the next one, once the session stands."""

    def __init__(self) -> None:
        self._held = b""

    def __call__(self, first_byte: int, body: bytes) -> Iterable[bytes]:
        if first_byte & 0xF0 in (CONNACK, SUBACK):
            return [whole(first_byte, body)]
        if not self._held:
            self._held = whole(first_byte, body)
            return []
        held, self._held = self._held, b""
        return [whole(first_byte, body), held]


class BlackHole:
    """Once it is `open`, nothing comes through, up or down, and TCP is up."""

    def __init__(self) -> None:
        self.open = False

    def up(self, first_byte: int, body: bytes) -> bytes | None:
        return SWALLOW if self.open else None

    def down(self, first_byte: int, body: bytes) -> Iterable[bytes]:
        return [] if self.open else [whole(first_byte, body)]


# --- rules ----------------------------------------------------------------------------------------------------------


def passes(first_byte: int, body: bytes) -> bytes | None:
    """Honest."""
    return None


def silent(first_byte: int, body: bytes) -> bytes | None:
    """CONNECT is taken, and nothing is said."""
    return SWALLOW if first_byte == CONNECT else None


def never_acknowledges(first_byte: int, body: bytes) -> bytes | None:
    """It takes CONNECT and answers pings, and that is all it does."""
    return SWALLOW if first_byte & 0xF0 in (PUBLISH, SUBSCRIBE) else None


def takes_no_will(first_byte: int, body: bytes) -> bytes | None:
    """It hangs up."""
    return HANG_UP if first_byte == CONNECT and body[FLAGS] & HAS_WILL else None


def knows_no_5_and_hangs_up(first_byte: int, body: bytes) -> bytes | None:
    """As RabbitMQ 3.10."""
    return HANG_UP if first_byte == CONNECT and body[LEVEL] == 5 else None


def knows_no_5_and_is_silent(first_byte: int, body: bytes) -> bytes | None:
    """As amqtt where there is a will."""
    return SWALLOW if first_byte == CONNECT and body[LEVEL] == 5 else None


class TakesAndDrops:
    """It acknowledges so many PUBLISH, and throws them away."""

    def __init__(self, packets: int) -> None:
        self.left = packets

    def __call__(self, first_byte: int, body: bytes) -> bytes | None:
        if first_byte & 0xF0 != PUBLISH or not self.left:
            return None
        self.left -= 1
        return acknowledged(body, 0)


class HangsUpAtEachPacket:
    """The nth connection ends at its nth packet, until the `last`."""

    def __init__(self, last: int) -> None:
        self.ended, self._last, self._packets = 0, last, 0

    def __call__(self, first_byte: int, body: bytes) -> bytes | None:
        self._packets = 1 if first_byte == CONNECT else self._packets + 1
        if self.ended >= self._last or self._packets <= self.ended:
            return None
        self.ended += 1
        return HANG_UP


def refuses_alerts_of(wearer: str) -> Rule:
    """By a reason code, MQTT 5 (payload format invalid)."""

    def rule(first_byte: int, body: bytes) -> bytes | None:
        if not is_alert_of(wearer, first_byte, body):
            return None
        return acknowledged(body, 0x99)

    return rule


def acknowledged(publish: bytes, code: int) -> bytes:
    """A PUBACK for this PUBLISH, MQTT 5, 3.4."""
    after_topic = 2 + int.from_bytes(publish[:2], "big")
    return bytes((PUBACK, 3, *publish[after_topic : after_topic + 2], code))


def hangs_up_on_alerts_of(wearer: str) -> Rule:
    """MQTT 3.1.1 has no other way."""
    return lambda first_byte, body: HANG_UP if is_alert_of(wearer, first_byte, body) else None


def is_alert_of(wearer: str, first_byte: int, body: bytes) -> bool:
    """Whether this packet is one."""
    return first_byte & 0xF0 == PUBLISH and b"/up/alerts" in body and f'"wearer":"{wearer}"'.encode() in body
