"""A broker and a platform that refuse, swallow, hang up, dawdle and answer nonsense, by chance."""
# mypy: disable-error-code="explicit-override"
# (typing has @override from Python 3.12 on)

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from gateway.channels.mqtt.broker import Broker
from gateway.clock import Clock
from gateway.errors import BrokerRefused
from gateway.formats.format import Outgoing
from tests.app.memory_platform import MemoryPlatform, MemorySession

STATUSES = ("ok", "ok", "hold", "rejected", "nonsense")


class Mood(NamedTuple):
    """How often (0 to 1) a message is refused, swallowed, taken though nobody listens, the last before the link breaks; and how
    many seconds the broker takes to answer, at most. What is swallowed counts as delivered where no receipt is wanted: so that
    is done to alerts only.
    """

    refuses: float = 0.0
    swallows: float = 0.0
    unheard: float = 0.0
    cuts: float = 0.0
    dawdles_s: float = 0.0


class MeanPlatform(MemoryPlatform):
    """`mood` until it `relents`; what it said of alerts and readings until then was by chance."""

    def __init__(self, gateway: str, chance: random.Random) -> None:
        super().__init__(gateway)
        self.mood, self.relented = Mood(), False
        self.alerts: list[str] = []
        self.chance = chance

    def changes_its_mood(self) -> None:
        """By chance."""
        refuses, swallows, unheard, cuts = (self.chance.choice((0, 0, 0.1, 0.4)) for _ in range(4))
        self.mood = Mood(refuses, swallows, unheard, cuts, self.chance.choice((0, 0.1, 2, 8)))

    def relents(self) -> None:
        """From now on it is as a platform should be."""
        self.mood, self.relented = Mood(), True
        self.comes_back()

    @asynccontextmanager
    async def connect(
        self, broker: Broker, _clock: Clock, _will: Outgoing | None = None, _known: object = None
    ) -> AsyncIterator[MemorySession]:
        async with super().connect(broker, _clock, _will, _known):
            yield MeanSession(self)

    def take(self, topic: str, payload: bytes) -> None:
        """A message has come: receipts for what is in it, or something like receipts."""
        ids = self.consumer.take(topic, payload, asyncio.get_running_loop().time())
        self.alerts += [id_.partition("#")[0] for id_ in ids if "#" in id_]
        if ids and self.relented:
            self.confirms(ids, "ok")
        elif ids:
            for _ in range(self.chance.choice((0, 0, 1, 1, 2))):
                self.confirms(self._distorted(ids), self.chance.choice(STATUSES))

    def _distorted(self, ids: list[str]) -> list[object]:
        often = self.chance.random
        said: list[object] = [id_.partition("#")[0] for id_ in ids] if often() < 0.3 else [*ids]
        if often() < 0.2:
            said = self.chance.sample(said, len(said) // 2)
        if often() < 0.2:
            said += [ids[0].replace("/", "/1", 1), ids[0], "", 5, self.chance.choice(self.alerts or ids)]
        return said


class MeanSession(MemorySession):
    """One session with it."""

    _platform: MeanPlatform

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False, urgent: bool = False, item: int = 0) -> bool:
        platform, mood, often = self._platform, self._platform.mood, self._platform.chance.random
        await asyncio.sleep(often() * mood.dawdles_s)
        if often() < mood.refuses:
            raise BrokerRefused("Not authorized")
        if topic.endswith("/alerts") and often() < mood.swallows:
            return True
        if topic.endswith("/alerts") and often() < mood.unheard:
            return False
        taken = await super().publish(topic, payload)
        await asyncio.sleep(often() * mood.dawdles_s)
        if not platform.relented and often() < mood.cuts:
            platform.goes_away()
        return taken
