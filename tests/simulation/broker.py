"""The broker and the platform of a simulation: what they carry comes late, twice, in another order or never, as the seed says.

Only what the gateway must live with: what the broker has acknowledged may be swallowed where a receipt is wanted for it
(alerts, and readings with some seeds), and never where the acknowledgement counts as delivered (readings with the others).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random

import msgspec

from fake_devices.consumer import Consumer
from gateway.changes import Changes
from gateway.channels.mqtt.broker import Broker
from gateway.channels.mqtt.session import Message
from gateway.clock import Clock
from gateway.errors import BrokerRefused, UplinkLost
from gateway.formats.format import Outgoing
from gateway.language import Said
from gateway.words.link_errors import why
from tests.simulation.loop import SimulationLoop

NAME = "broker:1883"
KEEP_ALIVE_S = 30.0  # a session on a dead line is given up


@dataclass
class Mood:
    """How often (0 to 1) a message is refused, swallowed although acknowledged (alerts), taken though nobody listens, the
    last of its session, or comes twice; how many seconds a packet is under way at most; and the platform's word on alerts
    ("": none).
    """

    refuses: float = 0.0
    swallows: float = 0.0
    unheard: float = 0.0
    cuts: float = 0.0
    doubles: float = 0.0
    late_s: float = 0.2
    word: str = "ok"


class SimulatedPlatform:
    """`link`: "up", "down" (no session), "dead" (a session stands, and no packet passes). `came`: told of each new alert
    event.
    """

    def __init__(self, gateway: str, loop: SimulationLoop, chance: Random, root: str = "lifering/v1") -> None:
        self.consumer = Consumer()
        self.mood = Mood()
        self.link = "up"
        self.receipts_for_readings = False
        self.came: Callable[[Mapping[str, object]], None] = lambda _: None
        self.sessions: list[Session] = []
        self._prefix, self._loop, self.chance = f"{root}/{gateway}/", loop, chance
        self._down: dict[int, Message] = {}  # by number, until it is acknowledged
        self._numbers = 0
        self.news = Changes()

    # --- what the platform says ---

    def commands(self, verb: str, args: Mapping[str, object], actor: str | None) -> str:
        """A person asks for something; the id of the command."""
        self._numbers += 1
        id_ = f"command-{self._numbers}"
        self.repeats(id_, verb, args, actor)
        return id_

    def repeats(self, id_: str, verb: str, args: Mapping[str, object], actor: str | None) -> None:
        """The same command, maybe once more."""
        self._say("down/commands", {"id": id_, "verb": verb, "args": args, "actor": actor})

    def confirms(self, ids: Sequence[object], status: str) -> None:
        """A receipt for these, or what looks like one."""
        self._say("down/receipts", {"ids": ids, "status": status})

    def _say(self, topic: str, body: object) -> None:
        for _ in range(1 + (self.chance.random() < self.mood.doubles)):
            self._loop.in_world(self.chance.random() * self.mood.late_s, self._queue, topic, msgspec.json.encode(body))

    def _queue(self, topic: str, payload: bytes) -> None:
        self._numbers += 1
        self._down[self._numbers] = Message(self._prefix + topic, payload, self._numbers, 1)
        self.news.happened()

    # --- the link ---

    def link_becomes(self, link: str) -> None:
        """Sessions on a line that is down are lost at once."""
        self.link = link
        self.news.happened()

    def hangs_up(self) -> None:
        """All sessions end: the gateway's process is gone, or the broker starts anew."""
        for session in self.sessions:
            session.lost = True
        self.sessions.clear()
        self.news.happened()

    @asynccontextmanager
    async def connect(
        self, broker: Broker, _clock: Clock, _will: Outgoing | None = None, _known: object = None
    ) -> AsyncIterator[Session]:
        """As the gateway asks for a session; the same client's earlier one ends."""
        await asyncio.sleep(self.chance.random() * self.mood.late_s)
        if self.link == "dead":
            await asyncio.sleep(10)
        if self.link != "up":
            raise UplinkLost(why(NAME, "nobody_listens"))
        self.hangs_up()
        session = Session(self)
        self.sessions.append(session)
        try:
            yield session
        finally:
            session.lost = True

    def take(self, topic: str, payload: bytes) -> None:
        """A message has come to the platform."""
        before = len(self.consumer.events)
        ids = self.consumer.take(topic, payload, self._loop.time())
        if topic.endswith("/alerts"):
            if len(self.consumer.events) > before:
                self.came(self.consumer.events[ids[0]])
            if self.mood.word:
                self.confirms(ids, self.mood.word)
        elif topic.endswith("/readings") and self.receipts_for_readings:
            self.confirms(ids, "ok")

    def next_for(self, handed: set[int]) -> Message | None:
        """The first that was not handed to this session, and not acknowledged."""
        return next((message for number, message in self._down.items() if number not in handed), None)

    def acknowledged(self, number: int) -> None:
        """By the gateway."""
        self._down.pop(number, None)

    def forwards(self, topic: str, payload: bytes) -> None:
        """From the broker to the platform: later, maybe twice, maybe behind what came after it."""
        for _ in range(1 + (self.chance.random() < self.mood.doubles)):
            self._loop.in_world(self.chance.random() * self.mood.late_s, self.take, topic, payload)


class Session:
    """One session of the gateway."""

    name = NAME
    longest = 60_000

    def __init__(self, platform: SimulatedPlatform) -> None:
        self.lost = self.hurries = False
        self._platform = platform
        self._handed: set[int] = set()

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False, urgent: bool = False, item: int = 0) -> bool:
        """Returns when the acknowledgement is here."""
        platform, mood, often = self._platform, self._platform.mood, self._platform.chance.random
        is_alert = topic.endswith("/alerts")
        await self._travels()
        if often() < mood.refuses:
            raise BrokerRefused("Not authorized")
        if is_alert and often() < mood.unheard:
            return False
        has_receipt = is_alert or (platform.receipts_for_readings and topic.endswith("/readings"))
        if not (has_receipt and often() < mood.swallows):
            platform.forwards(topic, payload)
        if often() < mood.cuts:
            self.lost = True
            platform.news.happened()
        await self._travels()
        return True

    async def _travels(self) -> None:
        platform = self._platform
        await asyncio.sleep(platform.chance.random() * platform.mood.late_s)
        if platform.link == "dead":
            await self._until_gone()
        self._raise_if_lost()

    async def _until_gone(self) -> None:
        """Nothing passes: until somebody notices, or the line is good again."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + KEEP_ALIVE_S
        while self._platform.link == "dead" and not self.lost and (left_s := until_s - loop.time()) > 0:
            await self._platform.news.wait_beyond_or(self._platform.news.number, left_s)
        if self._platform.link == "dead":
            self.lost = True
            self._platform.news.happened()

    def _raise_if_lost(self) -> None:
        if self.lost or self._platform.link == "down":
            self.lost = True
            raise UplinkLost(why(NAME, "broken"))

    async def subscribe(self, topic: str) -> None:
        """All topics of the gateway come anyway."""
        await self._travels()

    async def receive(self) -> Message:
        """The next message from above; it comes again with the next session where it is not acknowledged."""
        while True:
            seen = self._platform.news.number
            self._raise_if_lost()
            message = self._platform.next_for(self._handed) if self._platform.link == "up" else None
            if message:
                self._handed.add(message.number)
                return message
            await self._platform.news.wait_beyond(seen)

    def ack(self, message: Message) -> None:
        """The broker may forget it; where the line is lost it does not hear that."""
        if not self.lost and self._platform.link == "up":
            self._platform.acknowledged(message.number)

    def drop(self, why: Said) -> None:
        """Hang up."""
        self.lost = True
        self._platform.news.happened()

    async def until_lost(self) -> UplinkLost:
        """Returns when the link is lost; on a dead line when nothing was heard for so long."""
        platform = self._platform
        while not self.lost and platform.link != "down":
            seen = platform.news.number
            if platform.link == "dead":
                await self._until_gone()
            else:
                await platform.news.wait_beyond(seen)
        self.lost = True
        return UplinkLost(why(NAME, "broken"))
