"""The receiving side of a test: hears every topic of every gateway, and can say something from above."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import NamedTuple, Self

import aiomqtt

from fake_devices.patience import HANGS_S
from tests.gateway.channels.mqtt.settings import GATEWAY, ROOT


class Heard(NamedTuple):
    """A message; `topic` without the gateway's beginning."""

    topic: str
    payload: bytes
    retained: bool


class Listener:
    """Listens inside `async with`. `topics`: what it subscribes to, under `<root>/<gateway>/`."""

    def __init__(self, port: int, topics: str = "up/#") -> None:
        self._client = aiomqtt.Client("127.0.0.1", port)
        self._topics = topics

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        await self._client.subscribe(f"{ROOT}/{GATEWAY}/{self._topics}", qos=1)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def hears(self, topic: str = "", limit_s: float = HANGS_S) -> Heard:
        """The next message, or the next on this topic. Raises TimeoutError."""
        async with asyncio.timeout(limit_s):
            async for message in self._client.messages:
                heard = Heard(message.topic.value.removeprefix(f"{ROOT}/{GATEWAY}/"), bytes(message.payload), message.retain)
                if heard.topic.startswith(topic):
                    return heard
        raise AssertionError("the listener was cut off")

    async def says(self, topic: str, payload: bytes) -> None:
        """To the gateway, with QoS 1."""
        await self._client.publish(f"{ROOT}/{GATEWAY}/{topic}", payload, qos=1)
