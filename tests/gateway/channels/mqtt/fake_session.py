"""A session without a broker: everything is taken at once, until the test says that the link is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.channels.mqtt.broker import Broker
from gateway.channels.mqtt.session import Message
from gateway.clock import Clock
from gateway.errors import UplinkLost
from gateway.formats.format import Outgoing
from gateway.language import Said
from gateway.words.link_errors import why


class FakeSession:
    """`taken` are the messages that went up. After `lost_after` of them the link is lost."""

    name = "nowhere:1"
    longest = 60_000
    hurries = False

    def __init__(self, lost_after: int | None = None) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self._lost_after = lost_after
        self._gone = asyncio.Event()

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False, urgent: bool = False, item: int = 0) -> bool:
        await asyncio.sleep(0)
        if self._gone.is_set():
            raise UplinkLost(why(self.name, "broken"))
        self.taken.append((topic, payload))
        if len(self.taken) == self._lost_after:
            self.drop(why(self.name, "broken"))
        return True

    async def subscribe(self, topic: str) -> None:
        await asyncio.sleep(0)

    async def receive(self) -> Message:
        raise await self.until_lost()

    def ack(self, message: Message) -> None:
        raise AssertionError("nothing comes down")

    def drop(self, why: Said) -> None:
        self._gone.set()

    async def until_lost(self) -> UplinkLost:
        await self._gone.wait()
        return UplinkLost(why(self.name, "broken"))

    @asynccontextmanager
    async def connect(self, broker: Broker, clock: Clock, will: Outgoing | None, known: object) -> AsyncIterator[FakeSession]:
        await asyncio.sleep(0)
        yield self
        await asyncio.sleep(0)
