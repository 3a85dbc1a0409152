"""The broker and the platform behind it, in memory: takes in what the gateway sends, gives receipts, sends commands."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import msgspec

from fake_devices.consumer import Consumer
from gateway.changes import Changes
from gateway.channels.mqtt.broker import Broker
from gateway.channels.mqtt.session import Message
from gateway.clock import Clock
from gateway.errors import UplinkLost
from gateway.formats.format import Outgoing
from gateway.language import Said
from gateway.words.link_errors import why


class MemoryPlatform:
    """`online`: the broker can be reached. `gives_receipts`: of alerts. `connections`: how many sessions there were. `breaks`:
    how often a link was lost.
    """

    def __init__(self, gateway: str, root: str = "lifering/v1") -> None:
        self.consumer = Consumer()
        self.online = True
        self.breaks = 0
        self.gives_receipts = True
        self.connections = 0
        self.brokers: list[Broker] = []
        self._prefix = f"{root}/{gateway}/"
        self._down: deque[Message] = deque()
        self._news = Changes()
        self._numbers = 0

    def goes_away(self) -> None:
        """The link is lost, and cannot be had again."""
        self.online = False
        self.breaks_the_link()

    def breaks_the_link(self) -> None:
        """It is lost; the next one can be had where the broker can be reached."""
        self.breaks += 1
        self._news.happened()

    def comes_back(self) -> None:
        """It can be had again."""
        self.online = True

    def commands(self, verb: str, args: Mapping[str, object], actor: str | None = "dispatcher-1") -> str:
        """A person asks for something; the id of the command."""
        self._numbers += 1
        id_ = f"command-{self._numbers}"
        self._say("down/commands", {"id": id_, "verb": verb, "args": args, "actor": actor})
        return id_

    def confirms(self, ids: Sequence[object], status: str) -> None:
        """A receipt for these, or what looks like one."""
        self._say("down/receipts", {"ids": ids, "status": status, "reason": "by chance"})

    def rejects(self, id_: str, reason: str) -> None:
        """It refuses this alert, and says why."""
        self._say("down/receipts", {"ids": [id_], "status": "rejected", "reason": reason})

    # --- the wire ---

    @asynccontextmanager
    async def connect(
        self, broker: Broker, _clock: Clock, _will: Outgoing | None = None, _known: object = None
    ) -> AsyncIterator[MemorySession]:
        """As the gateway asks for a session."""
        if not self.online:
            raise UplinkLost(why("memory:1883", "nobody_listens"))
        self.connections += 1
        self.brokers.append(broker)
        yield MemorySession(self)

    def take(self, topic: str, payload: bytes) -> None:
        """A message has come."""
        ids = self.consumer.take(topic, payload, asyncio.get_running_loop().time())
        if ids and self.gives_receipts and topic.endswith("/alerts"):
            self._say("down/receipts", {"ids": ids, "status": "ok"})

    def _say(self, topic: str, body: object) -> None:
        self._numbers += 1
        self._down.append(Message(self._prefix + topic, msgspec.json.encode(body), self._numbers, 1))
        self._news.happened()

    async def next_down(self, breaks: int) -> Message:
        """What the platform says next on the link that came after so many breaks."""
        while True:
            seen = self._news.number
            if self.breaks != breaks:
                raise UplinkLost(why("memory:1883", "broken"))
            if self._down:
                return self._down.popleft()
            await self._news.wait_beyond(seen)

    async def until_lost(self, breaks: int) -> None:
        """Returns when the link that came after so many breaks is lost."""
        while self.breaks == breaks:
            await self._news.wait_beyond(self._news.number)


class MemorySession:
    """One session of a gateway."""

    name = "memory:1883"
    longest = 60_000
    hurries = False

    def __init__(self, platform: MemoryPlatform) -> None:
        self._platform = platform
        self._breaks = platform.breaks

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False, urgent: bool = False, item: int = 0) -> bool:
        """Taken at once, or the link is lost."""
        await asyncio.sleep(0)
        if self._platform.breaks != self._breaks:
            raise UplinkLost(why("memory:1883", "broken"))
        self._platform.take(topic, payload)
        return True

    async def subscribe(self, topic: str) -> None:
        """All topics of the gateway come anyway."""
        await asyncio.sleep(0)

    async def receive(self) -> Message:
        """The next message from above."""
        return await self._platform.next_down(self._breaks)

    def ack(self, message: Message) -> None:
        """The platform may forget it: it has."""

    def drop(self, why: Said) -> None:
        """Hang up."""
        if self._platform.breaks == self._breaks:
            self._platform.breaks_the_link()

    async def until_lost(self) -> UplinkLost:
        """Returns when the link is lost."""
        await self._platform.until_lost(self._breaks)
        return UplinkLost(why("memory:1883", "broken"))
